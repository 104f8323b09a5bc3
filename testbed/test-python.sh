#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests the Python package: its types on this machine, all else with this machine's Python in a machine of the testbed. Prints
# a line per case.
#
#	test-python.sh [KERNEL]		a name in lib/kernels.sh, User-mode Linux by default

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/initramfs.sh"

python=/usr/bin/python3
dist_packages=/usr/lib/python3/dist-packages
kernel=${1:-uml}
dir=$BUILD/python
package=$BUILD/user/python
guest_architecture=amd64

# add_python ROOT: adds Python, its library without what no program needs, cffi and numpy.
add_python() {
	local root=$1 library
	library=$($python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
	mkdir -p "$root/usr/bin"
	cp "$(realpath $python)" "$root/usr/bin/python3"
	tar -c --exclude=__pycache__ --exclude=tests --exclude=test --exclude=config-3.\* --exclude=idlelib --exclude=lib2to3 \
		--exclude=ensurepip --exclude=f2py -C / "${library#/}" \
		"${dist_packages#/}"/{cffi,numpy,ply,pycparser} | tar -x -C "$root"
	cp $dist_packages/_cffi_backend.*.so "$root$dist_packages/"
	mapfile -t objects < <(find "$root" -name '*.so' | sort)
	add_libraries "$root" "$root/usr/bin/python3" "${objects[@]}"
}

types_are_right() {
	local verdict=ok
	$python -m mypy --strict --ignore-missing-imports --no-incremental "$package/bucketmap" >&2 || verdict="not ok"
	echo "$verdict python: mypy finds the types right"
}

"$TESTBED/deps.sh" module user kernel vm python
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module" W=1
make -s -C "$ROOT/userspace" BUILD="$BUILD/user" -j"$JOBS" all >&2
make -s -C "$ROOT/userspace/python" BUILD="$package" >&2
types_are_right

new_root "$dir/root"
cp "$BUILD/$kernel/module/bucketmap.ko" "$dir/root/"
add_programs "$dir/root" bin "$BUILD/user/bucketmap"
add_python "$dir/root"
cp -P "$BUILD"/user/libbucketmap.so.* "$dir/root/usr/lib/"
make -s -C "$ROOT/userspace/python" BUILD="$package" DESTDIR="$dir/root" PREFIX=/usr install >&2
mkdir "$dir/root/python"
cp -r "$ROOT/userspace/python/tests" "$ROOT/docs/python.md" "$dir/root/python/"
pack_root "$dir/root" "$dir/initramfs"

healthy="ok python: the kernel stayed healthy to the end"
read -ra parameters <<<"$(kernel_parameters "$kernel")"
BOOT_TIMEOUT=${BOOT_TIMEOUT:-900} "$TESTBED/boot.sh" "$kernel" "$dir/initramfs" python "$dir" "${parameters[@]}" ||
	healthy="not $healthy"
awk -v part=python -f "$TESTBED/lib/tap.awk" "$dir/report"
echo "$healthy"

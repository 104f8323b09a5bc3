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
. "$TESTBED/lib/python.sh"

kernel=${1:-uml}
dir=$BUILD/python
package=$BUILD/user/python
guest_architecture=amd64

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
add_python "$dir/root" numpy
add_python_bucketmap "$dir/root"
mkdir "$dir/root/python"
cp -r "$ROOT/userspace/python/tests" "$ROOT/docs/python.md" "$dir/root/python/"
pack_root "$dir/root" "$dir/initramfs"

healthy="ok python: the kernel stayed healthy to the end"
read -ra parameters <<<"$(kernel_parameters "$kernel")"
BOOT_TIMEOUT=${BOOT_TIMEOUT:-900} "$TESTBED/boot.sh" "$kernel" "$dir/initramfs" python "$dir" "${parameters[@]}" ||
	healthy="not $healthy"
awk -v part=python -f "$TESTBED/lib/tap.awk" "$dir/report"
echo "$healthy"

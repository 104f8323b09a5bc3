# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# This machine's Python for the guest. To be sourced after common.sh and initramfs.sh.

python=/usr/bin/python3
dist_packages=/usr/lib/python3/dist-packages

# add_python ROOT PACKAGE...: adds Python, its library without what no program needs, cffi, and packages of Debian.
add_python() {
	local guest=$1 library objects
	shift
	library=$($python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
	mkdir -p "$guest/usr/bin"
	cp "$(realpath $python)" "$guest/usr/bin/python3"
	tar -c --exclude=__pycache__ --exclude=tests --exclude=test --exclude=config-3.\* --exclude=idlelib --exclude=lib2to3 \
		--exclude=ensurepip --exclude=f2py -C / "${library#/}" \
		"${@/#/${dist_packages#/}/}" "${dist_packages#/}"/{cffi,ply,pycparser} | tar -x -C "$guest"
	cp $dist_packages/_cffi_backend.*.so "$guest$dist_packages/"
	mapfile -t objects < <(find "$guest" -name '*.so' | sort)
	add_libraries "$guest" "$guest/usr/bin/python3" "${objects[@]}"
}

# add_python_bucketmap ROOT: adds the package bucketmap, and the library.
add_python_bucketmap() {
	make -s -C "$ROOT/userspace/python" BUILD="$BUILD/user/python" DESTDIR="$1" PREFIX=/usr all install >&2
	cp -P "$BUILD"/user/libbucketmap.so.* "$1/usr/lib/"
}

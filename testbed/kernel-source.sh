#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel source that our own test kernels are built from and that brings checkpatch: Debian's linux-source-6.12,
# unpacked into the cache. Prints its directory.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/kernels.sh"

package=$(kernel_package "${1:-uml}")

unpack_source() {
	mkdir "$1/package"
	unpack_packages "$package" "$1/package"
	tar -xf "$1/package/usr/src/$package.tar.xz" -C "$1" --strip-components=1
	rm -r "$1/package"
	make_room_for_registers "$1/arch/x86/um/user-offsets.c"
}

# User-mode Linux 6.12 keeps the floating-point registers in 2696 bytes, too few on processors with AMX, where no
# process would start. (Later kernels ask the host how many it takes.)
make_room_for_registers() {
	sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696)/DEFINE_LONGS(HOST_FP_SIZE, 12288)/' "$1"
}

cached "source/$(package_version "$package")-amx" unpack_source

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The source of a test kernel, and of checkpatch: Debian's package, unpacked into the cache. Prints its directory.
#
#	kernel-source.sh [KERNEL]	a kernel of lib/kernels.sh that is built from source; uml by default

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
	enlarge_register_area "$1/arch/x86/um/user-offsets.c"
}

# User-mode Linux 6.12 saves the floating-point registers in 2696 bytes. That is too few on processors with AMX: no process
# starts there. (Later kernels ask the host for the size.)
enlarge_register_area() {
	sed -i 's/DEFINE_LONGS(HOST_FP_SIZE, 2696)/DEFINE_LONGS(HOST_FP_SIZE, 12288)/' "$1"
}

cached "source/$(package_version "$package")-amx" unpack_source

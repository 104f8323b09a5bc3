#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Debian's kernels, unpacked into the cache and not installed.
#
#	debian-kernel.sh 6.12 headers	prints the directory to build modules against
#	debian-kernel.sh 6.12 image	prints the kernel image to boot

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/kernels.sh"

unpack_headers() {
	local release=$1 dir=$2 parts
	parts=$(apt-cache depends "linux-headers-$release" | grep -Eo 'linux-(headers-.*-common(-rt)?|kbuild-.*)$' | sort -u)
	# shellcheck disable=SC2086 # a list of package names
	unpack_packages "linux-headers-$release" $parts "$dir"
	include_own_common_makefile "$dir/usr/src/linux-headers-$release/Makefile"
}

# The Makefile of the package includes the common part by its path after installation.
include_own_common_makefile() {
	# shellcheck disable=SC2016 # make expands it
	sed -i 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|' "$1"
}

image=$(resolve_metapackage "$(kernel_package "$1")")
release=${image#linux-image-}
entry=debian/$release-$(package_version "$image")
case $2 in
headers) echo "$(cached "$entry-headers" unpack_headers "$release")/usr/src/linux-headers-$release" ;;
image) echo "$(cached "$entry-image" unpack_packages "$image")/boot/vmlinuz-$release" ;;
*) die "'$2' is neither headers nor image" ;;
esac

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
	local release=$1 version=$2 dir=$3 parts
	if has_package "linux-headers-$release"; then
		parts=$(apt_cache depends "linux-headers-$release" |
			grep -Eo 'linux-(headers-.*-common(-rt)?|kbuild-.*)$' | sort -u)
		# shellcheck disable=SC2086 # a list of package names
		unpack_packages "linux-headers-$release" ${parts/linux-kbuild-*/} "$dir"
		unpack_host_programs "${parts##*$'\n'}" "$dir"
	else
		unpack_old_headers "$release" "$version" "$dir"
	fi
	refer_to_cache "$dir/usr/src/linux-headers-$release/Makefile"
}

# The programs that kbuild runs are for the machine that builds.
unpack_host_programs() {
	[[ $architecture == amd64 ]] || apt_config=''
	unpack_packages "$1" "$2"
}

# A suite keeps the images of older kernels, but not their headers, which are still in the mirror's pool. There no list has
# their sums: lib/pool.sha256 does.
unpack_old_headers() {
	local release=$1 version=$2 dir=$3 base=${1%%-*} deb sum
	mkdir "$dir/debs"
	for deb in "linux-headers-${release}_${version}_$architecture.deb" "linux-headers-$base-common_${version}_all.deb" \
		"linux-kbuild-${base}_${version}_amd64.deb"; do
		sum=$(awk -v deb="$deb" '$2 == deb { print $1 }' "$TESTBED/lib/pool.sha256")
		[[ -n $sum ]] || die "$suite has no headers for $release, and testbed/lib/pool.sha256 has no sum of $deb"
		say "fetching $deb"
		/usr/lib/apt/apt-helper -qq -c "$apt_config" download-file "$(debian_mirror)/pool/main/l/linux/$deb" "$dir/debs/$deb" "SHA256:$sum"
		dpkg -x "$dir/debs/$deb" "$dir"
	done
	rm -r "$dir/debs"
}

# The Makefile of the package has the paths after installation.
refer_to_cache() {
	# shellcheck disable=SC2016 # make expands it
	sed -i 's|^include /usr/src/|include $(dir $(lastword $(MAKEFILE_LIST)))../|
		s|^KBUILD_OUTPUT=/.*|KBUILD_OUTPUT := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))|' "$1"
}

# Nothing but the kernel is kept: its modules take half a gigabyte.
unpack_image() {
	local release=$1 dir=$2 package=linux-image-$1
	has_package "linux-binary-$release" && package=linux-binary-$release
	mkdir "$dir/package"
	unpack_packages "$package" "$dir/package"
	find "$dir/package" \( -name "vmlinuz-$release" -o -name vmlinuz \) -exec mv {} "$dir/vmlinuz-$release" \;
	rm -r "$dir/package"
}

suite=$(kernel_suite "$1")
architecture=$(kernel_architecture "$1")
[[ $suite == - && $architecture == amd64 ]] || use_suite "$suite" "$architecture"
image=$(resolve_package "$(kernel_package "$1")")
release=${image#linux-image-}
version=$(package_version "$image")
case $2 in
headers)
	headers=$(cached "debian/$release-$version-headers" unpack_headers "$release" "$version")
	echo "$headers/usr/src/linux-headers-$release" ;;
image) echo "$(cached "debian/$release-$version-vmlinuz" unpack_image "$release")/vmlinuz-$release" ;;
*) die "'$2' is neither headers nor image" ;;
esac

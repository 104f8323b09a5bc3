#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "make install" below a DESTDIR writes there and nowhere else, and builds nothing; "make uninstall" removes all of it. Runs on
# the build machine, with the headers of a Debian kernel. Prints TAP.
#
#	install_test.sh BUILD	the directory that "make user" fills

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail

build=$(realpath "${1:?the build directory}")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=$(cat "$root/VERSION")
kdir=$("$root/testbed/debian-kernel.sh" 6.12 headers)
release=${kdir##*/linux-headers-}
. "${0%/*}/tap.sh"
installed=$work/installed

# Runs a command in a mount namespace in which all of the disk but $work is read-only.
confined() {
	local user=()
	((EUID == 0)) || user=(--user --map-root-user)
	# shellcheck disable=SC2016 # the inner shell expands it
	TMPDIR=$work unshare --mount "${user[@]}" bash -ec '
		mount --bind "$1" "$1"
		mount -o remount,bind,ro /
		cd "$2"
		[[ ! -w . && ! -w build && ! -w /usr/local && ! -w /lib/modules && -w $1 ]] || exit 1
		"${@:3}"
	' bash "$work" "$root" "$@"
}

install() { confined make -s KDIR="$kdir" DESTDIR="$installed" "$@"; }

files() { (cd "$installed" && find . ! -type d | sed 's/^\.//' | sort); }

module_files() {
	cat <<-END
		/lib/modules/$release/updates/bucketmap.ko.xz
		/usr/local/lib/modules-load.d/bucketmap.conf
		/usr/local/lib/sysusers.d/bucketmap.conf
		/usr/local/lib/udev/rules.d/60-bucketmap.rules
	END
}

user_files() {
	cat <<-END
		/usr/local/bin/bucketmap
		/usr/local/include/bucketmap.h
		/usr/local/include/linux/bucketmap.h
		/usr/local/include/linux/bucketmap_mapped.h
		/usr/local/lib/libbucketmap.a
		/usr/local/lib/libbucketmap.so
		/usr/local/lib/libbucketmap.so.0
		/usr/local/lib/libbucketmap.so.$version
		/usr/local/lib/pkgconfig/libbucketmap.pc
		/usr/local/lib/systemd/system/bucketmap-metrics.service
		/usr/local/lib/systemd/system/bucketmap-metrics.timer
		/usr/local/lib/systemd/system/bucketmap-restore.service
		/usr/local/libexec/bucketmap-textfile
		/usr/local/share/bash-completion/completions/bucketmap
		/usr/local/share/bucketmap/grafana.json
		/usr/local/share/man/man1/bucketmap.1
		/usr/local/share/man/man3/libbucketmap.3
		/usr/local/share/man/man7/bucketmap.7
		/usr/local/share/zsh/site-functions/_bucketmap
	END
	nm -D --defined-only "$build/libbucketmap.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' |
		sed 's|.*|/usr/local/share/man/man3/&.3|'
}

# writes FUNCTION... TARGET: installs TARGET, which writes the files that the functions print.
writes() {
	local target=${*: -1} files=("${@:1:$#-1}") file
	rm -rf "$installed"
	install "$target" >"$work/said" && diff <(for file in "${files[@]}"; do "$file"; done | sort) <(files)
}

# removes TARGET: removes the files, and no other.
removes() {
	touch "$installed/usr/local/lib/another"
	install "$1" && [[ $(files) == /usr/local/lib/another ]] && [[ ! -e $installed/usr/local/share/man/man3 ]]
}

modes_are_right() {
	[[ -z $(find "$installed" -type f ! -perm 644 ! -path '*/bin/*' ! -path '*/libexec/*') ]] &&
		[[ -z $(find "$installed" -type d ! -perm 755 -o \( -path '*/bin/*' -o -path '*/libexec/*' \) ! -perm 755) ]]
}

other_places() {
	rm -rf "$installed"
	install install PREFIX=/opt/b INSTALL_MOD_PATH=/boot2 &&
		diff <({ module_files; user_files; } | sed 's|^/usr/local|/opt/b|; s|^/lib/|/boot2/lib/|' | sort) <(files) &&
		grep -qx 'libdir=/opt/b/lib' "$installed/opt/b/lib/pkgconfig/libbucketmap.pc" &&
		grep -q '^ExecStart=/opt/b/bin/bucketmap ' "$installed/opt/b/lib/systemd/system/bucketmap-restore.service" &&
		install uninstall PREFIX=/opt/b INSTALL_MOD_PATH=/boot2 && [[ -z $(files) && ! -e $installed/opt ]]
}

# What is not built is named, and nothing is installed.
unbuilt() {
	rm -rf "$installed"
	! install "$1" BUILD="$work/nothing" 2>"$work/said" && cat "$work/said" && grep -q "build .* first.*: make $2" "$work/said"
}

# The sources for DKMS are all that the module is built from.
dkms_builds() {
	local place=$installed/usr/src/bucketmap-$version
	install install-dkms && grep -qx "PACKAGE_VERSION=\"$version\"" "$place/dkms.conf" &&
		make -s -C "$place" module KDIR="$kdir" && [[ -f $place/build/$release/bucketmap.ko ]]
}

version_is_everywhere() {
	[[ $("$installed/usr/local/bin/bucketmap" --version) == "bucketmap $version" ]] &&
		grep -qx "Version: $version" "$installed/usr/local/lib/pkgconfig/libbucketmap.pc" &&
		grep -qx "## ${version//./\\.} (.*)" "$root/CHANGELOG.md" &&
		[[ $(head -qn 5 "$installed"/usr/local/share/man/man?/bucketmap.? | grep -cx ".Os bucketmap $version") == 2 ]] &&
		unxz -c "$installed/lib/modules/$release/updates/bucketmap.ko.xz" | strings | grep -x "version=$version"
}

make -s -C "$root" module KDIR="$kdir" >&2
umask 077
check "install writes the expected files below DESTDIR, and nothing elsewhere" writes module_files user_files install
check "each installed file says the version" version_is_everywhere
check "files can be read by all, whatever the umask" modes_are_right
check "uninstall removes what install wrote, and no other file" removes uninstall
check "install-user writes the library and the tool" writes user_files install-user
check "uninstall-user removes them" removes uninstall-user
check "install-module writes the module and what its device needs" writes module_files install-module
check "uninstall-module removes them" removes uninstall-module
check "PREFIX and INSTALL_MOD_PATH are followed" other_places
check "without a library, install-user says what to build" unbuilt install-user user
check "without a module, install-module says what to build" unbuilt install-module module
check "the sources for DKMS build the module" dkms_builds
conclude

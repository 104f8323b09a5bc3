# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the guest's root file system: busybox, the guest scripts, and what the caller adds. To be sourced after common.sh, and
# for other machines than this one after foreign.sh.

guest_architecture=amd64

# new_root DIR: makes a new root directory.
new_root() {
	local root=$1 busybox
	busybox=$(guest_busybox)
	rm -rf "$root"
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,tests,examples,data}
	cp "$busybox" "$root/bin/busybox"
	cp -r "$TESTBED/guest" "$root/guest"
	ln -s guest/init "$root/init"
}

guest_busybox() {
	if [[ $guest_architecture == amd64 ]]; then
		command -v busybox
	else
		find "$(foreign_root "$guest_architecture")" -path '*/bin/busybox' -type f
	fi
}

# add_programs ROOT WHERE PROGRAM...: copies programs to ROOT/WHERE, and the shared libraries that they load.
add_programs() {
	cp "${@:3}" "$1/$2/"
	add_libraries "$1" "${@:3}"
}

# add_libraries ROOT OBJECT...: copies the shared libraries that programs, or other libraries, load.
add_libraries() {
	local root=$1 library
	shift
	if [[ $guest_architecture == amd64 ]]; then
		while read -r library; do
			install -D "$library" "$root$library"
		done < <(shared_libraries "$@")
	else
		while read -r library; do
			install -D "$library" "$root/lib/${library##*/}"
		done < <(foreign_libraries "$guest_architecture" "$@")
	fi
}

shared_libraries() {
	ldd "$@" 2>/dev/null | grep -Eo '/[^ :]+ \(0x' | sed 's/ (0x//' | sort -u || true
}

# pack_root ROOT FILE: packs it as an initramfs.
pack_root() {
	(cd "$1" && find . -print0 | cpio -0o --quiet -H newc -R 0:0 | gzip -1) >"$2"
}

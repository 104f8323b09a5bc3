# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Builds the guest's root file system: busybox, the guest scripts, and what the caller adds. To be sourced after common.sh.

# new_root DIR: makes a new root directory.
new_root() {
	local root=$1
	rm -rf "$root"
	mkdir -p "$root"/{bin,dev,proc,sys,tmp,tests,data}
	cp "$(command -v busybox)" "$root/bin/busybox"
	cp -r "$TESTBED/guest" "$root/guest"
	ln -s guest/init "$root/init"
}

# add_programs ROOT WHERE PROGRAM...: copies programs to ROOT/WHERE, and the shared libraries that they load.
add_programs() {
	local root=$1 where=$2 library
	shift 2
	cp "$@" "$root/$where/"
	while read -r library; do
		install -D "$library" "$root$library"
	done < <(shared_libraries "$@")
}

shared_libraries() {
	ldd "$@" 2>/dev/null | grep -Eo '/[^ :]+ \(0x' | sed 's/ (0x//' | sort -u || true
}

# pack_root ROOT FILE: packs it as an initramfs.
pack_root() {
	(cd "$1" && find . -print0 | cpio -0o --quiet -H newc -R 0:0 | gzip -1) >"$2"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks that a kernel which lacks something fails in module/compat.h and nowhere else, with one error that names it: builds the
# module with the headers of a kernel after one function was taken out of them.
#
#	compat.sh DIR	DIR is for the headers and the module

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"

dir=$1
failed=0

# A tree of links to a kernel's headers, of which some are replaced.
link_headers() {
	local headers=$1
	rm -rf "$dir/headers"
	mkdir -p "$dir/headers"
	cp -as "${headers%/usr/src/*}/usr" "$dir/headers/"
	cp -r "$ROOT/Kbuild" "$ROOT/VERSION" "$ROOT/module" "$ROOT/kunit" "$dir/"
}

# build SED-SCRIPT HEADER: builds with an altered header; leaves what was said in the file "log".
build() {
	local script=$1 header
	header=$(find "$dir/headers/usr/src" -path "*-common/include/linux/$2")
	sed -E "$script" "$header" >"$dir/altered"
	! cmp -s "$dir/altered" "$header" || die "$2 is not altered by: $script"
	mv "$header" "$dir/original"
	mv "$dir/altered" "$header"
	make -k -C "$dir"/headers/usr/src/linux-headers-*-amd64 M="$dir" -j"$JOBS" >"$dir/log" 2>&1 && echo "it builds" >>"$dir/log"
	mv "$dir/original" "$header"
}

# fails_once NAME SED-SCRIPT HEADER WORDS
fails_once() {
	build "$2" "$3"
	if [[ $(grep -cE ' error: |ERROR: ' "$dir/log") == 1 ]] && grep -qE "module/compat\.h:.* error: .*$4" "$dir/log"; then
		return
	fi
	echo "$1: not one error in module/compat.h about '$4':"
	cat "$dir/log"
	failed=1
}

link_headers "$(kernel_headers "$(kernels_for stock)")"
fails_once "debugfs cannot rename" 's/\bdebugfs_rename\b/gone/' debugfs.h "the kernel cannot rename in debugfs: see docs/kernels.md"
fails_once "a function is gone" 's/\bvmalloc_huge\b/gone/' vmalloc.h vmalloc_huge
fails_once "a function returns something else" 's/\blong si_mem_available\b/int si_mem_available/' mm.h \
	"bucketmap: the kernel has another si_mem_available.* see docs/kernels.md"
fails_once "a function has another argument" 's/\bstart_poll_synchronize_rcu\(void\)/start_poll_synchronize_rcu(int cpu)/' \
	rcutree.h start_poll_synchronize_rcu
fails_once "a member is gone" 's/\(\*unlocked_ioctl\)/(*gone)/' fs.h unlocked_ioctl
fails_once "a function has moved" 's/\bcurrent_umask\b/gone/' fs.h current_umask
exit "$failed"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the module for a kernel that clang has built, as a user does: make module follows the kernel's configuration. Debian has
# no such kernel, so Debian's configuration is prepared by clang, with the symbols of Debian's kernel.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/kernels.sh"

prepare_headers() {
	local source=$1 headers=$2 dir=$3
	say "preparing headers by clang"
	cp "$headers/.config" "$dir/.config"
	# It would want keys, a trusted one of Debian's among them.
	sed -i -E 's/^(CONFIG_SYSTEM_TRUSTED_KEYS|CONFIG_MODULE_SIG_KEY)=.*/\1=""/' "$dir/.config"
	make -s -C "$source" O="$dir" LLVM=1 olddefconfig
	make -s -C "$source" O="$dir" LLVM=1 -j"$JOBS" modules_prepare
	cp "$headers/Module.symvers" "$dir/"
}

built_by_clang() { readelf -p .comment "$1" | grep -q clang && ! readelf -p .comment "$1" | grep -q GCC; }

"$TESTBED/deps.sh" module kernel clang
source=$("$TESTBED/kernel-source.sh")
headers=$(kernel_headers "$(kernels_for stock)")
clang=$(clang -dumpversion)
prepared=$(cached "clang/$(basename "$source")-$clang" prepare_headers "$source" "$headers")
log=$BUILD/clang.log
module=$BUILD/$(cat "$prepared/include/config/kernel.release")
rm -rf "$module"
if make -C "$ROOT" module KDIR="$prepared" W=1 KCFLAGS=-Werror -j"$JOBS" >"$log" 2>&1; then
	echo "ok clang: the module builds without a warning" | record
else
	tail -n 30 "$log"
	missing "clang: the module builds without a warning"
fi
if built_by_clang "$module/bucketmap.ko"; then
	echo "ok clang: make module has used the kernel's compiler" | record
else
	missing "clang: make module has used the kernel's compiler"
fi
conclude

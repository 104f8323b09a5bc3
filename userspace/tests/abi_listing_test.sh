#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The interface of the kernel and that of the library are what is recorded in userspace/abi: each structure with its members,
# each constant, each error that an ioctl returns, each function, each symbol with its version. Programs are compiled with
# them, so a change must be meant. Runs on the build machine. Prints TAP.
#
#	abi_listing_test.sh BUILD		the directory that "make -C userspace BUILD=..." fills
#	abi_listing_test.sh BUILD record	records the interfaces as they are

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail
export LC_ALL=C

userspace=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath "${1:?the build directory}")
abi=$userspace/abi
CC32=${CC32:-i686-linux-gnu-gcc}
kernel_headers=(uapi/bucketmap.h uapi/bucketmap_mapped.h)
. "${0%/*}/tap.sh"

# compile COMPILER FLAG...: compiles standard input.
compile() { "$@" -std=gnu11 -D_GNU_SOURCE -I"$userspace" -I"$userspace/../module" -x c -; }

includes() { printf '#include "%s"\n' "$@"; }

# structures COMPILER HEADER...: from the debugging information: "struct NAME SIZE" and "struct NAME OFFSET SIZE TYPE MEMBER".
structures() {
	includes "${@:2}" | compile "$1" -g -fno-eliminate-unused-debug-types -c -o "$work/structures.o" || return
	pahole "$work/structures.o" | sed -nE '
		s/^struct (bucketmap_[a-z_]+) \{$/\1/; t name
		s|^\t([^/]*[^ ;]) +([^ ]+); +/\* +([0-9]+) +([0-9]+) \*/$|\3 \4 \1 \2|; t member
		s|^\t/\* size: ([0-9]+), .*|\1|; t size
		b
		:name; h; b
		:member; G; s/^(.*)\n(.*)$/struct \2 \1/p; b
		:size; G; s/^(.*)\n(.*)$/struct \2 \1/p' | sort -k 2,2 -k 3,3n -s
}

macros() { includes "${@:2}" | compile "$1" -E -dM | sed -n 's/^#define \(BUCKETMAP_\)/\1/p' | sort; }

# numbers COMPILER HEADER...: values of macros. Nothing is run: the compiler writes them in its assembly, for any machine.
numbers() {
	local name
	{
		includes "${@:2}"
		echo 'void list(void) {'
		macros "$@" | sed -nE 's/^([A-Z0-9_]+) [^"].*/\1/p' | while read -r name; do
			printf 'asm("ABI %s %%c0 %%c1" :: "i" ((unsigned)((unsigned long long)(%s) >> 32)), "i" ((unsigned)(%s)));\n' \
				"$name" "$name" "$name"
		done
		echo '}'
	} | compile "$1" -O1 -S -o - | awk '$1 == "ABI" {
		printf "number %s 0x%08x%08x\n", $2, $3 < 0 ? $3 + 4294967296 : $3, $4 < 0 ? $4 + 4294967296 : $4
	}' | sort
}

# Macros that are no numbers, as they are.
texts() { macros "$@" | sed -nE 's/^([A-Z0-9_]+(\([a-z]+\) | ").*)/macro \1/p'; }

errors() { awk -f "$userspace/tests/abi_errors.awk" "$userspace/../module/uapi/bucketmap.h" |
	sed -nE 's/^\t\{ "([A-Z_]+)", .*, "(E[A-Z0-9]+)" \},$/error \1 \2/p' | sort; }

functions() {
	includes lib/bucketmap.h | compile "$1" -aux-info "$work/functions" -fsyntax-only || return
	sed -nE 's|^/\* .*lib/bucketmap\.h:[0-9]+:NC \*/ (extern )?(.*);$|function \2|p' "$work/functions" | sort
}

symbols() { nm -D --with-symbol-versions --defined-only "$build/libbucketmap.so" | sed -nE 's/^[0-9a-f]+ ([A-Z] )/symbol \1/p' | sort; }

kernel_with() {
	structures "$1" "${kernel_headers[@]}" && numbers "$1" "${kernel_headers[@]}" &&
		texts "$1" "${kernel_headers[@]}" && errors
}

library_with() {
	kernel_with "$1" >"$work/included" &&
		{ structures "$1" lib/bucketmap.h && numbers "$1" lib/bucketmap.h; } | grep -vxFf "$work/included" &&
		functions "$1" && symbols
}

# compare NAME COMMAND...: a recorded listing with what a command prints.
compare() {
	local name=$1
	shift
	"$@" >"$work/$name" || return
	diff -U0 "$abi/$name.listing" "$work/$name" >"$work/changes" && return
	echo "the interface of the $name has changed; - is recorded, + is new:"
	grep '^[-+][a-z]' "$work/changes"
	echo "If this is meant, and BUCKETMAP_ABI_VERSION 1 is not frozen yet or the change only adds:"
	echo "    userspace/tests/abi_listing_test.sh BUILD record"
	return 1
}

# Each kind of line is there: a listing that a tool has failed to make would be like another one of this kind.
is_complete() {
	local kind
	for kind in "$@"; do
		[[ $(grep -c "^$kind " "$abi/$listing.listing") -gt 0 ]] || { echo "$listing: no line for a $kind"; return 1; }
	done
}

if [[ ${2:-} == record ]]; then
	mkdir -p "$abi"
	kernel_with "${CC:-cc}" >"$abi/kernel.listing"
	library_with "${CC:-cc}" >"$abi/library.listing"
	exit
fi
listing=kernel
check "the interface of the kernel is what is recorded" compare kernel kernel_with "${CC:-cc}"
check "all kinds of it are listed" is_complete struct number macro error
if command -v "$CC32" >/dev/null; then
	check "it is the same for callers of 32 bits" compare kernel kernel_with "$CC32"
else
	skip "it is the same for callers of 32 bits" "there is no $CC32"
fi
listing=library
check "the interface of the library is what is recorded" compare library library_with "${CC:-cc}"
check "all kinds of that are listed" is_complete struct number function symbol
conclude

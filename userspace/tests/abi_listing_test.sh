#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The interface of the kernel and that of the library are what is recorded in userspace/abi: each structure with its members,
# each constant, each operation, each error that an ioctl returns, each function, each symbol with its version. Programs are
# compiled with them: see docs/abi.md. Runs on the build machine. Prints TAP.
#
#	abi_listing_test.sh BUILD		the directory that "make -C userspace BUILD=..." fills
#	abi_listing_test.sh BUILD record	records what was added; refuses if a recorded line was changed or removed

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

# The number of an ioctl is listed without the size of its structure, which may grow.
expression() {
	case $1 in
	BUCKETMAP_IOC_MAGIC) echo "number $1 ($1)" ;;
	BUCKETMAP_IOC_*) echo "ioctl $1 (($1) & ~(unsigned)IOCSIZE_MASK)" ;;
	*) echo "number $1 ($1)" ;;
	esac
}

# numbers COMPILER HEADER...: values of macros. Nothing is run: the compiler writes them in its assembly, for any machine.
numbers() {
	local kind name value
	{
		includes "${@:2}"
		echo 'void list(void) {'
		macros "$@" | sed -nE 's/^([A-Z0-9_]+) [^"].*/\1/p' | while read -r name; do
			read -r kind name value < <(expression "$name")
			printf 'asm("ABI %s %s %%c0 %%c1" :: "i" ((unsigned)((unsigned long long)%s >> 32)), "i" ((unsigned)%s));\n' \
				"$kind" "$name" "$value" "$value"
		done
		echo '}'
	} | compile "$1" -O1 -S -o - | awk '$1 == "ABI" {
		printf "%s %s 0x%08x%08x\n", $2, $3, $4 < 0 ? $4 + 4294967296 : $4, $5 < 0 ? $5 + 4294967296 : $5
	}' | sort
}

# Macros that are no numbers, as they are.
texts() { macros "$@" | sed -nE 's/^([A-Z0-9_]+(\([a-z]+\) | ").*)/macro \1/p'; }

# The rows of the header's table of operations, and the errors that it documents for each ioctl.
operations_and_errors() { awk -f "$userspace/tests/abi_errors.awk" "$userspace/../module/uapi/bucketmap.h" | sed -nE '
	s/^\t\{ "([A-Z_]+)", .*, "(E[A-Z0-9]+)" \},$/error \1 \2/p; t
	s/^\t\{ ("[A-Z_]+"(, "[a-z-]+"){5}) \},$/operation \1/; T; s/[",]//g; p' | sort; }

# "first STRUCTURE MEMBER": the last member that the oldest callers have. The kernel accepts no shorter structure.
first_versions() { cat "$userspace"/../module/dev/{device,map_file}.c | tr -s ' \t\n' ' ' |
	grep -oE 'BM_IOCTL(\([A-Z]+, |_ENTRY\()bucketmap_[a-z]+, [a-z_]+,' |
	sed -E 's/.*(bucketmap_[a-z]+), ([a-z_]+),/first \1 \2/' | sort -u; }

functions() {
	includes lib/bucketmap.h | compile "$1" -aux-info "$work/functions" -fsyntax-only || return
	sed -nE 's|^/\* .*lib/bucketmap\.h:[0-9]+:NC \*/ (extern )?(.*);$|function \2|p' "$work/functions" | sort
}

symbols() {
	nm -D --with-symbol-versions --defined-only "$build/libbucketmap.so" | sed -nE 's/^[0-9a-f]+ ([A-Z] )/symbol \1/p' | sort &&
		readelf -d "$build/libbucketmap.so" | sed -nE 's/.*\(SONAME\).*\[(.*)\]/soname \1/p'
}

kernel_with() {
	structures "$1" "${kernel_headers[@]}" && numbers "$1" "${kernel_headers[@]}" &&
		texts "$1" "${kernel_headers[@]}" && operations_and_errors && first_versions
}

library_with() {
	kernel_with "$1" >"$work/included" &&
		{ structures "$1" lib/bucketmap.h && numbers "$1" lib/bucketmap.h; } | grep -vxFf "$work/included" &&
		functions "$1" && symbols
}

# broken RECORDED NEW: the recorded lines that are gone although the version that promises them is the same: that of what can
# be mapped, of the ioctls, or of the library. Structures may grow if they tell their size, or if the rest reads as zeros.
broken() {
	awk '
	# Which version promises the line.
	{ whose = /^[a-z]+ (bucketmap_mapped|BUCKETMAP_MAPPED)_/ ? "mapped" : "other" }
	/^number BUCKETMAP_(ABI|MAPPED)_VERSION |^soname / { version[file, whose] = $0 }
	file == 1 { recorded[++lines] = $0; owner[lines] = whose }
	file == 2 { new[$0]; if (/^struct / && NF == 3) bytes[$2] = $3 }
	/^struct [a-z_]+ 0 4 __u32 size$/ || whose == "mapped" { grows[$2] }
	END {
		for (i = 1; i <= lines; i++) {
			split(recorded[i], word)
			grown = recorded[i] ~ /^struct [a-z_]+ [0-9]+$/ && word[2] in grows && bytes[word[2]] > word[3]
			same = version[2, owner[i]] == "" || version[1, owner[i]] == version[2, owner[i]]
			if (!(recorded[i] in new) && !grown && same)
				print recorded[i]
		}
	}' file=1 "$1" file=2 "$2"
}

# compare NAME COMMAND...: a recorded listing with what a command prints.
compare() {
	local name=$1
	shift
	"$@" >"$work/$name" || return
	diff -U0 "$abi/$name.listing" "$work/$name" >"$work/changes" && return
	echo "the interface of the $name has changed; - is recorded, + is new:"
	grep '^[-+][a-z]' "$work/changes"
	is_kept "$name" || return
	echo "To record what was added: userspace/tests/abi_listing_test.sh BUILD record"
	return 1
}

is_kept() {
	[[ -n $(broken "$abi/$1.listing" "$work/$1") ]] || return 0
	echo "The interface of the $1 is frozen: no recorded line may be changed or removed without a new version (docs/abi.md):"
	broken "$abi/$1.listing" "$work/$1"
	return 1
}

# Records all or nothing.
record() {
	kernel_with "${CC:-cc}" >"$work/kernel" && library_with "${CC:-cc}" >"$work/library" &&
		is_kept kernel && is_kept library && cp "$work/kernel" "$abi/kernel.listing" && cp "$work/library" "$abi/library.listing"
}

# Each kind of line is there: a listing that a tool has failed to make would be like another one of this kind.
is_complete() {
	local kind
	for kind in "$@"; do
		[[ $(grep -c "^$kind " "$abi/$listing.listing") -gt 0 ]] || { echo "$listing: no line for a $kind"; return 1; }
	done
}

if [[ ${2:-} == record ]]; then
	record >&2
	exit
fi
listing=kernel
check "the interface of the kernel is what is recorded" compare kernel kernel_with "${CC:-cc}"
check "all kinds of it are listed" is_complete struct number ioctl macro operation error first
if command -v "$CC32" >/dev/null; then
	check "it is the same for callers of 32 bits" compare kernel kernel_with "$CC32"
else
	skip "it is the same for callers of 32 bits" "there is no $CC32"
fi
listing=library
check "the interface of the library is what is recorded" compare library library_with "${CC:-cc}"
check "all kinds of that are listed" is_complete struct number function symbol soname
conclude

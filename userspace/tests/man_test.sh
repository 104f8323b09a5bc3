#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The library's interface: the header declares and the man pages describe what the library exports, the pages are
# well-formed, their examples compile, and the installed files can be used. Runs on the build machine. Prints TAP.
#
#	man_test.sh BUILD	the directory that "make -C userspace BUILD=..." fills

# shellcheck source-path=SCRIPTDIR disable=SC2317 # functions are called by check
set -euo pipefail

userspace=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:?the build directory}
. "${0%/*}/tap.sh"

exported() { nm -D --defined-only "$build/libbucketmap.so" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort; }
mapped() { sed -n 's/^\t\t\(bucketmap_[a-z_]*\);$/\1/p' "$userspace/lib/libbucketmap.map" | sort; }
declared() { sed -nE 's/^[a-z_].*[ *](bucketmap_[a-z_]+)\(.*/\1/p' "$userspace/lib/bucketmap.h" | sort; }
described() { sed -nE 's/^\.F[no] (bucketmap_[a-z_]+).*/\1/p; /^\.Sh DESCRIPTION/q' "$1" | sort -u; }
named() { sed -nE 's/^\.Nm (bucketmap_[a-z_]+).*/\1/p' "$1" | sort -u; }

all_described() {
	local page
	for page in "$userspace"/man/*.3; do
		described "$page"
	done | sort
}

names_are_described() {
	local page
	for page in "$userspace"/man/bucketmap_*.3; do
		diff <(named "$page") <(described "$page") || return
	done
}

# Prototypes as lines of plain text, from a page and from the header.
page_prototypes() {
	mandoc -T utf8 -O width=1000 "$1" | col -b | sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' | tr -s ' \n' ' ' |
		tr ';' '\n' | sed -nE 's/^ *(#include <bucketmap.h> )?//; s/^(SYNOPSIS )+(#include <bucketmap.h> )?//; /bucketmap_[a-z_]+\(/p'
}
header_prototypes() {
	sed '/^\/\*/,/\*\//d; /^[#}]/d' "$userspace/lib/bucketmap.h" | tr -s '\t\n' '  ' | tr ';' '\n' |
		sed -nE 's/^ *//; s/\( +/(/; /bucketmap_[a-z_]+\(/p' | tr -s ' '
}
prototypes_agree() {
	local page
	for page in "$userspace"/man/bucketmap_*.3; do
		page_prototypes "$page"
	done | tr -d ' ' | sort >"$work/pages"
	header_prototypes | sed 's/extern"C"{//' | tr -d ' ' | sort >"$work/header"
	diff "$work/pages" "$work/header"
}

# What each operation takes and gives, in the header of the ABI and in the page on batches.
operations_in_header() {
	sed -nE 's/^ \*   ([A-Z_]+) +(-|in|delta) +(-|in) +(-|out|number) +(-|yes|offset) .*/\1 \2 \3 \4 \5/p' \
		"$userspace/../module/uapi/bucketmap.h" | sed 's/delta/in/; s/number/out/; s/offset/number/'
}
operations_in_page() { sed -n 's/^\.It Li \([A-Z_]* Ta .*\)/\1/; T; s/ Ta / /g; s/\\(en/-/g; p' "$userspace/man/bucketmap_batch.3"; }
operations_agree() { [[ -n $(operations_in_page) ]] && diff <(operations_in_header) <(operations_in_page); }

# References to system pages are not checked, as those pages may not be installed.
well_formed() {
	local page found
	for page in "$userspace"/man/*.[37]; do
		found=$(mandoc -T lint -W warning "$page" 2>/dev/null || true)
		[[ -z $found ]] || { echo "$found"; return 1; }
		sed -nE 's/^\.Xr ((lib)?bucketmap[a-z_]*) 3.*/\1/p' "$page" | sort -u |
			while read -r reference; do
				[[ -f $work/root/share/man/man3/$reference.3 ]] || { echo "$page: no $reference(3)"; exit 1; }
			done || return
	done
}

example_of() { mandoc -T utf8 -O width=1000,indent=0 "$1" | col -b | sed -n '/^EXAMPLES/,/^[A-Z]/{/^[A-Z]/d; p}' | sed -n '/^ *#include/,$p'; }

flags() { PKG_CONFIG_PATH=$work/root/lib/pkgconfig pkg-config "$@" libbucketmap; }

example_compiles() {
	local flags=()
	example_of "$1" >"$work/example.c"
	grep -q bucketmap_ "$work/example.c" || { echo "$1: no example"; return 1; }
	read -ra flags <<<"$(flags --cflags)"
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -c -o "$work/example.o" "$work/example.c" "${flags[@]}"
}

installed_library_links() {
	local flags=()
	read -ra flags <<<"$(flags --cflags --libs)"
	example_of "$userspace/man/libbucketmap.3" >"$work/example.c"
	"${CC:-cc}" -o "$work/shared" "$work/example.c" "${flags[@]}" &&
		"${CC:-cc}" -static -o "$work/static" "$work/example.c" "${flags[@]}" &&
		LD_LIBRARY_PATH=$work/root/lib ldd "$work/shared" >"$work/libraries" &&
		grep -q "$work/root/lib/libbucketmap.so.0" "$work/libraries"
}

# The machine may have no device: the program may fail, but must not crash.
linked_program_runs() {
	local status=0
	LD_LIBRARY_PATH=$work/root/lib "$work/shared" || status=$?
	((status <= 1))
}

header_compiles_as_cpp() {
	echo '#include <bucketmap.h>' >"$work/header.cc"
	"${CXX:-c++}" -Wall -Wextra -Werror -I"$work/root/include" -fsyntax-only "$work/header.cc"
}

make -s -C "$userspace" BUILD="$build" PREFIX="$work/root" install >&2
check "the library exports what its version script names" diff <(exported) <(mapped)
check "the header declares what the library exports" diff <(declared) <(exported)
check "exactly one page describes each function" diff <(all_described) <(exported)
check "each page names the functions that it describes" names_are_described
check "pages and header have the same prototypes" prototypes_agree
check "the page on batches has the operations of the header" operations_agree
check "pages are well-formed and refer to pages that are installed" well_formed
for page in "$userspace"/man/*.3; do
	check "the example of ${page##*/} compiles" example_compiles "$page"
done
check "programs link with the installed library, shared and static" installed_library_links
check "a program linked with the installed library runs" linked_program_runs
if command -v "${CXX:-c++}" >/dev/null; then
	check "the header can be used from C++" header_compiles_as_cpp
fi
conclude

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
	sed -nE 's/^ \*   ([A-Z_]+) +(-|in|delta|number) +(-|in) +(-|out|number) +(-|yes|offset) .*/\1 \2 \3 \4 \5/p' \
		"$userspace/../module/uapi/bucketmap.h" |
		sed -E 's/^([A-Z_]+) (delta|number)/\1 in/; s/number/out/; s/offset/number/'
}
operations_in_page() { sed -n 's/^\.It Li \([A-Z_]* Ta .*\)/\1/; T; s/ Ta / /g; s/\\(en/-/g; p' "$userspace/man/bucketmap_batch.3"; }
operations_agree() { [[ -n $(operations_in_page) ]] && diff <(operations_in_header) <(operations_in_page); }
# Style is checked too, except that mandoc would leave the foot to the system, wants all other pages installed, and counts
# the characters of lines.
lint() {
	mandoc -T lint -W style "$1" 2>/dev/null |
		grep -vE 'operating system explicitly|referenced manual not found|input text line longer'
}

# References to system pages are not checked, as those pages may not be installed.
well_formed() {
	local page found name section
	for page in "$userspace"/man/*.[37]; do
		found=$(lint "$page" || true)
		[[ -z $found ]] || { echo "$found"; return 1; }
		sed -nE 's/^\.Xr ((lib)?bucketmap[a-z_]*) ([137]).*/\1 \3/p' "$page" | sort -u |
			while read -r name section; do
				[[ -f $work/root/share/man/man$section/$name.$section ]] ||
					{ echo "$page: no $name($section)"; exit 1; }
			done || return
	done
}

# Each page of functions has what a reader looks for, in mdoc's order.
sections_are_complete() {
	local page
	for page in "$userspace"/man/bucketmap_*.3; do
		diff <(printf '%s\n' NAME LIBRARY SYNOPSIS DESCRIPTION "RETURN VALUES" EXAMPLES ERRORS "SEE ALSO") \
			<(sed -n 's/^\.Sh //p' "$page" | grep -v '^SECURITY') || { echo "$page"; return 1; }
	done
}

# The first and the last line of a page.
project_is_named() {
	local page
	for page in "$userspace"/man/*.[137]; do
		[[ $(mandoc -T ascii "$page" | col -b | sed -n '1p; $p' | grep -ic bucketmap) == 2 ]] ||
			{ echo "$page"; return 1; }
	done
}

# Members as "type name;", one per line, of the structure $1 in a file.
members() {
	sed -nE "/^struct $1 \\{/,/^\\}/{s/^\t([a-z_0-9]+) ([a-z_0-9A-Z]+(\\[[A-Z_0-9a-z]+\\])?;).*/\\1 \\2/p}" "$2"
}

structures_of() { sed -nE '/^\.Sh DESCRIPTION/q; s/^struct (bucketmap_[a-z]+) \{$/\1/p' "$1"; }

structures_agree() {
	local page name found=0
	for page in "$userspace"/man/*.3; do
		while read -r name; do
			cat "$userspace/../module/uapi/bucketmap.h" "$userspace/lib/bucketmap.h" >"$work/headers"
			diff <(members "$name" "$page") <(members "$name" "$work/headers") || { echo "$page: $name"; return 1; }
			found=$((found + $(members "$name" "$page" | wc -l)))
		done < <(structures_of "$page")
	done
	((found > 0))
}

# The Makefile has taken the programs from the pages. Here they meet the installed header.
example_compiles() {
	local flags=() example=$build/examples/$1
	[[ -s $example.out ]] || { echo "$1: the page does not say what its example prints"; return 1; }
	grep -q bucketmap_ "$example.c" || { echo "$1: no example"; return 1; }
	read -ra flags <<<"$(flags --cflags)"
	"${CC:-cc}" -std=gnu11 -Wall -Wextra -Werror -c -o "$work/example.o" "$example.c" "${flags[@]}"
}

flags() { PKG_CONFIG_PATH=$work/root/lib/pkgconfig pkg-config "$@" libbucketmap; }

installed_library_links() {
	local flags=()
	read -ra flags <<<"$(flags --cflags --libs)"
	"${CC:-cc}" -o "$work/shared" "$build/examples/libbucketmap.c" "${flags[@]}" &&
		"${CC:-cc}" -static -o "$work/static" "$build/examples/libbucketmap.c" "${flags[@]}" &&
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
check "pages of functions have all sections" sections_are_complete
check "the project is named at the head and the foot of each page" project_is_named
check "structures in the pages are those of the headers" structures_agree
for page in "$userspace"/man/*.3; do
	page=$(basename "$page" .3)
	check "the example of $page(3) compiles" example_compiles "$page"
done
check "programs link with the installed library, shared and static" installed_library_links
check "a program linked with the installed library runs" linked_program_runs
if command -v "${CXX:-c++}" >/dev/null; then
	check "the header can be used from C++" header_compiles_as_cpp
fi
conclude

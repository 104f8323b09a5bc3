#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make check: what can be said about the sources without running them. Each check is one result.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/kernels.sh"

cd "$ROOT"
mkdir -p "$BUILD/check"

# check NAME COMMAND...: what the command says is shown when it fails, but for its sums.
check() {
	local name=$1 log=$BUILD/check/output
	shift
	if "$@" >"$log" 2>&1; then
		echo "ok $name" | record
	else
		sed -E '/^total: |^[0-9]+ warnings? .*generated\.$/d; s/^/    | /' "$log"
		missing "$name"
	fi
}

scripts() { find testbed .ci docs packaging userspace -type f \( -name '*.sh' -o -path '*/guest/init' -o -path '.ci/run' \) | sort; }

# Its settings are in .checkpatch.conf. What stands in for the kernel in the native build cannot follow its rules.
kernel_style() {
	find module kunit userspace -path 'userspace/native/[is]*' -prune -o -name '*.[ch]' -print | sort |
		xargs perl "$1/scripts/checkpatch.pl" --no-tree --quiet --terse --show-types --file
}

without_warnings() {
	local log=$BUILD/check/build
	"$TESTBED/module.sh" "$@" >"$log" 2>&1 && ! grep -iE 'warning|error' "$log" && return
	cat "$log"
	return 1
}

# Its settings are in .clang-tidy.
clang_tidy() {
	local user native bench
	mapfile -t user < <(find userspace -path userspace/native -prune -o -path 'userspace/bench/*.c' -prune -o -name '*.c' -print |
		sort)
	clang-tidy --quiet "${user[@]}" -- "${gnu_flags[@]}" '-DBUCKETMAP_VERSION=""' -Iuserspace -Imodule || return
	mapfile -t native < <(find userspace/native -name '*.c' | sort)
	clang-tidy --quiet "${native[@]}" -- "${gnu_flags[@]}" -D_LGPL_SOURCE -DNATIVE_CHECKS -Iuserspace/native/include \
		-Imodule -Iuserspace -I. || return
	clang-tidy --quiet userspace/bench/abi/*.c -- "${gnu_flags[@]}" -Imodule -Iuserspace || return
	mapfile -t bench < <(find userspace/bench -path userspace/bench/abi -prune -o -name '*.c' -print | sort)
	clang-tidy --quiet "${bench[@]}" -- "${gnu_flags[@]}" -D_LGPL_SOURCE -Iuserspace/native/include -Iuserspace/native \
		-Iuserspace -Imodule -isystem "$(userspace/bench/hdr.sh)"
}

# It takes no notice of functions that do not return, va_end() before them included.
cpp_check() {
	cppcheck --quiet --error-exitcode=1 --inline-suppr --enable=warning,performance --suppress=va_end_missing \
		--std=c11 -D_GNU_SOURCE "-D_Noreturn=__attribute__((noreturn))" -Iuserspace -Imodule userspace
}

# Each function of the kernel API has a comment that says in which context it may be called, and what it returns.
api_is_described() {
	awk 'BEGIN { RS = "" }
		/(^|\n)(int|void|u64|struct [a-z]+ [*]) ?bucketmap_[a-z_]+\(/ {
			functions++
			if (!/^\/[*](\n [*])? (Atomic|By @gfp|Process)[.]/) { print; bad = 1 }
		}
		END { exit bad || functions < 25 }' module/bucketmap.h
}

# Which components of module/ include which: a component is a source with its header. tsort complains about a circle.
without_circles() {
	local file from to
	find module -name '*.[ch]' | while read -r file; do
		from=${file#module/}
		sed -nE 's/^#include "(.*)\.h"/\1/p' "$file" | while read -r to; do
			[[ -e module/$to.h ]] || to=${from%/*}/$to
			[[ $to = "${from%.*}" ]] || echo "${from%.*} $to"
		done
	done | tsort >/dev/null
}

gnu_flags=(-std=gnu11 -D_GNU_SOURCE)

"$TESTBED/deps.sh" module user tests kernel check abi
source=$("$TESTBED/kernel-source.sh")
for kernel in $(kernels_for warnings); do
	kernel_headers "$kernel" >/dev/null
done
check "checkpatch --strict" kernel_style "$source"
for kernel in $(kernels_for warnings); do
	suites=()
	[[ $(kernel_scripts "$kernel") != *kunit* ]] || suites=(CONFIG_BUCKETMAP_KUNIT=y)
	check "no warnings with W=1 on $kernel" without_warnings "$kernel" "$BUILD/check/$kernel" W=1 KCFLAGS=-Werror "${suites[@]}"
done
check "sparse" without_warnings "$(kernels_for stock)" "$BUILD/check/sparse" C=2
check "a kernel that lacks something fails in compat.h" "$TESTBED/compat.sh" "$BUILD/check/compat"
check "the kernel API says contexts and results" api_is_described
check "no circle among the components of module/" without_circles
check "clang-tidy" clang_tidy
check "cppcheck" cpp_check
mapfile -t scripts < <(scripts)
check "shellcheck" shellcheck -x "${scripts[@]}"
check "docs/performance.md shows what is recorded" python3 -B userspace/bench/page.py check
check "words of the glossary" "$TESTBED/check-words.sh"
check "pages document what is there, and name what exists" "$TESTBED/check-docs.py"
conclude

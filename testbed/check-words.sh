#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Finds words that docs/glossary.md has replaced, and prints for each its file, its line and the right word. Fails if
# there are any. Names ("Terms", "Files") are searched in all files, prose ("Plain English") in those listed below.
#
#	check-words.sh [DIR [PROSE...]]		the tree to search, by default this one; what else of it is prose

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"

cd "${1:-$ROOT}"
shift $(($# > 0))

# Directories count with all that is in them. docs/performance/ has what programs wrote.
prose=(README.md CONTRIBUTING.md docs/*.md docs/model docs/pictures kunit module packaging testbed userspace "$@")

shopt -s nullglob
mapfile -t files < <(find [A-Z]* .ci docs kunit module packaging testbed userspace -type f -not -path '*/corpus/*' \
	-not -name '*.svg' -not -path docs/glossary.md | sort -u)
((${#files[@]} > 100)) || die "$PWD is not a whole tree"
mapfile -t prose < <(find "${prose[@]}" -type f -not -path docs/glossary.md -not -path '*/corpus/*' | sort)
perl "$TESTBED/lib/words.pl" docs/glossary.md "${files[@]}" -- "${prose[@]}"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes the seeded patches (userspace/native/seeded/, kunit/seeded/) apply again after the code has changed.
#
#	refresh-seeded.sh [BASE]	BASE: the commit at which the search for the old code begins; HEAD if not given
#
# A patch that applies exactly stays as it is. For any other, each file that it changes is handled on its own:
#
# - The old file is the newest committed version to which the patch applies, exactly if there is one. Renames that git knows
#   of (git mv, git add) are followed.
# - In the old file, with and without the bug, names that have left the file get their new names, and lines their new
#   indentation.
# - A three-way merge carries the bug over to the file in the tree.
# - If that fails, it carries the bug over function by function, wherever in the tree a function of that name is.
#
# The header of a patch is kept. A patch with a conflict is shown and left alone. A patch that adds a name that is gone from
# the tree is shown too. Either makes the script fail. It writes to nothing but the patches. Build and run what it has
# written: seeded.sh PATCH.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"

cd "$ROOT"
export GIT_OPTIONAL_LOCKS=0
base=${1:-HEAD}
git rev-parse --verify --quiet "$base^{commit}" >/dev/null || die "no commit $base"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=(module kunit userspace/native ':!*.patch')
words() { grep -aoE '\b[A-Za-z_][A-Za-z0-9_]*\b'; }
git ls-files -z --cached --others --exclude-standard -- "${code[@]}" | xargs -0 cat 2>/dev/null | words | sort -u >"$work/words"
{
	git log --reverse -M --diff-filter=R --name-status --format= HEAD
	git diff -M --diff-filter=R --name-status HEAD
} >"$work/renamed"

# The name that a file has in the tree.
name_now() {
	if [[ -e $1 ]]; then
		echo "$1"
	else
		awk -F '\t' -v name="$1" '$2 == name { name = $3 } END { print name }' "$work/renamed"
	fi
}

# The old file

# The versions of a file, newest first: its name in the tree, then COMMIT:NAME.
versions() {
	name_now "$1"
	git log --follow --format='commit %H' --name-only "$base" -- "$1" |
		awk '/^commit / { commit = $2; next } NF { print commit ":" $0 }'
}

version() {
	if [[ $1 == *:* ]]; then git show "$1"; else cat "$1"; fi 2>/dev/null
}

# put_in PART FILE RESULT: puts the bug into a file, if the patch applies: exactly, with an offset, or with fuzz, as $how says.
put_in() {
	local fuzz=0
	[[ $how == fuzz ]] && fuzz=2
	patch --force --fuzz=$fuzz --reject-file=- --output="$3" "$2" "$1" >"$work/said" 2>&1 || return
	[[ $how != exactly ]] || ! grep -q '^Hunk' "$work/said"
}

# Words in the lines that a patch adds that are nowhere in the tree.
unknown_words() {
	sed -n '/^+++ /d; s/^+//p' "$1" | words | sort -u | comm -23 - "$work/words"
}

# find_old PART FILE: the newest version that the patch applies to, as old, and as old.bug with the bug. If the patch adds
# unknown words it is a version that has one of these, as they were renamed since then.
find_old() {
	local part=$1 how from
	unknown_words "$part" >"$work/unknown"
	rm -f "$work"/old*
	for how in exactly offset fuzz; do
		while read -r from; do
			version "$from" >"$work/try" || continue
			put_in "$part" "$work/try" "$work/try.bug" || continue
			if [[ ! -s $work/unknown ]] || grep -qwFf "$work/unknown" "$work/try"; then
				mv "$work/try" "$work/old"
				mv "$work/try.bug" "$work/old.bug"
				return
			fi
			[[ -e $work/old ]] || { cp "$work/try" "$work/old"; cp "$work/try.bug" "$work/old.bug"; }
		done < <(versions "$2")
		[[ ! -e $work/old ]] || return 0
	done
	return 1
}

# The merge

tokens() { grep -oE '[A-Za-z0-9_]+|[^A-Za-z0-9_[:space:]]' "$1"; }

# new_names OLD NOW: a sed script that gives names of the old text their new ones: those that have left the text, where a
# name that is new in it stands instead; more than once, if there is still something else in the tree by the old name.
new_names() {
	diff -U0 <(tokens "$1") <(tokens "$2") | awk '
		function pair(	i) {
			for (i = 1; i <= removed && removed == added; i++)
				if (minus[i] ~ /^[A-Za-z_]/ && plus[i] ~ /^[A-Za-z_]/)
					count[minus[i] " " plus[i]]++
			removed = added = 0
		}
		/^@@/ { pair() }
		/^-[^-]/ { minus[++removed] = substr($0, 2) }
		/^[+][^+]/ { plus[++added] = substr($0, 2) }
		END { pair(); for (names in count) print count[names], names }
	' | sort -k1,1nr -k2 | while read -r times old new; do
		if ((times < 2)) && grep -qxF -- "$old" "$work/words"; then continue; fi
		grep -qw -- "$old" "$2" || grep -qw -- "$new" "$1" || printf 's/\\b%s\\b/%s/g\n' "$old" "$new"
	done
}

lines() { diff --old-line-format='-%L' --unchanged-line-format='=%L' --new-line-format='+%L' "$@"; }

# follow NOW OLD BUG: makes from and from.bug of the old text without and with the bug. Lines are as in the text of today if
# they differ from it in white space only, or, as many for as many, in names only. So are those that the bug deletes or leaves
# alone, if they are similar. Lines that the bug adds are shifted as the line before them is.
follow() {
	diff -w --old-line-format= --unchanged-line-format=%L --new-line-format=%L "$1" "$2" >"$work/spaced"
	# How the bug treats each line of the old text: it is changed, or not.
	lines "$2" "$3" | awk '
		function flush() { for (; removed; removed--) print added ? "changed" : "alone"; added = 0 }
		/^-/ { removed++ }
		/^[+]/ { added++ }
		/^=/ { flush(); print "alone" }
		END { flush() }
	' >"$work/treated"
	lines "$work/spaced" "$1" | awk -v treated="$work/treated" '
		function shape(line) { gsub(/[A-Za-z_][A-Za-z0-9_]*/, "i", line); gsub(/[[:space:]]/, "", line); return line }
		function split_up(line, list) { gsub(/[^A-Za-z0-9_]/, " & ", line); return split(line, list, " ") }
		function similar(one, other,	a, b, m, n, i, left, common) {
			m = split_up(one, a)
			n = split_up(other, b)
			for (i = 1; i <= m; i++) left[a[i]]++
			for (i = 1; i <= n; i++) if (left[b[i]]-- > 0) common++
			return m && n && 2 * common >= 0.6 * (m + n)
		}
		function flush(	i, same) {
			for (i = 1; i <= removed; i++) {
				same = removed == added && (shape(minus[i]) == shape(plus[i]) ||
					(how[i] == "alone" && similar(minus[i], plus[i])))
				print same ? plus[i] : minus[i]
			}
			removed = added = 0
		}
		/^-/ { minus[++removed] = substr($0, 2); getline how[removed] <treated }
		/^[+]/ { plus[++added] = substr($0, 2) }
		/^=/ { flush(); print substr($0, 2); getline unused <treated }
		END { flush() }
	' >"$work/from"
	lines "$2" "$3" | awk -v from="$work/from" '
		function depth(line) { match(line, /^\t*/); return RLENGTH }
		{
			line = substr($0, 2)
			if (/^[=-]/) {
				getline followed <from
				if (line ~ /[^[:space:]]/)
					shift = depth(followed) - depth(line)
				line = followed
			} else if (line ~ /[^[:space:]]/) {
				for (n = shift; n > 0; n--)
					line = "\t" line
				for (n = shift; n < 0; n++)
					sub(/^\t/, "", line)
			}
		}
		!/^-/ { print line }
	' >"$work/from.bug"
}

three_way() { git merge-file -p --diff3 -L now -L old -L bug "$@" >"$work/merged"; }

# merge NOW OLD BUG: the text of today with the bug, as merged.
merge() {
	new_names "$2" "$1" >"$work/names"
	sed -f "$work/names" "$2" >"$work/renamed.old"
	sed -f "$work/names" "$3" >"$work/renamed.bug"
	three_way "$1" "$work/renamed.old" "$work/renamed.bug" && return
	follow "$1" "$work/renamed.old" "$work/renamed.bug"
	three_way "$1" "$work/from" "$work/from.bug"
}

conflicts() { sed -n '/^<<<<<<< /,/^>>>>>>> /p' "$work/merged" | head -n 50; }

# target FILE: a copy of a file of the tree, to which bugs go: of one patch, however many parts it has.
target() {
	if [[ ! -e $work/tree/$1 ]]; then
		mkdir -p "$work/tree/${1%/*}"
		cp "$1" "$work/tree/$1"
		echo "$1" >>"$work/targets"
	fi
	echo "$work/tree/$1"
}

whole_file() {
	local now
	now=$(name_now "$1")
	[[ -e $now ]] || { echo "$1 is gone, and git knows no new name of it"; return 1; }
	merge "$(target "$now")" "$work/old" "$work/old.bug" || { echo "a conflict in $now:"; conflicts; return 1; }
	cp "$work/merged" "$work/tree/$now"
}

# Functions

# functions FILE: NAME FIRST LAST of each, from the line with the name to the closing brace.
functions() {
	awk '
		/^[A-Za-z_].*\(/ && !/;$/ { first = NR; name = $0; sub(/\(.*/, "", name); sub(/.*[^A-Za-z0-9_]/, "", name) }
		/^[{]/ && first { inside = 1 }
		/^}/ { if (inside) print name, first, NR; first = inside = 0 }
	' "$1"
}

# text_of NAME FILE: of a function.
text_of() {
	local first last
	read -r first last < <(functions "$2" | sed -n "s/^$1 //p")
	[[ -n ${first:-} ]] && sed -n "${first},${last}p" "$2"
}

# Names of the functions that the bug changes; fails if it changes anything else.
changed_functions() {
	local groups
	groups=$(diff --old-group-format=$'%df %dl\n' --changed-group-format=$'%df %dl\n' --new-group-format=$'%dl %dl\n' \
		--unchanged-group-format= "$work/old" "$work/old.bug")
	awk 'NR == FNR { name[NR] = $1; first[NR] = $2; last[NR] = $3; count = NR; next }
		{ found = 0
		  for (i = 1; i <= count; i++) if ($1 >= first[i] && $2 <= last[i]) found = i
		  if (!found) exit 1
		  if (!seen[found]++) print name[found] }' <(functions "$work/old") <(echo "$groups")
}

# in_function NAME FILE: carries the bug in a function over to a file of the tree that has a function of that name.
in_function() {
	local first last copy
	copy=$(target "$2")
	text_of "$1" "$copy" >"$work/now"
	merge "$work/now" "$work/old.function" "$work/bug.function" || return
	read -r first last < <(functions "$copy" | sed -n "s/^$1 //p")
	sed -i -e "${last}r $work/merged" -e "${first},${last}d" "$copy"
}

# The file of the part itself comes first, if it has the function.
by_function() {
	local name other names
	names=$(changed_functions) && [[ -n $names ]] || return
	for name in $names; do
		text_of "$name" "$work/old" >"$work/old.function"
		text_of "$name" "$work/old.bug" >"$work/bug.function" || return
		for other in "$1" $(git grep -l --untracked -E "^([A-Za-z_].*[^A-Za-z0-9_])?$name\(" -- "${1%%/*}/*.[ch]"); do
			[[ -e $other ]] && text_of "$name" "$other" >/dev/null && in_function "$name" "$other" && continue 2
		done
		echo "no function $name that the bug can be merged into"
		return 1
	done
}

# Patches

# Carries over the part of a patch that is about one file.
refresh_part() {
	local part=$1 file
	file=$(sed -n '1s,^--- a/,,p' "$part")
	find_old "$part" "$file" || { echo "it applies to no version of $file up to $base"; return 1; }
	whole_file "$file" || by_function "$file"
}

refresh() {
	local patch=$1 part file changed=
	rm -rf "$work"/part.* "$work/tree" "$work/targets"
	awk -v work="$work" '/^--- a\// { part++ } part { print >(work "/part." part) }' "$patch"
	for part in "$work"/part.*; do
		refresh_part "$part" || return
	done >"$work/problem"
	sed '/^--- a\//,$d' "$patch" >"$work/new"
	while read -r file; do
		diff -u --label "a/$file" --label "b/$file" "$file" "$work/tree/$file" >>"$work/new" || changed=yes
	done <"$work/targets"
	[[ $changed ]] || { echo "it changes nothing any more" >"$work/problem"; return 1; }
}

# Unknown words that were in the code when the patch was last committed: they were renamed or removed since.
gone_words() {
	local commit word
	commit=$(git log -1 --format=%H -- "$1")
	[[ -n $commit ]] || return 0
	for word in $(unknown_words "$1"); do
		git grep -qwF -e "$word" "$commit" -- "${code[@]}" && echo "$word"
	done
	return 0
}

kept=0 written=0 failed=0
for patch in userspace/native/seeded/*.patch kunit/seeded/*.patch; do
	if ! refresh "$patch"; then
		say "$patch: $(sed '2,$s/^/    | /' "$work/problem")"
		failed=$((failed + 1))
		continue
	fi
	if cmp -s "$work/new" "$patch"; then
		kept=$((kept + 1))
	else
		cat "$work/new" >"$patch"
		echo "$patch: written anew"
		written=$((written + 1))
	fi
	gone=$(gone_words "$patch" | paste -sd ' ')
	if [[ -n $gone ]]; then
		say "$patch: it adds what is gone from the tree: $gone"
		failed=$((failed + 1))
	fi
done
echo "$kept as they were, $written written anew, $failed to be repaired by hand"
((failed == 0))

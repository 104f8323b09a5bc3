# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The text of the demo: WordNet's English definitions, in four parts, and the count made without bucketmap.
# To be sourced after common.sh and apt.sh.

longest_word=32

# demo_text: prints the directory with text.1 to text.4, "expected" (word, tab, count; sorted) and "too_long" (how many words are
# longer than the map's keys).
demo_text() {
	cached "text/wordnet-$(package_version wordnet-base)" make_text
}

make_text() {
	local dir=$1
	unpack_packages wordnet-base "$dir"
	# A definition follows the first bar of its line.
	sed -n 's/^[^|]*| //p' "$dir"/usr/share/wordnet/data.{noun,verb,adj,adv} >"$dir/text"
	printf '%s\n' 'Pneumonoultramicroscopicsilicovolcanoconiosis is a word of 45 letters, and' \
		'Methylchloroisothiazolinonemethyl has 33: one more than a key of the map.' >>"$dir/text"
	rm -r "${dir:?}/usr"
	split --number=l/4 --numeric-suffixes=1 --suffix-length=1 "$dir/text" "$dir/text."
	rm "$dir/text"
	cat "$dir"/text.? | LC_ALL=C tr -cs A-Za-z '\n' | sed '/^$/d' >"$dir/words"
	awk -v max=$longest_word 'length($0) <= max' "$dir/words" | LC_ALL=C sort | LC_ALL=C uniq -c |
		awk -v OFS='\t' '{ print $2, $1 }' >"$dir/expected"
	awk -v max=$longest_word 'length($0) > max' "$dir/words" | wc -l >"$dir/too_long"
	rm "$dir/words"
}

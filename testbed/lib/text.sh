# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Texts from Debian packages. To be sourced after common.sh and apt.sh.
#
# The text of the demo is WordNet's English definitions, in four parts, with a count made without bucketmap.

longest_word=32

# demo_text: prints the directory with text.1 to text.4, "expected" (word, tab, count; sorted) and "too_long" (the number of
# words that are longer than the map's keys).
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

# words_dump: prints the directory with words.dump, a dump of a map with all words of a large word list, sorted.
words_dump() {
	cached "text/insane-siphash13-$(package_version wamerican-insane)" make_words_dump
}

make_words_dump() {
	local dir=$1
	local list=$dir/usr/share/dict/american-english-insane
	unpack_packages wamerican-insane "$dir"
	{
		echo "bucketmap dump 1 key_size=64 value_size=8 key_format=text value_format=dec hash=siphash13 capacity=0" \
			"max_entries=0 mode=0600"
		LC_ALL=C awk -v OFS='\t' '{ print $0, NR }' "$list" | LC_ALL=C sort
		echo "end $(wc -l <"$list")"
	} >"$dir/words.dump"
	rm -r "${dir:?}"/{usr,var}
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# A large data set: /data/words.dump, a dump of all words of a word list in the order of sort(1), is loaded and dumped again.
# The names of the cases include the time that it took.

. /guest/tap.sh

# entries FILE: a dump without its first and last line.
entries() { sed '1d;$d' "$1"; }

uptime() { awk '{ print $1 }' /proc/uptime; }

# timed COMMAND...: runs it, and sets $took to the time and $status to the exit status. Its output goes to a file, because this
# script's output is a terminal, where the tool shows a progress bar.
timed() {
	begin=$(uptime)
	"$@" >/tmp/said 2>&1
	status=$?
	took=$(echo "$begin $(uptime)" | awk '{ printf "%.2f s", $2 - $1 }')
}

is_loaded() {
	[ "$status" = 0 ] && echo "loaded $words entries" | diff - /tmp/said &&
		bucketmap info words | grep -x "entries $words"
}

is_dumped() {
	cat /tmp/said
	[ "$status" = 0 ] && [ ! -s /tmp/said ]
}

same_header() { [ "$(head -n 1 /tmp/words.dump)" = "$(head -n 1 /data/words.dump)" ]; }

same_entries() {
	entries /data/words.dump >/tmp/before
	entries /tmp/words.dump | sort >/tmp/after
	cmp /tmp/before /tmp/after
}

dataset() {
	words=$(entries /data/words.dump | wc -l)
	check "there are more than 600000 words" [ "$words" -gt 600000 ]
	timed bucketmap load words /data/words.dump
	check "$words words are loaded in $took" is_loaded
	timed bucketmap dump words /tmp/words.dump
	check "the map is dumped in $took" is_dumped
	check "the dump is of a map of the same sizes and formats" same_header
	check "the dump has exactly the words that were loaded" same_entries
	tap_plan
}

insmod /bucketmap.ko || exit 1
export LC_ALL=C
tap_group dataset dataset
bucketmap rm words
rmmod bucketmap

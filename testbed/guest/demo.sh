# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2015
# The part of the demo that runs in the VM; see testbed/demo.sh. /data has the text in four parts, and the expected counts.

figures=/sys/kernel/debug/bucketmap

headline() {
	echo
	echo "== $*"
}

fail() {
	echo "FAILED: $*"
	exit 1
}

entries() { bucketmap info "$1" | awk '$1 == "entries" { print $2 }'; }
buckets() { bucketmap info "$1" | awk '$1 == "buckets" { print $2 }'; }
sum_of_values() { bucketmap scan "$1" | awk '{ sum += $NF } END { print sum + 0 }'; }

start_counting() {
	for part in 1 2 3 4; do
		bucketmap count-words words /data/text.$part >/tmp/counted.$part &
		counters="$counters $!"
	done
}

counting() {
	for counter in $counters; do
		[ ! -e "/proc/$counter/exe" ] || return 0
	done
	return 1
}

show_growth() {
	while counting; do
		echo "   $(entries words) words in $(buckets words) buckets"
		sleep 1
	done
	for counter in $counters; do
		wait "$counter" || fail "a counting process failed"
	done
}

# Kills a process while it counts: after its map has been seen to grow.
kill_while_counting() {
	bucketmap count-words victim /data/text.? >/tmp/counted.victim &
	victim=$!
	first=0
	until [ "$first" -gt 0 ]; do
		first=$(entries victim)
	done
	second=$first
	until [ "$second" -gt "$first" ]; do
		second=$(entries victim)
	done
	kill -KILL $victim || fail "the victim ended before it was killed"
	wait $victim
	[ $? = 137 ] || fail "the victim was not killed by SIGKILL"
	[ ! -s /tmp/counted.victim ] || fail "the victim finished counting"
	echo "   killed while its map grew from $first to $second words"
}

inspect_victim() {
	words=$(entries victim)
	counted=$(sum_of_values victim)
	[ "$words" = "$(bucketmap scan victim | wc -l)" ] || fail "a scan of the victim's map has another number of entries"
	[ "$counted" -gt 0 ] && [ "$counted" -lt "$total" ] || fail "the victim counted $counted of $total words"
	echo "   it has $words words, counted $counted times, of $total; a scan finds each of them"
	bucketmap add victim killedword 41 >/dev/null && bucketmap add victim killedword 1 >/dev/null &&
		[ "$(bucketmap get victim killedword)" = 42 ] || fail "add does not work on the victim's map"
	bucketmap put victim killedword 7 && [ "$(bucketmap get victim killedword)" = 7 ] &&
		bucketmap del victim killedword && ! bucketmap get victim killedword 2>/dev/null ||
		fail "put, get and del do not work on the victim's map"
	[ "$words" = "$(entries victim)" ] || fail "the number of entries of the victim's map is wrong"
	echo "   it is usable: add, put, get and del work"
}

compare() {
	bucketmap scan words | sort >/tmp/counted
	if ! cmp -s /data/expected /tmp/counted; then
		diff /data/expected /tmp/counted | head -n 20
		fail "the counts differ"
	fi
	[ "$(entries words)" = "$(wc -l </data/expected)" ] || fail "the number of entries of the map differs"
	skipped=$(cat /tmp/counted.[1-4] | awk '{ sum += $5 } END { print sum }')
	[ "$skipped" = "$(cat /data/too_long)" ] || fail "$skipped words were too long, not $(cat /data/too_long)"
	echo "   $(wc -l </tmp/counted) words, counted $total times in all: all counts are equal"
	echo "   $skipped words were longer than a key: reported, not stored"
}

insmod /bucketmap.ko || fail "insmod"
total=$(awk '{ sum += $2 } END { print sum }' /data/expected)

headline "Linux $(uname -r), $(nproc) CPUs, bucketmap inserted"
bucketmap create words -k 32 -v 8 -c 26 && bucketmap create victim -k 32 -v 8 -c 26 || fail "create"
bucketmap info words | sed 's/^/   /'

headline "four processes count the words of $(cat /data/text.? | wc -c) bytes of text at once; a fifth is killed"
start_counting
kill_while_counting
show_growth
sed 's/^/   /' /tmp/counted.[1-4]

headline "the map whose writer was killed"
inspect_victim

headline "the same words, counted on the host by tr, sort and uniq"
compare

headline "the ten most frequent"
bucketmap top words -n 10 | sed 's/^/   /'

headline "how the map grew: $figures/words"
for file in stats chains resize; do
	echo "   $file:"
	sed 's/^/      /' $figures/words/$file || fail "no $file"
done

headline "cleaning up"
bucketmap rm words && bucketmap rm victim && rmmod bucketmap || fail "the maps or the module cannot be removed"
echo "   the maps and the module are removed"

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The figures for Prometheus: the file for the textfile collector, then its contents between two marks, for the host to check.

. /guest/tap.sh

directory=/tmp/textfile

collect() { sh /usr/libexec/bucketmap-textfile "$directory"; }

only_file() { [ "$(ls -A "$directory")" = bucketmap.prom ]; }

is_complete() {
	collect && only_file && [ "$(stat -c %a "$directory/bucketmap.prom")" = 644 ] &&
		bucketmap stats --prometheus | grep '^bucketmap_entries' >/tmp/entries &&
		grep '^bucketmap_entries' "$directory/bucketmap.prom" | diff - /tmp/entries && [ "$(wc -l </tmp/entries)" = 4 ]
}

# A reader that has the old file open must keep all of it.
is_replaced_at_once() {
	exec 3<"$directory/bucketmap.prom"
	cp "$directory/bucketmap.prom" /tmp/old
	bucketmap put words "another word" 1 && collect && cmp /tmp/old - <&3 && ! cmp -s /tmp/old "$directory/bucketmap.prom"
	status=$?
	exec 3<&-
	return $status
}

# Without a right the tool has no figures: the old ones must not stay.
failure_removes_it() {
	touch "$directory/bucketmap.prom"
	(PATH=/tmp/failing:$PATH && ! collect) && [ -z "$(ls -A "$directory")" ]
}

absence_of_the_module_removes_it() {
	touch "$directory/bucketmap.prom"
	collect && [ -z "$(ls -A "$directory")" ]
}

make_maps() {
	bucketmap create words -k 32 -v 8 -c 10 && bucketmap create 'we"ird\name' -k 8 -v 8 -n 1 &&
		bucketmap create "$(printf 'not\377utf8')" -k 8 -v 8 && bucketmap create id-5 -k 8 -v 8 || return 1
	seq 1 5000 | tr 0-9 a-j | bucketmap count-words words && bucketmap put 'we"ird\name' a 1 || return 1
	! bucketmap put 'we"ird\name' b 1
}

metrics() {
	mkdir "$directory" /tmp/failing
	printf '#!/bin/sh\nexit 2\n' >/tmp/failing/bucketmap
	chmod +x /tmp/failing/bucketmap
	check "maps are made" make_maps
	check "the file for the textfile collector is complete and can be read by all" is_complete
	check "the file is replaced at once" is_replaced_at_once
	cp "$directory/bucketmap.prom" /tmp/metrics
	check "a failure removes it" failure_removes_it
	rmmod bucketmap
	check "it is removed if the module is not loaded, which is no failure" absence_of_the_module_removes_it
	tap_plan
}

insmod /bucketmap.ko discard_on_unload=1 || exit 1
tap_group metrics metrics
echo "### metrics begin"
cat /tmp/metrics
echo "### metrics end"

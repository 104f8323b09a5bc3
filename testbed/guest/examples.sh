# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The programs of the man pages, in /examples: each prints what its page shows.

. /guest/tap.sh

prints_what_is_shown() {
	"$1" >/tmp/printed 2>&1
	status=$?
	diff "$1.out" /tmp/printed && [ $status = 0 ]
}

# Several programs use the same named map, each as if it was the first.
remove_map() { ! bucketmap info visitors >/dev/null 2>&1 || bucketmap rm visitors; }

examples() {
	for program in /examples/*.out; do
		program=${program%.out}
		check "the example of ${program##*/}(3) prints what the page shows" prints_what_is_shown "$program"
		remove_map
	done
	tap_plan
}

insmod /bucketmap.ko || exit 1
tap_group examples examples
rmmod bucketmap

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The end-to-end tests: every program in /tests, against the inserted module. They take their numbers from the
# environment, which has the boot parameters: kills=, wakeups=, fuzz=.

. /guest/tap.sh
export CMOCKA_MESSAGE_OUTPUT=TAP KILLS="${kills:-}" WAKEUP_ROUNDS="${wakeups:-}" FUZZ_CALLS="${fuzz:-}"

insmod /bucketmap.ko || exit 1
for program in /tests/*; do
	tap_group "${program##*/}" "$program"
done
rmmod bucketmap

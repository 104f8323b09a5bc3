# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The end-to-end tests: runs every program in /tests with the module inserted. The boot parameters kills=, wakeups=, fuzz= and
# operations= set their numbers of rounds. compat64 and compat32 share a map by its name: where only one of them runs, it stays.

. /guest/tap.sh
export CMOCKA_MESSAGE_OUTPUT=TAP KILLS="${kills:-}" WAKEUP_ROUNDS="${wakeups:-}" FUZZ_CALLS="${fuzz:-}" OPERATIONS="${operations:-}"

insmod /bucketmap.ko discard_on_unload=1 || exit 1
for program in /tests/*; do
	tap_group "${program##*/}" "$program"
done
rmmod bucketmap

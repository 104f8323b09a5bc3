# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The end-to-end tests: every program in /tests, against the inserted module.

. /guest/tap.sh
export CMOCKA_MESSAGE_OUTPUT=TAP

insmod /bucketmap.ko || exit 1
for program in /tests/*; do
	tap_group "${program##*/}" "$program"
done
rmmod bucketmap

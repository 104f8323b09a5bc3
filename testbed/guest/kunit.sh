# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# Inserting the module runs its KUnit suites. insmod succeeds even when a suite fails, so the results are read.

. /guest/tap.sh

insmod /kunit/bucketmap.ko || exit 1
for results in /sys/kernel/debug/kunit/*/results; do
	suite=${results%/results}
	# Cases are indented below their suite.
	tap_group "${suite##*/}" sed -n 's/^    //p' "$results"
done
rmmod bucketmap

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# Inserting the module runs its KUnit suites. insmod succeeds even if a suite fails, so the results are read.

. /guest/tap.sh

# Tests may make any allocation fail, those that may sleep included.
for kind in failslab fail_page_alloc; do
	dir=/sys/kernel/debug/$kind
	[ -d "$dir" ] || continue
	echo N >"$dir/ignore-gfp-wait"
	echo 0 >"$dir/verbose"
done
if [ -d /sys/kernel/debug/fail_page_alloc ]; then
	echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem
	echo 0 >/sys/kernel/debug/fail_page_alloc/min-order
fi

insmod /kunit/bucketmap.ko "kunit_seed=${SEED:-0}" || exit 1
for results in /sys/kernel/debug/kunit/*/results; do
	suite=${results%/results}
	# Cases are indented below their suites.
	tap_group "${suite##*/}" sed -n 's/^    //p' "$results"
done
rmmod bucketmap

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# Checks that the boot parameter rcupdate.rcu_expedited=1 has an effect: after a wait for an expedited grace period, a poll may
# still report that it is not over. To be run before the tests that need this.

. /guest/tap.sh

all_are_expedited() { [ "$(cat /sys/kernel/rcu_expedited)" = 1 ] && [ "$(cat /sys/kernel/rcu_normal)" = 0 ]; }

expedited() {
	check "waits for grace periods are expedited" all_are_expedited
	tap_plan
}

tap_group expedited expedited

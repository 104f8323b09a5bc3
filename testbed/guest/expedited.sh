# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# Whether rcupdate.rcu_expedited=1, a boot parameter, does what it says: after a wait for an expedited grace period, a poll may
# still say that it is not over. To be run before what is to be tested so.

. /guest/tap.sh

all_are_expedited() { [ "$(cat /sys/kernel/rcu_expedited)" = 1 ] && [ "$(cat /sys/kernel/rcu_normal)" = 0 ]; }

expedited() {
	check "all grace periods that are waited for are expedited" all_are_expedited
	tap_plan
}

tap_group expedited expedited

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# How guest scripts report cases: groups of TAP between two marks, read by testbed/tap.awk. To be sourced.

# tap_group NAME COMMAND...: the command prints TAP.
tap_group() {
	group=$1
	shift
	echo "### begin $group"
	"$@"
	echo "### end $group $?"
}

# check NAME COMMAND...: one case, passed when the command succeeds. What it prints is shown when it fails.
cases=0
check() {
	cases=$((cases + 1))
	name=$1
	shift
	if "$@" >/tmp/check.out 2>&1; then
		echo "ok $cases - $name"
	else
		sed 's/^/# /' /tmp/check.out
		echo "not ok $cases - $name"
	fi
}

# After the last check.
tap_plan() { echo "1..$cases"; }

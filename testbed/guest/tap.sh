# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Guest scripts report cases as groups of TAP between two marks, which testbed/lib/tap.awk reads. To be sourced.

# tap_group NAME COMMAND...: the command prints TAP.
tap_group() {
	group=$1
	shift
	echo "### begin $group"
	"$@"
	echo "### end $group $?"
}

# check NAME COMMAND...: one case, which passes if the command succeeds. If it fails, its output is shown.
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

# To be called after the last check.
tap_plan() { echo "1..$cases"; }

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The cases of a test script, in TAP. To be sourced; conclude must come last.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=0
failed=0

# check NAME COMMAND...: one case, which passes if the command succeeds. The output is shown if it fails.
check() {
	local name=$1
	shift
	cases=$((cases + 1))
	if "$@" >"$work/output" 2>&1; then
		echo "ok $cases - $name"
	else
		sed 's/^/# /' "$work/output"
		echo "not ok $cases - $name"
		failed=1
	fi
}

skip() {
	cases=$((cases + 1))
	echo "ok $cases - $1 # SKIP $2"
}

conclude() {
	echo "1..$cases"
	exit "$failed"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make bench: measure, and write tables, JSON and pictures to bench-results/. All parts run, even if one fails.
#
#	bench.sh [short|long] [PART...]		native, scaling, kernel, abi, mapped
#
# The short form takes half an hour, the long form hours. Other load on the machine changes the figures.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"

results=$ROOT/bench-results

run_part() {
	case $2 in
	native) "$ROOT/userspace/bench/run.sh" "$1" "$results" ;;
	scaling) "$ROOT/userspace/bench/run.sh" scaling "$results" ;;
	kernel) "$TESTBED/bench-kernel.sh" "$1" "$results" ;;
	abi) "$TESTBED/bench-abi.sh" "$1" "$results" ;;
	mapped) "$TESTBED/bench-mapped.sh" "$1" "$results" ;;
	*) die "no part '$2'" ;;
	esac
}

form=short
case ${1:-} in
short | long) form=$1; shift ;;
esac
(($#)) || set -- native scaling kernel abi mapped
mkdir -p "$results"
status=0
for part in "$@"; do
	say "== bench: $part, $form form"
	(run_part "$form" "$part") || status=1
done
say "== results: $results"
exit $status

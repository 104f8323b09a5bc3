#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make bench: measures, and leaves tables, JSON and pictures in bench-results/. All parts run, even after one has failed.
#
#	bench.sh [short|long] [PART...]		native, kernel, abi
#
# The short form takes some minutes, the long one hours. A machine that does something else meanwhile gives other figures.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"

results=$ROOT/bench-results

run_part() {
	case $2 in
	native) "$ROOT/userspace/bench/run.sh" "$1" "$results" ;;
	kernel) "$TESTBED/bench-kernel.sh" "$1" "$results" ;;
	abi) "$TESTBED/bench-abi.sh" "$1" "$results" ;;
	*) die "no part '$2'" ;;
	esac
}

form=short
case ${1:-} in
short | long) form=$1; shift ;;
esac
(($#)) || set -- native kernel abi
mkdir -p "$results"
status=0
for part in "$@"; do
	say "== bench: $part, $form form"
	(run_part "$form" "$part") || status=1
done
say "== results: $results"
exit $status

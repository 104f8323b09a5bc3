#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Counts the instructions of the hot paths, per operation, and compares them with those in instructions.txt: an increase of
# more than 5 % is a failure. The count is reproducible for one compiler; with another, nothing is compared.
#
#	count.sh		compare
#	count.sh accept		write instructions.txt anew, to be committed with the reason

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../../testbed
. "${0%/*}/../../../testbed/lib/common.sh"
. "$TESTBED/lib/tally.sh"

guard=$ROOT/userspace/native/guard
accepted=$guard/instructions.txt
paths=$BUILD/native/guard/paths
operations=10000
percent=5

count() {
	local log=$BUILD/native/guard/log
	valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='measure_*' "$paths" "$1" >"$log" 2>&1 ||
		{ cat "$log" >&2; die "valgrind failed"; }
	awk -v operations="$operations" '/Collected/ { printf "%.0f\n", $NF / operations }' "$log"
}

compiler() { echo "gcc $(gcc -dumpfullversion) $(gcc -dumpmachine)"; }

count_all() {
	local path number
	echo "# Instructions per operation of the native build; see count.sh. Counted with:"
	echo "# $(compiler)"
	"$paths" | while read -r path; do
		number=$(count "$path")
		echo "$path $number"
	done
}

# compare PATH BEFORE NOW
compare() {
	local result="hot path $1: $3 instructions per operation, accepted are $2"
	if [[ ! $3 =~ ^[1-9][0-9]*$ ]]; then
		missing "hot path $1: not counted"
	elif (($3 * 100 > $2 * (100 + percent))); then
		missing "$result"
	else
		echo "ok $result" | record
	fi
}

"$TESTBED/deps.sh" native guard
make -s -C "$ROOT/userspace/native" BUILD="$BUILD" guard >&2
if [[ ${1:-} == accept ]]; then
	count_all >"$accepted"
	cat "$accepted"
	exit
fi
if ! grep -qxF "# $(compiler)" "$accepted"; then
	say "no instruction counts for $(compiler): run count.sh accept to make some"
	echo "skip hot paths # SKIP counted with another compiler" | record
	exit
fi
count_all >"$BUILD/native/guard/now"
while read -r path before; do
	now=$(sed -n "s/^$path //p" "$BUILD/native/guard/now")
	[[ $path == "#" ]] || compare "$path" "$before" "${now:-nothing}"
done <"$accepted"
conclude

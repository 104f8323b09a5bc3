#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks the models of the protocol with SPIN, each exhaustively: those of the protocol as it is must hold, those that are
# broken on purpose must each give a counterexample. A search that was cut short has failed, whatever it found.
#
#	check.sh [MODEL...]

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"
. "$TESTBED/lib/tally.sh"

models=$ROOT/docs/model
work=$(mktemp -d)
trap 'rm -rf "$work" "$results"' EXIT

# What is expected, the model, and its macros. The longest come first.
runs='
holds    protocol
holds    protocol SHRINK
holds    protocol SHRINK MIGRATIONS=1 WRITES=2
holds    protocol SHRINK MIGRATIONS=1 CROWDED
holds    protocol MIGRATIONS=1 WRITES=2 CROWDED
asserts  protocol FLAG_OUTSIDE_LOCK
asserts  protocol FLAG_UNCHECKED
asserts  protocol MOVE_UNCHECKED
asserts  protocol FLAG_FIRST
asserts  protocol NEWEST
asserts  protocol MISS_UNVALIDATED
asserts  protocol HIT_UNVALIDATED
asserts  protocol BARE_COMPACTION
asserts  protocol WRITER_OUTSIDE_RCU
asserts  protocol NO_GRACE_PERIOD
asserts  protocol UNDO SHRINK MIGRATIONS=1 CROWDED
deadlock protocol HELP_UNDER_LOCK

holds    section
asserts  section NO_WRITE_BARRIER
asserts  section SECTION_END_RELAXED
asserts  section NO_READ_BARRIER
asserts  section HEAD_LOAD_RELAXED
asserts  section BARE_WINDOWS

holds    insert
asserts  insert TAG_RELAXED
asserts  insert TAG_LOAD_RELAXED
asserts  insert LINK_RELAXED
asserts  insert LINK_LOAD_RELAXED

holds    publish
asserts  publish FLAG_RELAXED
asserts  publish FLAG_LOAD_RELAXED
asserts  publish CHECK_RELAXED
asserts  publish NEXT_RELAXED
asserts  publish MAP_RELAXED
asserts  publish NO_DEREFERENCE

holds    recycle
holds    recycle PUT_INSIDE_SECTION
asserts  recycle HOP_UNCHECKED
asserts  recycle END_UNCHECKED
asserts  recycle PUT_BEFORE_SECTION

holds    retire
asserts  retire UNBOUNDED
asserts  retire POLLED_AGAIN
asserts  retire STATE_TOO_EARLY
asserts  retire NO_GRACE_PERIOD

holds    shrink
asserts  shrink NO_GATE
asserts  shrink NO_GRACE_PERIOD
asserts  shrink COMMIT_UNCHECKED
asserts  shrink MERGED_UNLIMITED

holds    kick
asserts  kick KICK_UNORDERED
asserts  kick CLEAR_UNORDERED
asserts  kick CLEAR_AFTER_PASS
asserts  kick PREEMPTIBLE

holds    answer
asserts  answer BEGUN_EARLY
asserts  answer BEGUN_LOAD_RELAXED
asserts  answer WAITED_UNORDERED
asserts  answer BEGIN_RELAXED
asserts  answer PASS_UNORDERED
asserts  answer PUT_OFF_UNORDERED
asserts  answer END_RELAXED
asserts  answer END_LOAD_RELAXED
asserts  answer NO_WAITED
asserts  answer KICKED_TRUSTED
asserts  answer ENDED_COUNTED
asserts  answer FIT_TAKEN_LATE

holds    join
holds    join GROWS
asserts  join JOIN_UNORDERED
asserts  join TAKE_UNORDERED
asserts  join PROGRESS_UNORDERED
asserts  join GROWS TAKE_UNORDERED
asserts  join GROWS PROGRESS_UNORDERED
asserts  join GROWS LOCK_UNCHECKED

holds    watch
holds    watch INTEREST_AFTER_UNLOCK
asserts  watch CHECK_OUTSIDE_LOCK
asserts  watch INTEREST_AFTER_CHECK
asserts  watch ENTER_AFTER_CHECK
asserts  watch INTEREST_BEFORE_LOCK
asserts  watch FLAG_LOAD_RELAXED
asserts  watch WAIT_ON_TABLE

holds    changes
asserts  changes NOTE_UNORDERED
asserts  changes ARM_UNORDERED
asserts  changes NO_GRACE_PERIOD
asserts  changes ARMED_EARLY
asserts  changes WANTED_EARLY

holds    mapped
holds    mapped TABLES=2 WRITES=2
holds    mapped TABLES=2 WRITES=0 THREADS
asserts  mapped UNVALIDATED
asserts  mapped TRUST_RETIRED
asserts  mapped TAGS_FIRST
asserts  mapped NEWEST
asserts  mapped NEXT_LATE
asserts  mapped NAMED_LATE
asserts  mapped FAULT_UNLOCKED
asserts  mapped FREED_FIRST

holds    mapped_order
asserts  mapped_order NAME_RELAXED
asserts  mapped_order NAME_LOAD_RELAXED
asserts  mapped_order NEXT_RELAXED
asserts  mapped_order FLAG_RELAXED
asserts  mapped_order FLAG_LOAD_RELAXED
asserts  mapped_order NO_FENCE

holds    scan FIRST=1 SECOND=0 THIRD=1
holds    scan FIRST=0 SECOND=1 THIRD=0
holds    scan FIRST=2 SECOND=0 THIRD=2
holds    scan FIRST=1 SECOND=2 THIRD=1
asserts  scan FIRST=1 SECOND=0 THIRD=1 UNFILTERED
'

DEPTH=100000 # steps of one path
MEMORY=2000  # MiB for one search

# search DIR MODEL MACRO...: what SPIN's verifier says goes to DIR/output.
search() {
	local dir=$1 model=$2 macros=("${@:3}")
	cd "$dir"
	spin -a "${macros[@]/#/-D}" "$models/$model.pml" >output 2>&1 &&
		gcc -O2 -w -DSAFETY -DCOLLAPSE -DMEMLIM="$MEMORY" -o pan pan.c >>output 2>&1 &&
		./pan -b -c1 -m"$DEPTH" >>output 2>&1
}

# A full search with nothing left out, which looked for failed assertions and for deadlocks.
complete() {
	grep -q '^Full statespace search for:' output &&
		grep -q 'assertion violations.*+$' output &&
		grep -q 'invalid end states.*+$' output &&
		! grep -qE 'not completed|too small|truncated|out of memory|MEMLIM|hint:|aborting' output
}

judge() {
	case $1 in
	holds) complete && grep -q 'errors: 0$' output ;;
	asserts) grep -q 'errors: 1$' output && grep -q '^pan:1: assertion violated' output ;;
	deadlock) grep -q 'errors: 1$' output && grep -q '^pan:1: invalid end state' output ;;
	esac
}

# run EXPECTED MODEL MACRO...: prints one result.
run() {
	local expected=$1 name="${*:2}: $1" dir figures
	dir=$(mktemp -d "$work/XXXXXX")
	search "$dir" "${@:2}" || true
	cd "$dir"
	figures=$(awk '/states, stored/ { states = $1 } /elapsed time/ { seconds = $4 }
		END { printf "%d states, %.1f s", states, seconds }' output)
	if judge "$expected"; then
		echo "ok - $name ($figures)"
	else
		echo "not ok - $name ($figures)"
		grep -vE '^Depth=|^$' output | tail -n 20 | sed 's/^/    | /'
	fi
	rm -r "$dir"
}

selected() {
	local expected model macros
	while read -r expected model macros; do
		if [[ -n $model && ($# == 0 || " $* " == *" $model "*) ]]; then
			echo "$expected $model $macros"
		fi
	done <<<"$runs"
}

"$TESTBED/deps.sh" model
export -f run search complete judge
export models work DEPTH MEMORY
# shellcheck disable=SC2016 # each line is split into words, by the shell that runs it
selected "$@" | xargs -P "$JOBS" -I{} bash -c 'run $1' _ {} | record
conclude

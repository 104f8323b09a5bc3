#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test-deep: the random tests, for an hour or more. The last line counts the tests that ran.
#
# SEED=N repeats a run. Without it, a seed is chosen and printed.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/kernels.sh"

export SEED=${SEED:-$((RANDOM << 15 | RANDOM | 1))}
rounds=5
mapfile -t kernels < <(kernels_for deep)

say "SEED=$SEED"
# OPERATIONS: for each of five runs of linearizability_test.
OPERATIONS=10000000 STEPS=200000 ROUNDS=5000 "$ROOT/userspace/native/run.sh" plain | record || missing "native, long"
FUZZ_SECONDS=600 "$ROOT/userspace/native/run.sh" address thread fuzz | record || missing "native, with sanitizers"
# For each of two cases, of processes and a reader of a mapping. It takes so many to meet a race of a few instructions.
OPERATIONS=3000000 BOOT_TIMEOUT=7200 "$TESTBED/test.sh" "$(kernels_for stock)" mapped_history_test | record ||
	missing "histories of processes, SEED=$SEED"
for ((round = 0; round < rounds; round++, SEED++)); do
	say "== round $round on the debug kernels, SEED=$SEED"
	BOOT_TIMEOUT=7200 FUZZ_CALLS=2000000 "$TESTBED/test.sh" "${kernels[@]}" | record || missing "debug kernels, SEED=$SEED"
done
"$TESTBED/seeded.sh" | record || missing "seeded bugs on the debug kernels"
conclude

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Proves that the tests can fail: each patch in seeded/ applies exactly and puts a bug into a copy of the core, or of the tests'
# own reader of mapped maps. That builds, and the test that the patch names must then fail, with one of the first seeds.
# "Caught by: resize_test" names tests/resize_test.c, "Caught by: kunit/resize_test" the KUnit suite kunit/resize_test.c.
#
#	seeded.sh [PATCH...]

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"
. "$TESTBED/lib/tally.sh"

native=$ROOT/userspace/native
work=$BUILD/native/seeded
tree=$work/tree
seeds=10
export CORPUS=$native/corpus

# build TEST: only the test that must fail.
build() { make -s -C "$tree/userspace/native" OUT="$work" -j "$JOBS" "$work/tests/$1" >"$work/log" 2>&1; }

# The seed with which the test fails; nothing if it passes with all of them.
failing_seed() {
	local seed
	for ((seed = 1; seed <= seeds; seed++)); do
		SEED=$seed timeout 60 "$work/tests/$1" >"$work/log" 2>&1 || { echo "$seed"; return; }
	done
}

try_patch() {
	local patch=$1 name test seed
	name=$(basename "$patch" .patch)
	test=$(sed -n 's/^Caught by: //p' "$patch")
	if ! patch -s -F0 -p1 -d "$tree" <"$patch" >"$work/log" || ! build "$test"; then
		sed 's/^/    | /' "$work/log"
		missing "$name: the patch does not apply, or what it makes does not build"
		return
	fi
	seed=$(failing_seed "$test")
	if [[ -n $seed ]]; then
		echo "ok $name: $test fails with SEED=$seed" | record
	else
		missing "$name: $test passes with $seeds seeds"
	fi
}

restore() {
	rsync -rc --delete "$ROOT/module" "$ROOT/kunit" "$tree/"
	rsync -rc --delete "$ROOT/userspace/lib" "$tree/userspace/"
	rsync -rc --delete --exclude=/native/corpus --exclude=/native/seeded "$native" "$tree/userspace/"
}

"$TESTBED/deps.sh" native
mkdir -p "$tree/userspace"
(($#)) || set -- "$native"/seeded/*.patch
for patch in "$@"; do
	restore
	try_patch "$patch"
done
conclude

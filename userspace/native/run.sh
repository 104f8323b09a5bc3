#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the core as a native library in several ways, and runs its tests with each. All run, even after one has failed; what
# is counted is what really ran.
#
#	run.sh [WAY...]		plain address thread clang fuzz s390x aarch64; all of these if none is named
#
# SEED, STEPS, ROUNDS, OPERATIONS, CHURN (see tests/) and FUZZ_SECONDS say what is tested, and for how long.

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/foreign.sh"

native=$ROOT/userspace/native
export CORPUS=$native/corpus CMOCKA_MESSAGE_OUTPUT=TAP

build() { make -s -C "$native" BUILD="$BUILD" -j "$JOBS" "$@" >&2; }

# results_of NAME COMMAND...: runs a test program and prefixes its results with a name. One that dies before its last
# result, or fails without one, is a failed result too.
results_of() {
	local name=$1 log=$BUILD/native/log status=0 planned shown
	shift
	timeout 900 "$@" >"$log" 2>&1 || status=$?
	sed -nE "s/^not ok [0-9]+ # SKIP (.*)/skip $name: \1/p; s/^((not )?ok) [0-9]+ - (.*)/\1 $name: \3/p" "$log" | record
	planned=$(sed -n 's/^1\.\.//p' "$log")
	shown=$(grep -cE '^(not )?ok ' "$log" || true)
	[[ $status != 0 || ${planned:-0} != "$shown" ]] || return 0
	sed 's/^/    | /' "$log"
	grep -q '^not ok ' "$log" || missing "$name: ends with status $status after $shown of ${planned:-?} results"
}

# run_tests NAME DIRECTORY [COMMAND...]: runs the test programs below a directory, and the KUnit suites, by a command.
run_tests() {
	local name=$1 dir=$2 test
	shift 2
	for test in "$dir"/tests/*_test; do
		results_of "$name $(basename "$test" _test)" "$@" "$test"
	done
	for test in "$dir"/tests/kunit/*_test; do
		results_of "$name KUnit $(basename "$test" _test)" "$@" "$test"
	done
}

run_plain() {
	"$TESTBED/deps.sh" native
	build && CHURN=${CHURN:-10000000} run_tests native "$BUILD/native"
}

run_address() {
	"$TESTBED/deps.sh" native
	build SANITIZE=address,undefined &&
		run_tests "native with ASan and UBSan" "$BUILD/native/address-undefined"
}

run_thread() {
	"$TESTBED/deps.sh" native
	build SANITIZE=thread && TSAN_OPTIONS=halt_on_error=1 run_tests "native with TSan" "$BUILD/native/thread"
}

run_clang() {
	"$TESTBED/deps.sh" native fuzz
	build CC=clang-14 OUT="$BUILD/native/clang" && run_tests "native by clang" "$BUILD/native/clang"
}

# Finds something new for a while, beginning with the corpus, in a directory of its own.
run_fuzz() {
	local sanitize=fuzzer-no-link,address,undefined name="native fuzzing"
	local dir=$BUILD/native/${sanitize//,/-}
	"$TESTBED/deps.sh" fuzz
	build CC=clang-14 SANITIZE=$sanitize fuzzer || return
	mkdir -p "$dir/found"
	if timeout 900 "$dir/fuzz" -seed="${SEED:-1}" -max_total_time="${FUZZ_SECONDS:-10}" -max_len=2000 -len_control=0 \
		-artifact_prefix="$dir/" "$dir/found" "$CORPUS" 2>"$dir/log"; then
		echo "ok $name: $(sed -n 's/^Done \([0-9]* runs\).*/\1/p' "$dir/log")" | record
	else
		tail -n 40 "$dir/log" | sed 's/^/    | /'
		missing "$name"
	fi
}

# Other machines are emulated, slowly.
run_foreign() {
	local machine=$1 architecture=$2 out=$BUILD/native/$1
	local STEPS=${STEPS:-1000} ROUNDS=${ROUNDS:-30} OPERATIONS=${OPERATIONS:-20000}
	export STEPS ROUNDS OPERATIONS
	"$TESTBED/deps.sh" native foreign
	foreign_make "$architecture" "$native" BUILD="$BUILD" -j "$JOBS" OUT="$out" tests &&
		run_tests "native on $machine" "$out" "qemu-$machine-static" -L "/usr/$machine-linux-gnu"
}

run_s390x() { run_foreign s390x s390x; }
run_aarch64() { run_foreign aarch64 arm64; }

(($#)) || set -- plain address thread clang fuzz s390x aarch64
for way in "$@"; do
	[[ $(type -t "run_$way") == function ]] || die "no way '$way'"
	say "== native tests: $way"
	"run_$way" || missing "native: $way does not build"
done
conclude

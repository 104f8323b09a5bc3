#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tables of the bench of tables that processes share, those that need no module: they do what the bench takes for granted,
# single operations and batches, and are measured.
#
#	bench_abi_test.sh BUILD		BUILD is unused; all tests of this kind get it

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed disable=SC2317 # functions are called by check
. "${0%/*}/../../testbed/lib/common.sh"
. "$ROOT/userspace/tests/tap.sh"

"$TESTBED/deps.sh" abi
bench=$ROOT/userspace/bench/abi
servers=$("$bench/servers.sh")
make -s -C "$bench" BUILD="$BUILD"

# run COMMAND...: the commands of the program, one per argument. A server may say something on standard error.
run() { (cd "$work" && printf '%s\n' "$@" | PATH=$servers:$PATH "$BUILD/bench-abi/abi"); }

obeys() { run "fill $1 5000" "check $1 1" "check $1 2"; }

# A missed operation makes the program fail.
measures() {
	local commands=("fill $1 5000" "run "{hit,miss,overwrite,churn}" $1 2" "run "{hit,overwrite}" $1 2 64")
	run "${commands[@]}" | awk '/^figure / && $6 > 0 { figures++ } END { exit figures != 6 }'
}

a_missing_server_is_an_error() { ! (cd "$work" && echo "fill redis 5000" | PATH='' "$BUILD/bench-abi/abi"); }

for table in lmdb mutex redis memcached; do
	check "$table does what the bench measures" obeys "$table"
	check "$table is measured" measures "$table"
done
check "a server that is not there is an error" a_missing_server_is_an_error
conclude

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs the tests of the library and the tool that need no module, on the machine that builds them.

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"
. "$TESTBED/lib/tally.sh"

"$TESTBED/deps.sh" user host module
make -s -C "$ROOT/userspace" BUILD="$BUILD/user" all examples >&2
for test in "$ROOT"/userspace/tests/*_test.sh; do
	name=$(basename "$test" _test.sh)
	log=$BUILD/user/$name.log
	status=0
	"$test" "$BUILD/user" >"$log" 2>&1 || status=$?
	sed -nE "s/^((not )?ok) [0-9]+ - (.*)/\1 host $name: \3/p" "$log" | sed -E 's/^ok (.*# SKIP)/skip \1/' | record
	[[ $status == 0 ]] || sed 's/^/    | /' "$log"
	((status == 0)) || grep -q '^not ok ' "$log" || missing "host $name: ends with status $status"
	grep -q '^1\.\.' "$log" || missing "host $name: is cut short"
done
conclude

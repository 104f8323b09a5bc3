#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Shows that the kernels of the tests bite: puts a bug into a copy of the tree, and expects a test to fail, or a complaint, on
# the kernel that the patch names.
#
#	seeded.sh [PATCH...]	of kunit/seeded/; all of them if none is named

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"

"$TESTBED/deps.sh" module kernel vm native
(($#)) || set -- "$ROOT"/kunit/seeded/*.patch
copy=$BUILD/seeded
mkdir -p "$copy"
for bug in "$@"; do
	name=$(basename "$bug" .patch)
	kernel=$(sed -n 's/^Caught by: //p' "$bug")
	rsync -rc --delete --exclude=/build --exclude=/.git --perms "$ROOT/" "$copy/"
	patch -d "$copy" -p1 --quiet <"$bug" || { missing "$name does not apply"; continue; }
	"$copy/testbed/test-kernel.sh" "$kernel" >"$BUILD/seeded.log" 2>&1 || true
	if grep -q "^not ok $kernel" "$BUILD/seeded.log"; then
		echo "ok $name: $kernel complains" | record
	else
		missing "$name: $kernel does not notice, see $BUILD/seeded.log"
	fi
done
conclude

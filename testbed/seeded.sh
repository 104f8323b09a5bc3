#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks that the test kernels find bugs: applies a patch with a bug to a copy of the tree, and expects a failed test or a
# kernel warning on the kernel that the patch names.
#
#	seeded.sh [PATCH...]	of kunit/seeded/; all of them by default

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
		echo "ok $name: found by $kernel" | record
	else
		missing "$name: not found by $kernel, see $BUILD/seeded.log"
	fi
done
conclude

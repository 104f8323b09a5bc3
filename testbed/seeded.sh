#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Checks that the test kernels find bugs: applies a patch with a bug to a copy of the tree, and expects a failed test or a
# kernel warning on the kernel that the patch names.
#
#	seeded.sh [PATCH...]	of kunit/seeded/; all of them by default

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"

copy=$BUILD/seeded
log=$BUILD/seeded.log

# try_bug PATCH: the patch applies exactly, what it makes builds and is tested to the end, and a test fails.
try_bug() {
	local name kernel
	name=$(basename "$1" .patch)
	kernel=$(sed -n 's/^Caught by: //p' "$1")
	rsync -rc --delete --exclude=/build --exclude=/.git --perms "$ROOT/" "$copy/"
	if ! patch -d "$copy" -F0 -p1 --quiet <"$1"; then
		missing "$name: the patch does not apply"
		return
	fi
	"$copy/testbed/test-kernel.sh" "$kernel" >"$log" 2>&1 || true
	if ! grep -q "ok $kernel: the kernel stayed healthy" "$log"; then
		missing "$name: it does not build, or its tests did not run, see $log"
	elif grep -q "^not ok $kernel" "$log"; then
		echo "ok $name: found by $kernel" | record
	else
		missing "$name: not found by $kernel, see $log"
	fi
}

"$TESTBED/deps.sh" module kernel vm native
(($#)) || set -- "$ROOT"/kunit/seeded/*.patch
mkdir -p "$copy"
for bug in "$@"; do
	try_bug "$bug"
done
conclude

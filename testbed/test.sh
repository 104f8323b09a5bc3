#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test: the KUnit suites on User-mode Linux and on a kernel with two CPUs, the end-to-end tests on Debian's
# kernels. All parts run, even after one has failed; what is counted is what really ran.
#
#	test.sh [KERNEL...]

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"

"$TESTBED/deps.sh" module user kernel vm
kernels=("$@")
[[ $# -gt 0 ]] || kernels=(uml kasan kcsan 6.12 6.1)
for kernel in "${kernels[@]}"; do
	say "== tests on $kernel"
	"$TESTBED/test-kernel.sh" "$kernel" | record || missing "$kernel: its tests did not run"
done
conclude

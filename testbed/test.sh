#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test: the core as a native library, the instruction counts of its hot paths, the seeded bugs that its tests must find,
# the models of the protocol; the parts of library and tool that need no module; the pages' sessions in the VM of "make vm";
# the Python package; the figures for Prometheus;
# KUnit suites on User-mode Linux and on debug kernels with two CPUs, end-to-end tests on these and on Debian's kernels. All
# parts run, even if one fails. The last line counts the tests that ran.
#
#	test.sh [PART...]	native, guard, seeded, model, host, pages, python, monitoring, clang, or a kernel in lib/kernels.sh. After a kernel, names
#				of end-to-end tests: only these run ("test.sh 6.12 wait_test")
#
# SEED=N repeats the random tests of the run that printed N.

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/kernels.sh"

is_part() { [[ $1 =~ ^(native|guard|host|pages|python|monitoring|seeded|model|clang)$ ]] || is_kernel "$1"; }

# run_part PART [TEST...]
run_part() {
	(($# == 1)) || is_kernel "$1" || die "$2 is neither a part nor an end-to-end test of $1"
	case $1 in
	native) "$ROOT/userspace/native/run.sh" ;;
	guard) "$ROOT/userspace/native/guard/count.sh" ;;
	host) "$ROOT/userspace/tests/host.sh" ;;
	seeded) "$ROOT/userspace/native/seeded.sh" ;;
	model) "$ROOT/docs/model/check.sh" ;;
	pages) "$TESTBED/deps.sh" pages && "$TESTBED/test-pages.py" ;;
	python) "$TESTBED/test-python.sh" ;;
	monitoring) "$TESTBED/test-monitoring.sh" ;;
	clang) "$TESTBED/clang.sh" ;;
	*) "$TESTBED/deps.sh" module user tests kernel vm && "$TESTBED/test-kernel.sh" "$@" ;;
	esac
}

mapfile -t kernels < <(kernels_for test)
(($#)) || set -- native guard seeded model host pages python monitoring "${kernels[@]}"
while (($#)); do
	part=("$1")
	shift
	while (($#)) && ! is_part "$1"; do
		part+=("$1")
		shift
	done
	say "== tests: ${part[*]}"
	run_part "${part[@]}" | record || missing "${part[*]}: see above"
done
conclude

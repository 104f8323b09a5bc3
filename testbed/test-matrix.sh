#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test-matrix: the end-to-end tests on every line of kernels, and the module built by clang. About an hour. The last line
# counts the tests that ran.
#
#	test-matrix.sh [KERNEL...]	of lib/kernels.sh, or "clang"; all that have the purpose "matrix", and clang, by default

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"

mapfile -t kernels < <(kernels_for matrix)
(($#)) || set -- clang "${kernels[@]}"
exec "$TESTBED/test.sh" "$@"

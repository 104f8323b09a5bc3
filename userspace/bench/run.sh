#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The native bench: builds the core and the tables that it is compared with, measures, and prints tables.
#
#	run.sh short|long OUT	writes native.txt, native.json and pictures to the directory OUT
#	run.sh scaling OUT	by numbers of threads: scaling.txt and scaling.json

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"

form=$1 out=$2
bench=$ROOT/userspace/bench
export PYTHONDONTWRITEBYTECODE=1

"$TESTBED/deps.sh" native bench
hdr=$("$bench/hdr.sh")
boost=$("$bench/boost.sh")
HDR_VERSION=$(basename "${hdr%/src}")
export HDR_VERSION
make -s -C "$ROOT/userspace/native" BUILD="$BUILD" -j "$JOBS" library >&2
make -s -C "$bench" BUILD="$BUILD" HDR="$hdr" BOOST="$boost" -j "$JOBS" >&2
if [[ $form == scaling ]]; then
	python3 "$bench/scaling.py" "$BUILD/bench" "$out" "$ROOT" | tee "$out/scaling.txt"
else
	python3 "$bench/run.py" "$form" "$BUILD/bench" "$out" "$ROOT" | tee "$out/native.txt"
fi

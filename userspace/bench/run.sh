#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The native benchmark: builds the core and what it is compared with, measures, prints tables.
#
#	run.sh short|long OUT	leaves native.txt, native.json and pictures in the directory OUT

# shellcheck source-path=SCRIPTDIR source-path=SCRIPTDIR/../../testbed
. "${0%/*}/../../testbed/lib/common.sh"

form=$1 out=$2
bench=$ROOT/userspace/bench
export PYTHONDONTWRITEBYTECODE=1

"$TESTBED/deps.sh" native bench
hdr=$("$bench/hdr.sh")
HDR_VERSION=$(basename "${hdr%/src}")
export HDR_VERSION
make -s -C "$ROOT/userspace/native" BUILD="$BUILD" -j "$JOBS" library >&2
make -s -C "$bench" BUILD="$BUILD" HDR="$hdr" -j "$JOBS" >&2
python3 "$bench/run.py" "$form" "$BUILD/bench" "$out" "$ROOT" | tee "$out/native.txt"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The bench of system calls: bucketmap's ioctls, bpf(2) on a hash map, and LMDB, in a VM with Debian's kernel.
#
#	bench-abi.sh short|long OUT	writes abi.txt, abi.json and pictures to the directory OUT

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/bench.sh"
. "$TESTBED/lib/accel.sh"

form=$1 out=$2
rounds=$(bench_rounds "$form")
kernel=$(kernels_for stock)
dir=$BUILD/bench-abi

"$TESTBED/deps.sh" module user vm abi report
mkdir -p "$out"
make -s -C "$bench/abi" BUILD="$BUILD" >&2
"$bench/abi/plan.sh" "$rounds" >"$dir/plan"
bench_in_vm abi "$kernel" "$dir/plan"
python3 "$bench/abi.py" "$form" "$out" "$ROOT" "$dir/$kernel/report" "$(accelerator)" | tee "$out/abi.txt"

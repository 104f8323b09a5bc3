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
bench=$ROOT/userspace/bench
dir=$BUILD/bench-abi

"$TESTBED/deps.sh" module user vm abi report
mkdir -p "$out"
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module"
make -s -C "$bench/abi" BUILD="$BUILD" >&2
new_root "$dir/root"
cp "$BUILD/$kernel/module/bucketmap.ko" "$dir/root/"
cp "$dir/abi" "$dir/root/bin/"
pack_root "$dir/root" "$dir/initramfs"
say "== system calls of bucketmap and BPF in a VM"
"$TESTBED/boot.sh" "$kernel" "$dir/initramfs" bench_abi "$dir" "rounds=$rounds"
python3 "$bench/abi.py" "$form" "$out" "$ROOT" "$dir/report" "$(accelerator)" | tee "$out/abi.txt"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The bench of what mapped readers cost others: resizes and writers, in a VM with Debian's kernel.
#
#	bench-mapped.sh short|long OUT	writes mapped.txt and mapped.json to the directory OUT

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
dir=$BUILD/bench-mapped

"$TESTBED/deps.sh" module user vm report
mkdir -p "$out"
"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module"
make -s -C "$bench/mapped" BUILD="$BUILD" >&2
new_root "$dir/root"
cp "$BUILD/$kernel/module/bucketmap.ko" "$dir/root/"
cp "$dir/mapped" "$dir/root/bin/"
pack_root "$dir/root" "$dir/initramfs"
say "== what mapped readers cost others, in a VM"
"$TESTBED/boot.sh" "$kernel" "$dir/initramfs" bench_mapped "$dir" "rounds=$rounds"
python3 "$bench/mapped.py" "$form" "$out" "$ROOT" "$dir/report" "$(accelerator)" | tee "$out/mapped.txt"

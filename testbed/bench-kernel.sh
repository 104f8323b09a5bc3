#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel bench: a module calls bucketmap and rhashtable, in User-mode Linux and in a VM.
#
#	bench-kernel.sh short|long OUT	writes kernel.txt, kernel.json and pictures to the directory OUT

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/foreign.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/kbuild.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/bench.sh"
. "$TESTBED/lib/accel.sh"

form=$1 out=$2
rounds=$(bench_rounds "$form")

build_modules() {
	local kernel=$1 dir=$2
	"$TESTBED/module.sh" "$kernel" "$dir"
	kernel_make "$kernel" "$dir" M="$dir/module/bench" KBUILD_EXTRA_SYMBOLS="$dir/Module.symvers" W=1
}

# measure KERNEL ROUNDS: the output of the guest goes to build/bench-kernel/KERNEL/report.
measure() {
	local kernel=$1 rounds=$2 dir=$BUILD/bench-kernel/$1
	say "== bucketmap and rhashtable on $kernel"
	build_modules "$kernel" "$dir/module"
	new_root "$dir/root"
	cp "$dir/module/bucketmap.ko" "$dir/module/module/bench/bucketmap_bench.ko" "$dir/root/"
	pack_root "$dir/root" "$dir/initramfs"
	"$TESTBED/boot.sh" "$kernel" "$dir/initramfs" bench_kernel "$dir" "rounds=$rounds"
}

"$TESTBED/deps.sh" module kernel vm report
mkdir -p "$out"
uml=$(kernels_for bench)
vm=$(kernels_for stock)
measure "$uml" "$rounds"
measure "$vm" "$rounds"
python3 "$bench/kernel.py" "$form" "$out" "$ROOT" "$(accelerator)" "$BUILD/bench-kernel/$uml/report" \
	"$BUILD/bench-kernel/$vm/report" | tee "$out/kernel.txt"

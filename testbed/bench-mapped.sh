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
dir=$BUILD/bench-mapped

"$TESTBED/deps.sh" module user vm report
mkdir -p "$out"
make -s -C "$bench/mapped" BUILD="$BUILD" >&2
"$bench/mapped/plan.sh" "$rounds" >"$dir/plan"
bench_in_vm mapped "$kernel" "$dir/plan"
python3 "$bench/mapped.py" "$form" "$out" "$ROOT" "$dir/$kernel/report" "$(accelerator)" | tee "$out/mapped.txt"

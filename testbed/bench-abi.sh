#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The bench of tables that processes share: bucketmap's ioctls and mappings, bpf(2), LMDB, a mutex in shared memory, Redis and
# memcached, in VMs with Debian's kernels; and those that need no module also without a VM.
#
#	bench-abi.sh short|long OUT	writes abi.txt, abi.json and pictures to the directory OUT

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/bench.sh"
. "$TESTBED/lib/accel.sh"

# bench_here PLAN DIR: the output goes to DIR/report.
bench_here() {
	say "== bench abi without a VM"
	rm -rf "$2"
	mkdir "$2"
	(cd "$2" && PATH=$servers:$PATH "$BUILD/bench-abi/abi" <"$1" >report)
}

form=$1 out=$2
# Half as many as others: there are three places, and messages to a server take long in an emulated VM.
rounds=$(($(bench_rounds "$form") / 2 + 1))
dir=$BUILD/bench-abi
reports=()

"$TESTBED/deps.sh" module user vm abi report
servers=$("$bench/abi/servers.sh")
mkdir -p "$out"
make -s -C "$bench/abi" BUILD="$BUILD" >&2
"$bench/abi/plan.sh" "$rounds" vm >"$dir/plan"
"$bench/abi/plan.sh" "$rounds" native >"$dir/plan-native"
for kernel in $(kernels_for abi); do
	bench_in_vm abi "$kernel" "$dir/plan" "$servers"/{redis-server,memcached}
	reports+=("$kernel=$dir/$kernel/report")
done
bench_here "$dir/plan-native" "$dir/native"
python3 "$bench/abi.py" "$form" "$out" "$ROOT" "$(accelerator)" "${reports[@]}" "native=$dir/native/report" | tee "$out/abi.txt"

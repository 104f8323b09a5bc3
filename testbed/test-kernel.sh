#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs the tests of a kernel, and prints a line per case.
#
#	test-kernel.sh KERNEL [TEST...]		a name in lib/kernels.sh; only these end-to-end tests, such as wait_test

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/text.sh"

add_kunit() {
	"$TESTBED/module.sh" "$kernel" "$dir/kunit" W=1 CONFIG_BUCKETMAP_KUNIT=y
	install -D "$dir/kunit/bucketmap.ko" "$dir/root/kunit/bucketmap.ko"
}

add_module_and_tool() {
	"$TESTBED/module.sh" "$kernel" "$dir/module" W=1
	cp "$dir/module/bucketmap.ko" "$dir/root/"
	[[ $scripts != *sample* ]] || cp "$dir/module/module/samples/packets.ko" "$dir/root/"
	make -s -C "$ROOT/userspace" BUILD="$BUILD/user" -j"$JOBS" all "${tests[@]:-tests}" >&2
	add_programs "$dir/root" bin "$BUILD/user/bucketmap"
	((${#tests[@]})) || tests=("$BUILD"/user/tests/*)
	add_programs "$dir/root" tests "${tests[@]}"
}

kernel=$1
tests=("${@:2}")
tests=("${tests[@]/#/$BUILD/user/tests/}")
dir=$BUILD/$kernel
scripts=$(kernel_scripts "$kernel")
((${#tests[@]} == 0)) || scripts=e2e
new_root "$dir/root"
[[ $scripts != *kunit* ]] || add_kunit
[[ $scripts != *e2e* ]] || add_module_and_tool
[[ $scripts != *dataset* ]] || install -D "$(words_dump)/words.dump" "$dir/root/data/words.dump"
pack_root "$dir/root" "$dir/initramfs"

read -ra parameters <<<"${SEED:+seed=$SEED} ${FUZZ_CALLS:+fuzz=$FUZZ_CALLS} $(kernel_parameters "$kernel")"
healthy="ok $kernel: the kernel stayed healthy to the end"
BOOT_TIMEOUT=${BOOT_TIMEOUT:-1200} "$TESTBED/boot.sh" "$kernel" "$dir/initramfs" "$scripts" "$dir" "${parameters[@]}" ||
	healthy="not $healthy"
awk -v part="$kernel" -f "$TESTBED/lib/tap.awk" "$dir/report"
echo "$healthy"

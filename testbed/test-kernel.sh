#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs on one kernel all tests that it can run, and prints a line per case.
#
#	test-kernel.sh KERNEL	6.1, 6.12, 6.12-rt, or a flavour kunit/KERNEL.config

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/text.sh"

# KUnit suites need a kernel with KUnit; threads that overlap need two CPUs, which User-mode Linux has not. KCSAN stops the
# machine so often that it gets what has the most threads only.
scripts_for() {
	if [[ $1 == 6.12 ]]; then
		echo expedited,lifecycle,e2e,sample,dataset
	elif is_debian_kernel "$1"; then
		echo lifecycle,e2e,sample,dataset
	elif [[ $(kernel_arch "$1") == um || $1 == kcsan ]]; then
		echo kunit
	else
		echo kunit,lifecycle,e2e,sample
	fi
}

add_kunit() {
	"$TESTBED/module.sh" "$kernel" "$dir/kunit" W=1 CONFIG_BUCKETMAP_KUNIT=y
	install -D "$dir/kunit/bucketmap.ko" "$dir/root/kunit/bucketmap.ko"
}

add_module_and_command() {
	"$TESTBED/module.sh" "$kernel" "$dir/module" W=1
	cp "$dir/module/bucketmap.ko" "$dir/module/module/samples/packets.ko" "$dir/root/"
	make -s -C "$ROOT/userspace" BUILD="$BUILD/user" >&2
	add_programs "$dir/root" bin "$BUILD/user/bucketmap"
	add_programs "$dir/root" tests "$BUILD"/user/tests/*
}

kernel=$1
dir=$BUILD/$kernel
scripts=$(scripts_for "$kernel")
new_root "$dir/root"
[[ $scripts != *kunit* ]] || add_kunit
[[ $scripts != *e2e* ]] || add_module_and_command
[[ $scripts != *dataset* ]] || install -D "$(words_dump)/words.dump" "$dir/root/data/words.dump"
pack_root "$dir/root" "$dir/initramfs"

parameters=(${SEED:+seed="$SEED"} ${FUZZ_CALLS:+fuzz="$FUZZ_CALLS"})
# Its checks make everything slow.
[[ $kernel != kasan ]] || parameters+=(kills=200 wakeups=500)
# People use that, and it makes a difference to who waits for grace periods and polls for them.
[[ $kernel != 6.12 ]] || parameters+=(rcupdate.rcu_expedited=1)
# It goes on after a race that is not ours.
[[ $kernel != kcsan ]] || parameters+=(panic_on_warn=0 kcsan.early_enable=1 kcsan.skip_watch=2000)
healthy="ok $kernel: the kernel stayed healthy to the end"
BOOT_TIMEOUT=${BOOT_TIMEOUT:-1200} "$TESTBED/boot.sh" "$kernel" "$dir/initramfs" "$scripts" "$dir" "${parameters[@]}" ||
	healthy="not $healthy"
awk -v part="$kernel" -f "$TESTBED/lib/tap.awk" "$dir/report"
echo "$healthy"

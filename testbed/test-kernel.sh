#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs the tests of a kernel, and prints a line per case.
#
#	test-kernel.sh KERNEL [TEST...]		a name in lib/kernels.sh; only these end-to-end tests, such as wait_test

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/foreign.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/text.sh"

add_kunit() {
	"$TESTBED/module.sh" "$kernel" "$dir/kunit" W=1 CONFIG_BUCKETMAP_KUNIT=y
	install -D "$dir/kunit/bucketmap.ko" "$dir/root/kunit/bucketmap.ko"
}

add_module_and_tool() {
	"$TESTBED/module.sh" "$kernel" "$dir/module" W=1
	cp "$dir/module/bucketmap.ko" "$dir/root/"
	[[ $scripts != *sample* ]] || cp "$dir/module/module/samples/packets.ko" "$dir/root/"
	build_programs
	add_programs "$dir/root" bin "$programs/bucketmap"
	((${#tests[@]})) || tests=("$programs"/tests/*)
	add_programs "$dir/root" tests "${tests[@]}"
	[[ $scripts != *examples* ]] || add_programs "$dir/root" examples "$programs"/examples/*
}

# Without a compiler for callers of 32 bits, these are not tested.
build_programs() {
	if [[ $guest_architecture == amd64 ]]; then
		make -s -C "$ROOT/userspace" BUILD="$programs" -j"$JOBS" all examples "${tests[@]:-tests}" >&2
	else
		foreign_make "$guest_architecture" "$ROOT/userspace" BUILD="$programs" CC32=none -j"$JOBS" all "${tests[@]:-tests}"
	fi
}

build_only() {
	if "$TESTBED/module.sh" "$kernel" "$dir/module" W=1 KCFLAGS=-Werror; then
		echo "ok $kernel: the module builds without a warning"
	else
		echo "not ok $kernel: the module builds without a warning"
	fi
	exit
}

kernel=$1
guest_architecture=$(kernel_architecture "$kernel")
programs=$BUILD/user
if [[ $guest_architecture != amd64 ]]; then
	programs+=-$guest_architecture
	"$TESTBED/deps.sh" foreign vm-arm64
fi
tests=("${@:2}")
tests=("${tests[@]/#/$programs/tests/}")
dir=$BUILD/$kernel
scripts=$(kernel_scripts "$kernel")
[[ $scripts != - ]] || build_only
((${#tests[@]} == 0)) || scripts=e2e
new_root "$dir/root"
[[ $scripts != *kunit* ]] || add_kunit
[[ $scripts != *e2e* ]] || add_module_and_tool
[[ $scripts != *dataset* ]] || install -D "$(words_dump)/words.dump" "$dir/root/data/words.dump"
pack_root "$dir/root" "$dir/initramfs"

read -ra parameters <<<"${SEED:+seed=$SEED} ${FUZZ_CALLS:+fuzz=$FUZZ_CALLS} ${OPERATIONS:+operations=$OPERATIONS} $(kernel_parameters "$kernel")"
healthy="ok $kernel: the kernel stayed healthy to the end"
BOOT_TIMEOUT=${BOOT_TIMEOUT:-2400} "$TESTBED/boot.sh" "$kernel" "$dir/initramfs" "$scripts" "$dir" "${parameters[@]}" ||
	healthy="not $healthy"
awk -v part="$kernel" -f "$TESTBED/lib/tap.awk" "$dir/report"
echo "$healthy"

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the benches that boot kernels have in common. To be sourced after common.sh, kernels.sh and initramfs.sh.

export PYTHONDONTWRITEBYTECODE=1 VM_MEMORY=3072 BOOT_TIMEOUT=7200

# shellcheck disable=SC2034 # used by the scripts that source this file
bench=$ROOT/userspace/bench

# bench_rounds FORM: the number of rounds.
bench_rounds() {
	case $1 in
	short) echo 5 ;;
	long) echo 25 ;;
	*) die "'$1' is neither short nor long" ;;
	esac
}

# bench_in_vm NAME KERNEL PLAN [PROGRAM...]: boots the kernel, and runs the program of userspace/bench/NAME with the commands of
# the file PLAN. The other programs are there for it. The output of the guest goes to build/bench-NAME/KERNEL/report.
bench_in_vm() {
	local name=$1 kernel=$2 plan=$3 dir=$BUILD/bench-$1/$2
	say "== bench $name in a VM with kernel $kernel"
	"$TESTBED/module.sh" "$kernel" "$BUILD/$kernel/module"
	new_root "$dir/root"
	mkdir "$dir/root/etc"
	echo root:x:0:0::/:/bin/sh >"$dir/root/etc/passwd"
	cp "$BUILD/$kernel/module/bucketmap.ko" "$dir/root/"
	cp "$plan" "$dir/root/plan"
	add_programs "$dir/root" bin "$BUILD/bench-$name/$name" "${@:4}"
	ln -s "$name" "$dir/root/bin/bench"
	pack_root "$dir/root" "$dir/initramfs"
	"$TESTBED/boot.sh" "$kernel" "$dir/initramfs" bench "$dir"
}

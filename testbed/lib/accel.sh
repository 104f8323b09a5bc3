# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The accelerator that QEMU can use here. That /dev/kvm can be opened is not enough: KVM must boot a kernel within seconds,
# which is tried once per boot of this machine. VM_ACCEL=kvm or VM_ACCEL=tcg overrides. To be sourced after common.sh,
# kernels.sh and initramfs.sh.

accelerator() {
	if [[ -n ${VM_ACCEL:-} ]]; then
		echo "$VM_ACCEL"
	elif [[ -w /dev/kvm && $(cat "$(cached "accel/$(cat /proc/sys/kernel/random/boot_id)" probe_kvm)/kvm") == boots ]]; then
		echo kvm
	else
		echo tcg
	fi
}

probe_kvm() {
	local dir=$1
	say "trying KVM"
	new_root "$dir/root"
	pack_root "$dir/root" "$dir/initramfs"
	if VM_ACCEL=kvm BOOT_TIMEOUT=10 "$TESTBED/boot.sh" "$(kernels_for stock)" "$dir/initramfs" probe "$dir" 2>/dev/null; then
		echo boots >"$dir/kvm"
	else
		say "KVM does not boot a kernel within 10 s here; QEMU emulates instead"
		echo stalls >"$dir/kvm"
	fi
	rm -r "$dir/root" "$dir/initramfs"
}

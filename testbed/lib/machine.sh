# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The command lines that start a kernel: an emulated PC with two CPUs, or User-mode Linux. To be sourced after
# common.sh, kernels.sh and accel.sh.

# qemu_command IMAGE INITRAMFS PARAMETERS: the command in the array "command", its serial ports left to the caller. A guest
# that reboots, as it does after a panic, ends QEMU. Two sockets: without ACPI a kernel finds one CPU in each.
qemu_command() {
	local image=$1 initramfs=$2 parameters=$3 accel
	accel=$(accelerator)
	command=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none
		-smp "2,sockets=2" -m "${VM_MEMORY:-1024}" -kernel "$image" -initrd "$initramfs"
		-append "console=ttyS0 panic=-1 panic_on_warn=1 leave=reboot $parameters")
	case $accel in
	kvm) command+=(-accel kvm -cpu host) ;;
	tcg) command+=(-accel "tcg,thread=multi" -cpu max) ;;
	*) die "VM_ACCEL=$accel is neither kvm nor tcg" ;;
	esac
}

# uml_command IMAGE INITRAMFS PARAMETERS: likewise; its second serial port is file descriptor 3.
uml_command() {
	local image=$1 initramfs=$2 words
	read -ra words <<<"$3"
	command=("$image" "mem=${VM_MEMORY:-1024}M" "initrd=$initramfs"
		"con=null" "con0=null,fd:1" "ssl=null" "ssl1=null,fd:3"
		panic=-1 panic_on_warn=1 leave=poweroff "${words[@]}")
}

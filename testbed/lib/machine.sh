# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The command lines that boot a kernel: in a VM with two CPUs, or as User-mode Linux. To be sourced after common.sh,
# kernels.sh and accel.sh.

# qemu_command IMAGE INITRAMFS PARAMETERS: sets the array "command", to which the caller adds the serial ports. QEMU ends when
# the guest reboots, which it does after a panic.
qemu_command() { pc_command -kernel "$1" -initrd "$2" -append "$kernel_parameters $3"; }

kernel_parameters="console=ttyS0 panic=-1 panic_on_warn=1 leave=reboot"

# pc_command ARGUMENT...: sets the array to a PC with these. There are two sockets, since a kernel without ACPI finds one CPU in
# each.
pc_command() {
	local accel
	accel=$(accelerator)
	command=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none
		-smp "2,sockets=2" -m "${VM_MEMORY:-1024}" "$@")
	case $accel in
	kvm) command+=(-accel kvm -cpu host) ;;
	tcg) command+=(-accel "tcg,thread=multi" -cpu max) ;;
	*) die "VM_ACCEL=$accel is neither kvm nor tcg" ;;
	esac
}

# uml_command IMAGE INITRAMFS PARAMETERS: the same for User-mode Linux. The second serial port is file descriptor 3.
uml_command() {
	local image=$1 initramfs=$2 words
	read -ra words <<<"$3"
	command=("$image" "mem=${VM_MEMORY:-1024}M" "initrd=$initramfs"
		"con=null" "con0=null,fd:1" "ssl=null" "ssl1=null,fd:3"
		panic=-1 panic_on_warn=1 leave=poweroff "${words[@]}")
}

# arm64_command IMAGE INITRAMFS PARAMETERS: the same for arm64, which is emulated. It has one serial port; the report goes to
# one on the PCI bus, whose file the caller adds as the character device "report".
# shellcheck disable=SC2054 # commas within an option
arm64_command() {
	command=(qemu-system-aarch64 -nodefaults -no-user-config -no-reboot -display none -machine virt
		-smp 2 -m "${VM_MEMORY:-1024}" -kernel "$1" -initrd "$2" -accel "tcg,thread=multi" -cpu max,pauth-impdef=on
		-append "console=ttyAMA0 panic=-1 panic_on_warn=1 leave=reboot report=ttyS0 $3"
		-device "pci-serial,chardev=report")
}

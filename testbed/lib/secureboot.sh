# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A machine with Secure Boot. Its firmware has the keys that PCs are sold with, and starts shim, which starts GRUB, which starts
# the kernel: all of them are those of a Debian system, signed by Debian. To be sourced after machine.sh.

firmware=/usr/share/OVMF

# make_boot_disk DISK SYSTEM KERNEL INITRD: makes the disk that the firmware boots.
make_boot_disk() {
	local disk=$1 signed=$2/usr/lib
	rm -f "$disk"
	truncate -s 256M "$disk"
	/usr/sbin/mkfs.vfat "$disk" >/dev/null
	mmd -i "$disk" ::/EFI ::/EFI/BOOT ::/EFI/debian
	mcopy -i "$disk" "$signed/shim/shimx64.efi.signed" ::/EFI/BOOT/BOOTX64.EFI
	mcopy -i "$disk" "$signed/shim/mmx64.efi.signed" ::/EFI/BOOT/mmx64.efi
	mcopy -i "$disk" "$signed/grub/x86_64-efi-signed/grubx64.efi.signed" ::/EFI/BOOT/grubx64.efi
	mcopy -i "$disk" "$3" ::/vmlinuz
	mcopy -i "$disk" "$4" ::/initrd
}

# make_variables FILE: makes the variables of the firmware, with Secure Boot on.
make_variables() { cp "$firmware/OVMF_VARS_4M.ms.fd" "$1"; }

# secure_command DISK VARIABLES PARAMETERS: as qemu_command, for the machine that boots the disk. It is no virtio disk, so that
# it does not count among these.
secure_command() {
	# shellcheck disable=SC2154 # of machine.sh
	printf 'linux /vmlinuz %s\ninitrd /initrd\nboot\n' "$kernel_parameters $3" | mcopy -o -i "$1" - ::/EFI/debian/grub.cfg
	pc_command -machine q35,smm=on -global driver=cfi.pflash01,property=secure,value=on \
		-drive "if=pflash,unit=0,format=raw,readonly=on,file=$firmware/OVMF_CODE_4M.ms.fd" \
		-drive "if=pflash,unit=1,format=raw,file=$2" -drive "file=$1,if=ide,format=raw,cache=unsafe"
}

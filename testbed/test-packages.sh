#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test-packages: installs the Debian packages into fresh systems, where DKMS builds the module, and boots each three times with
# systemd: the packages work; with Secure Boot the kernel refuses the module; when its key is enrolled it is loaded, maps have
# outlived both reboots, an upgrade keeps them, and a purge leaves nothing else. About ten minutes for each suite. The last line
# counts the tests.
#
#	test-packages.sh [SUITE...]	bookworm and trixie by default

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/accel.sh"
. "$TESTBED/lib/machine.sh"
. "$TESTBED/lib/secureboot.sh"
. "$TESTBED/lib/splats.sh"

dir=$BUILD/packages
system_packages=dkms,linux-image-amd64,linux-headers-amd64,systemd-sysv,udev,kmod,openssl,libjansson4,python3-cffi,shim-signed,grub-efi-amd64-signed

# A system as Debian installs it, with a kernel and its headers: all that the packages depend on, as the test has no network.
make_system() {
	use_suite "$1" amd64
	say "making a system of $1 (three minutes)"
	as_root mmdebstrap --quiet --mode=root --variant=minbase --include="$system_packages" "$1" "$2/system.tar" "$(suite_sources)"
}

# The sources with a later version, as a release would have it.
next_packages() {
	local sources=$dir/next
	mkdir -p "$sources"
	rsync -a --delete --exclude=/build --exclude='.git*' "$ROOT/" "$sources/"
	echo "$next" >"$sources/VERSION"
	sed -i "s/^## $(cat "$ROOT/VERSION") /## $next /" "$sources/CHANGELOG.md"
	"$sources/packaging/deb.sh" "$sources/build/deb" >/dev/null
}

# inside COMMAND: runs a shell command in the system.
inside() {
	# shellcheck disable=SC2016 # the inner shell expands it
	as_root unshare --mount sh -ec '
		for place in proc sys dev; do mount --rbind /$place "$1/$place"; done
		exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C sh -ec "$2"
	' sh "$system" "$1"
}

# try NAME COMMAND...: one result.
try() {
	local name="$suite: $1"
	shift
	if "$@" >"$dir/log" 2>&1; then
		echo "ok $name" | record
	else
		sed 's/^/    | /' "$dir/log"
		missing "$name"
	fi
}

# The kernel of a chroot is another one: DKMS builds for all that are installed.
# shellcheck disable=SC2016 # the inner shell expands it
dkms_built() { inside 'for kernel in /lib/modules/*; do dkms status | grep -F "${kernel##*/}" | grep -q ": installed"; done'; }

# dkms_build RELEASE: builds for a kernel of this name, with the headers of the kernel that is installed; prints the exit status.
dkms_build() { inside "status=0; dkms build bucketmap/$(cat "$ROOT/VERSION") -k $1 --kernelsourcedir /usr/src/linux-headers-*-*64 || status=\$?; echo status \$status"; }

# 77 is DKMS's status for a kernel that dkms.conf excludes.
old_kernels_are_left_out() {
	local release
	for release in 5.10.0-1-amd64 6.0.0-1-amd64; do
		dkms_build "$release" | tee /dev/stderr | grep -qx 'status 77' || return 1
	done
}

# Headers of another kernel would make a module that does not fit.
wrong_headers_are_refused() { dkms_build 6.5.0-1-amd64 | tee /dev/stderr | grep -qx 'status [1-9]'; }

# The command of the docs that enrols the key.
# shellcheck disable=SC2016 # no expansion
enrol_command() { sed -nE 's/^\| Debian .*`(mokutil --import .*)` .*/\1/p' "$ROOT/docs/install.md"; }

# The certificate is at the path of the docs, in the form that mokutil takes (DER), and the signature names its serial number.
key_signs_the_module() {
	local key
	key=$(enrol_command)
	key=${key##* }
	# shellcheck disable=SC2016 # the inner shell expands it
	inside 'serial() { tr -d : | sed "s/.*=//; s/^0*//"; }
		certificate=$(openssl x509 -inform DER -in "'"$key"'" -noout -serial | serial)
		signature=$(modinfo -F sig_key /lib/modules/*/updates/dkms/bucketmap.ko* | serial)
		echo "certificate $certificate, signature $signature"
		[ -n "$certificate" ] && [ "$certificate" = "$signature" ]'
}

install_packages() {
	as_root cp "$BUILD"/deb/*.deb "$system/tmp/"
	inside 'rm -f /tmp/*-dbgsym_*; dpkg -i /tmp/*.deb; rm /tmp/*.deb'
}

# What runs in the machine, started by systemd at the end of the boot.
add_guest() {
	as_root cp -r "$TESTBED/guest" "$system/"
	enrol_command | as_root tee "$system/guest/enrol" >/dev/null
	as_root mkdir -p "$system/next"
	as_root sh -c "cp '$dir'/next/build/deb/*.deb '$system/next/' && rm -f '$system'/next/*-dbgsym_*"
	as_root tee "$system/etc/systemd/system/guest.service" >/dev/null <<-END
		[Unit]
		After=systemd-modules-load.service systemd-udev-settle.service
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c "exec sh /guest/packages.sh >/dev/ttyS1 2>&1 </dev/null"
		ExecStopPost=/bin/systemctl --no-block reboot
		[Install]
		WantedBy=multi-user.target
	END
	inside 'systemctl enable -q guest'
}

make_disks() {
	rm -f "$dir/disk"
	truncate -s 4G "$dir/disk"
	as_root mke2fs -q -t ext4 -d "$system" "$dir/disk"
	as_root cat "$system"/boot/vmlinuz-* >"$dir/vmlinuz"
	as_root cat "$system"/boot/initrd.img-* >"$dir/initrd"
	make_boot_disk "$dir/boot" "$system" "$dir/vmlinuz" "$dir/initrd"
	make_variables "$dir/variables"
}

# machine PHASE: sets "command". QEMU waits for no disk, as only this machine reads it afterwards.
machine() {
	local parameters="root=/dev/vda rw phase=$1" VM_MEMORY=2048
	if [[ $1 == installed ]]; then
		qemu_command "$dir/vmlinuz" "$dir/initrd" "$parameters"
	else
		secure_command "$dir/boot" "$dir/variables" "$parameters"
	fi
	command=(timeout -k 5 "${BOOT_TIMEOUT:-2400}" "${command[@]}" -drive "file=$dir/disk,if=virtio,format=raw,cache=unsafe")
}

healthy() { ! kernel_splats "$dir/console" && [[ $(tr -d '\r' <"$dir/report" | tail -n 1) == "guest: all is well" ]]; }

# boot PHASE: one boot of the disk, until the guest reboots, and what guest/packages.sh reports of it.
boot() {
	local command
	say "booting $suite: $1"
	: >"$dir/console"
	: >"$dir/report"
	machine "$1"
	"${command[@]}" -serial "file:$dir/console" -serial "file:$dir/report" </dev/null ||
		missing "$suite: $1: the machine ends by itself"
	tr -d '\r' <"$dir/report" | awk -v part="$suite" -f "$TESTBED/lib/tap.awk" | record
	try "$1: the kernel stayed healthy to the end" healthy
}

# What a person does before the machine at the boot after mokutil. The password is that of guest/packages.sh.
enrol_key() {
	local command
	machine locked
	"$TESTBED/enrol-key.py" secret "${command[@]}" -serial stdio
}

test_suite() {
	suite=$1 system=$dir/$1
	as_root rm -rf "$system"
	mkdir -p "$system"
	as_root tar -x -C "$system" -f "$(cached "system/$suite-$(cksum <<<"$system_packages" | cut -d' ' -f1)" make_system "$suite")/system.tar"
	try "the packages are installed into a fresh system" install_packages
	try "DKMS has built the module for each kernel there" dkms_built
	try "DKMS leaves out kernels that are too old" old_kernels_are_left_out
	try "DKMS does not take the headers of another kernel" wrong_headers_are_refused
	try "the module is signed by the key that docs/install.md tells to enrol" key_signs_the_module
	add_guest
	make_disks
	as_root rm -rf "$system"
	boot installed
	boot locked
	try "the firmware enrols the key after a person has confirmed it" enrol_key
	boot restored
}

next=$(cat "$ROOT/VERSION").next
(($#)) || set -- bookworm trixie
"$TESTBED/deps.sh" root user deb vm secureboot
"$ROOT/packaging/deb.sh" "$BUILD/deb" >/dev/null
next_packages
for suite in "$@"; do
	test_suite "$suite"
done
conclude

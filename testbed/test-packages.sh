#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# make test-packages: installs the Debian packages into a fresh system, where DKMS builds the module; boots it with systemd; there
# upgrades to a next version while a map is in use, and purges. About ten minutes for each suite. The last line counts the tests.
#
#	test-packages.sh [SUITE...]	bookworm (by default) or trixie

# shellcheck source-path=SCRIPTDIR
. "${0%/*}/lib/common.sh"
. "$TESTBED/lib/apt.sh"
. "$TESTBED/lib/tally.sh"
. "$TESTBED/lib/kernels.sh"
. "$TESTBED/lib/initramfs.sh"
. "$TESTBED/lib/accel.sh"
. "$TESTBED/lib/machine.sh"
. "$TESTBED/lib/splats.sh"

dir=$BUILD/packages
system_packages=dkms,linux-image-amd64,linux-headers-amd64,systemd-sysv,udev,kmod,openssl,libjansson4,python3-cffi

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

install_packages() {
	as_root cp "$BUILD"/deb/*.deb "$system/tmp/"
	inside 'rm -f /tmp/*-dbgsym_*; dpkg -i /tmp/*.deb; rm /tmp/*.deb'
}

# What runs in the machine, started by systemd at the end of the boot.
add_guest() {
	as_root cp -r "$TESTBED/guest" "$system/"
	as_root mkdir -p "$system/next"
	as_root sh -c "cp '$dir'/next/build/deb/*.deb '$system/next/' && rm -f '$system'/next/*-dbgsym_*"
	as_root tee "$system/etc/systemd/system/guest.service" >/dev/null <<-END
		[Unit]
		After=systemd-modules-load.service systemd-udev-settle.service
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c "exec sh /guest/packages.sh >/dev/ttyS1 2>&1 </dev/null"
		ExecStopPost=/bin/systemctl reboot -ff
		[Install]
		WantedBy=multi-user.target
	END
	inside 'systemctl enable -q guest'
}

boot() {
	local command
	: >"$dir/console"
	: >"$dir/report"
	rm -f "$dir/disk"
	truncate -s 4G "$dir/disk"
	as_root mke2fs -q -t ext4 -d "$system" "$dir/disk"
	as_root cat "$system"/boot/vmlinuz-* >"$dir/vmlinuz"
	as_root cat "$system"/boot/initrd.img-* >"$dir/initrd"
	VM_MEMORY=2048 qemu_command "$dir/vmlinuz" "$dir/initrd" "root=/dev/vda rw"
	timeout -k 5 "${BOOT_TIMEOUT:-2400}" "${command[@]}" -drive "file=$dir/disk,if=virtio,format=raw,cache=unsafe" \
		-serial "file:$dir/console" -serial "file:$dir/report" </dev/null
}

healthy() { ! kernel_splats "$dir/console" && [[ $(tr -d '\r' <"$dir/report" | tail -n 1) == "guest: all is well" ]]; }

test_suite() {
	suite=$1 system=$dir/$1
	as_root rm -rf "$system"
	mkdir -p "$system"
	as_root tar -x -C "$system" -f "$(cached "system/$suite-$(cksum <<<"$system_packages" | cut -d' ' -f1)" make_system "$suite")/system.tar"
	try "the packages are installed into a fresh system" install_packages
	try "DKMS has built the module for each kernel there" dkms_built
	try "DKMS leaves out kernels that are too old" old_kernels_are_left_out
	try "DKMS does not take the headers of another kernel" wrong_headers_are_refused
	add_guest
	say "booting $suite"
	boot || missing "$suite: the machine ends by itself"
	tr -d '\r' <"$dir/report" | awk -v part="$suite" -f "$TESTBED/lib/tap.awk" | record
	try "the kernel stayed healthy to the end" healthy
	as_root rm -rf "$system"
}

next=$(cat "$ROOT/VERSION").next
(($#)) || set -- bookworm
"$TESTBED/deps.sh" root user deb vm
"$ROOT/packaging/deb.sh" "$BUILD/deb" >/dev/null
next_packages
for suite in "$@"; do
	test_suite "$suite"
done
conclude

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2317 source=testbed/guest/tap.sh
# The packages on a Debian system, with the next version of them in /next. systemd boots it three times; the kernel's parameter
# "phase" says which boot it is:
#
#	installed	without Secure Boot: the module is loaded at boot, its device belongs to the group; then lockdown is turned on
#	locked		with Secure Boot: the kernel refuses the module, as the key of DKMS is not enrolled
#	restored	when it is: the maps are there again; an upgrade keeps them, and a purge leaves nothing else

. /guest/tap.sh

export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C

unit=bucketmap-restore
saved=/var/lib/bucketmap

# as USER COMMAND...
as() { user=$1; shift; runuser -u "$user" -- "$@"; }

version_is() { [ "$(cat /sys/module/bucketmap/version)" = "$1" ]; }
installed() { dpkg-query -W -f '${source:Upstream-Version}' bucketmap-dkms | tr '~' -; }
signed_by_dkms() { modinfo bucketmap | grep -x 'signer: *DKMS module signing key'; }

# fails SAYING COMMAND...: the command fails, and says that.
fails() {
	saying=$1
	shift
	! "$@" >/tmp/said 2>&1 && cat /tmp/said && grep -q -e "$saying" /tmp/said
}

# The first boot.

device_is_the_groups() {
	[ "$(stat -c '%U:%G %a' /dev/bucketmap)" = "root:bucketmap 660" ]
}

member_uses_map() {
	useradd member && usermod -aG bucketmap member && as member bucketmap create kept -k 16 -v 8 &&
		as member bucketmap put kept key 7 && [ "$(as member bucketmap get kept key)" = 7 ]
}

member_uses_python() {
	as member python3 -c 'import bucketmap; bucketmap.open("kept", key="text:16", value="u64")["python"] = 3' &&
		[ "$(as member bucketmap get kept python)" = 3 ]
}

others_are_told() { useradd other && fails 'group bucketmap' as other bucketmap get kept key; }
module_stays() { ! modprobe -r bucketmap && [ "$(bucketmap get kept key)" = 7 ]; }

unit_is_off() { [ "$(systemctl is-enabled $unit)" = disabled ] && ! systemctl is-active $unit; }
enable_unit() { systemctl enable --now $unit && systemctl is-active $unit && [ "$(stat -c '%U %a' $saved)" = "root 700" ]; }

# One that belongs to root, with another owner, all attributes and as many entries as it may have.
make_full_map() {
	bucketmap create full -K u32 -V hex:8 -c 300 -n 200 -m 640 -H siphash24 --mappable &&
		bucketmap chown full member:bucketmap && seq 200 | sed 's/.*/put full & 00000000000000ff/' | bucketmap batch
}

make_private_set() { bucketmap create 'a set' -k 32 -v 0 -m 600 && bucketmap put 'a set' element ''; }

# What a reboot must keep of all maps.
describe() {
	for map in full kept 'a set'; do
		bucketmap info "$map" | grep -E '^(name|key_|value_|hash|mappable|capacity|max_|entries|mode|owner)' || return
		bucketmap dump "$map" | sort
	done
}

maps_are_made() { make_full_map && make_private_set && describe >/root/before && cat /root/before; }

# The kernel's lockdown can be turned on, and not off.
maps_work_under_lockdown() {
	echo integrity >/sys/kernel/security/lockdown && as member bucketmap add kept key 0 && as member bucketmap get kept key &&
		as member python3 -c 'import bucketmap; print(len(bucketmap.open("full", key="u32", value="hex:8")))' &&
		bucketmap ls && bucketmap stats kept | grep -E '^count +2$'
}

# The signature is checked before the name. Another /dev is one without the device.
lockdown_refuses_module() {
	fails 'Operation not permitted' insmod "$(modinfo -n bucketmap)" &&
		fails 'Secure Boot.*bucketmap(7)' unshare --mount sh -c 'mount -t tmpfs none /dev && bucketmap ls'
}

first_boot() {
	check "the module is loaded at boot" version_is "$(installed)"
	check "the module is signed by the key of DKMS" signed_by_dkms
	check "the device belongs to the group" device_is_the_groups
	check "an ordinary user in the group uses a map" member_uses_map
	check "an ordinary user in the group uses a map by Python" member_uses_python
	check "another user is told of the group" others_are_told
	check "the module is not unloaded while there is a map" module_stays
	check "the unit that keeps maps over reboots is off" unit_is_off
	check "it is enabled and started while systemd runs" enable_unit
	check "maps of all kinds are made" maps_are_made
	check "under lockdown the loaded module works, debugfs as well" maps_work_under_lockdown
	check "lockdown alone refuses a module whose key is not enrolled, and the tool says so" lockdown_refuses_module
	tap_plan
}

# The second boot.

secure_boot_is_on() { mokutil --sb-state | grep -x 'SecureBoot enabled' && grep -F '[integrity]' /sys/kernel/security/lockdown; }

secure_boot_refuses_module() {
	fails 'Key was rejected by service' modprobe bucketmap && dmesg | grep 'Loading of module with unavailable key is rejected'
}

tool_tells_of_the_key() {
	fails 'the module is not loaded.*modprobe bucketmap.*Secure Boot.*bucketmap(7)' bucketmap ls &&
		fails 'Secure Boot.*bucketmap(7)' as member bucketmap get kept key
}

unit_fails_and_keeps_maps() {
	systemctl is-failed $unit && journalctl -b -u $unit >/tmp/journal && cat /tmp/journal &&
		grep -q 'module is not loaded' /tmp/journal && [ -e $saved/current/full.dump ]
}

# The command of docs/install.md. The MOK manager asks for the password again.
key_is_imported() { printf 'secret\nsecret\n' | sh /guest/enrol && mokutil --list-new | grep 'DKMS module signing key'; }

second_boot() {
	check "Secure Boot is on" secure_boot_is_on
	check "the module is not loaded with Secure Boot" secure_boot_refuses_module
	check "the tool says with Secure Boot that the key must be enrolled" tool_tells_of_the_key
	check "the unit fails, and leaves what was saved" unit_fails_and_keeps_maps
	check "the command of the docs asks the firmware for the key" key_is_imported
	tap_plan
}

# The third boot.

maps_are_as_before() { describe | diff /root/before -; }
limit_is_restored() { fails 'max_entries=200' as member bucketmap put full 0 0000000000000000; }
owner_is_restored() { as member bucketmap rm full && fails 'permission denied' as member bucketmap get 'a set' element; }

start_of_unit() { systemctl show -p ActiveEnterTimestampMonotonic $unit; }

# The module of the next version is built, and the one with the maps stays.
upgrade_keeps_maps() {
	old=$(installed)
	started=$(start_of_unit)
	dpkg -i /next/*.deb >/tmp/upgrade 2>&1 || { cat /tmp/upgrade; return 1; }
	cat /tmp/upgrade
	[ "$(installed)" != "$old" ] && version_is "$old" && maps_are_as_before && [ "$(start_of_unit)" = "$started" ] &&
		grep -q "module $old stays loaded" /tmp/upgrade && [ "$(modinfo -F version bucketmap)" = "$(installed)" ]
}

remove_maps() {
	for map in full kept 'a set'; do
		bucketmap rm "$map" || return
	done
}

# As the package has said.
next_version_is_loaded() {
	grep -q 'bucketmap save' /tmp/upgrade && bucketmap save /root/maps && remove_maps && modprobe -r bucketmap &&
		modprobe bucketmap && version_is "$(installed)" && bucketmap restore /root/maps && maps_are_as_before && rm -r /root/maps
}

absence_is_told() {
	systemctl stop $unit && remove_maps && modprobe -r bucketmap && fails 'as root: modprobe bucketmap' bucketmap ls
}

# It loads the module.
unit_restores_again() { systemctl start $unit && maps_are_as_before; }

# The unit ends before the tool is removed, and saves once more.
purge_leaves_only_what_was_saved() {
	bucketmap put kept last 9 &&
		dpkg --purge bucketmap-dkms bucketmap-tools python3-bucketmap libbucketmap-dev libbucketmap0 || return 1
	! getent group bucketmap && grep "^last	9" $saved/current/kept.dump &&
		find / -xdev -iname '*bucketmap*' -not -path '/next/*' -not -path $saved >/tmp/left && ! grep . /tmp/left &&
		! modinfo bucketmap
}

third_boot() {
	check "Secure Boot is on" secure_boot_is_on
	check "the module is loaded at boot, as its key is enrolled" version_is "$(installed)"
	check "the maps are as before the reboot: attributes, limits, owner, mode and contents" maps_are_as_before
	check "the unit is active" systemctl is-active $unit
	check "the limit of a restored map is kept" limit_is_restored
	check "an upgrade keeps the maps, and says how to load the next version" upgrade_keeps_maps
	check "the next version is loaded as it says, with the maps" next_version_is_loaded
	check "without the module the tool says what to do" absence_is_told
	check "the unit loads the module, and restores the maps again" unit_restores_again
	check "the owner of a restored map may remove it, and use no other" owner_is_restored
	check "a purge leaves nothing but the maps that were saved" purge_leaves_only_what_was_saved
	tap_plan
}

phase=$(sed -n 's/.*\<phase=\([a-z]*\).*/\1/p' /proc/cmdline)
case $phase in
installed) tap_group "$phase" first_boot ;;
locked) tap_group "$phase" second_boot ;;
restored) tap_group "$phase" third_boot ;;
esac
echo "guest: all is well"

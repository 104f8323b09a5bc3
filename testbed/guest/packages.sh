# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2317 source=testbed/guest/tap.sh
# The packages on a Debian system that systemd has booted, with the next version of them in /next: the module is loaded at boot,
# its device belongs to the group, maps survive an upgrade, and a purge leaves nothing.

. /guest/tap.sh

export HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C

# as USER COMMAND...
as() { user=$1; shift; runuser -u "$user" -- "$@"; }

version_is() { [ "$(cat /sys/module/bucketmap/version)" = "$1" ]; }
installed() { dpkg-query -W -f '${source:Upstream-Version}' bucketmap-dkms | tr '~' -; }
signed_by_dkms() { modinfo bucketmap | grep -x 'signer: *DKMS module signing key'; }

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

others_are_told() {
	useradd other || return 1
	! as other bucketmap get kept key 2>/tmp/said && cat /tmp/said && grep -q 'group bucketmap' /tmp/said
}

module_stays() { ! modprobe -r bucketmap && [ "$(bucketmap get kept key)" = 7 ]; }

# The module of the next version is built, and the one with the map stays.
upgrade_keeps_maps() {
	old=$(installed)
	dpkg -i /next/*.deb >/tmp/said 2>&1 || { cat /tmp/said; return 1; }
	cat /tmp/said
	[ "$(installed)" != "$old" ] && version_is "$old" && [ "$(bucketmap get kept key)" = 7 ] &&
		grep -q "module $old stays loaded" /tmp/said && [ "$(modinfo -F version bucketmap)" = "$(installed)" ]
}

next_version_is_loaded() {
	bucketmap rm kept && modprobe -r bucketmap && modprobe bucketmap && version_is "$(installed)"
}

absence_is_told() {
	modprobe -r bucketmap && ! bucketmap ls 2>/tmp/said && cat /tmp/said && grep -q 'modprobe bucketmap' /tmp/said
}

purge_leaves_nothing() {
	dpkg --purge bucketmap-dkms bucketmap-tools python3-bucketmap libbucketmap-dev libbucketmap0 || return 1
	! getent group bucketmap && find / -xdev -iname '*bucketmap*' -not -path '/next/*' >/tmp/left && ! grep . /tmp/left &&
		! modinfo bucketmap
}

lifetime() {
	check "the module is loaded at boot" version_is "$(installed)"
	check "the module is signed by the key of DKMS" signed_by_dkms
	check "the device belongs to the group" device_is_the_groups
	check "an ordinary user in the group uses a map" member_uses_map
	check "an ordinary user in the group uses a map by Python" member_uses_python
	check "another user is told of the group" others_are_told
	check "the module is not unloaded while there is a map" module_stays
	check "an upgrade keeps the map, and says how to load the next version" upgrade_keeps_maps
	check "the next version is loaded when the map is gone" next_version_is_loaded
	check "without the module the tool says what to do" absence_is_told
	check "a purge leaves nothing" purge_leaves_nothing
	tap_plan
}

tap_group packages lifetime
echo "guest: all is well"

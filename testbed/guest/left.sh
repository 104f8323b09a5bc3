# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a removed module has left in the kernel. To be sourced.

# Memory of a removed module has an address as its owner, or is a slab cache of our name. Files have our name.
left_behind() {
	awk '$2 ~ /^[0-9]+$/ && $3 ~ /^0x/' /proc/vmallocinfo
	grep bucketmap /proc/slabinfo
	ls -d /dev/bucketmap /sys/kernel/debug/bucketmap /sys/class/misc/bucketmap /sys/module/bucketmap 2>/dev/null
}

# Called after the last script, which must have removed the module. Prints what is left.
nothing_is_left() {
	left_behind >/tmp/left.after 2>/dev/null
	diff /tmp/left.before /tmp/left.after
}

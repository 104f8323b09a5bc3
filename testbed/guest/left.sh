# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# What a module that is gone has left in the kernel. To be sourced.

# Memory that belongs to no module any more: its owner is only an address, or a cache bears our name.
left_behind() {
	awk '$2 ~ /^[0-9]+$/ && $3 ~ /^0x/' /proc/vmallocinfo
	grep bucketmap /proc/slabinfo
	ls -d /dev/bucketmap /sys/kernel/debug/bucketmap /sys/class/misc/bucketmap /sys/module/bucketmap 2>/dev/null
}

# After the last script, whose module must be gone. What it has left is printed.
nothing_is_left() {
	left_behind >/tmp/left.after 2>/dev/null
	diff /tmp/left.before /tmp/left.after
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh source=testbed/guest/left.sh
# Inserting and removing the module: it leaves nothing behind, and cannot be removed while it is open.

. /guest/tap.sh
. /guest/left.sh

insert() { insmod /bucketmap.ko; }
remove() { rmmod bucketmap; }
inserted() { grep -q '^bucketmap ' /proc/modules; }

cycles_leave_nothing() {
	left_behind >/tmp/before
	for cycle in 1 2 3 4 5 6 7 8 9 10; do
		insert && bucketmap create "cycle$cycle" -k 8 -v 8 -c 10000 &&
			bucketmap add "cycle$cycle" key 1 && remove || return 1
	done
	left_behind >/tmp/after
	diff /tmp/before /tmp/after
}

device_open_refuses_removal() {
	insert || return 1
	exec 3</dev/bucketmap
	! remove && inserted && exec 3<&- && remove
}

map_open_refuses_removal() {
	insert && bucketmap create words -k 32 -v 8 && mkfifo /tmp/text || return 1
	bucketmap count words </tmp/text &
	exec 3>/tmp/text
	echo "one two three" >&3
	until_counting
	! remove && inserted
	refused=$?
	exec 3>&-
	wait $! && [ $refused = 0 ] && remove
}

# When the tool sleeps on its input, it has its map open.
until_counting() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(bucketmap get words one 2>/dev/null)" != 1 ] || return 0
		sleep 0.2
	done
}

named_maps_do_not_hold_the_module() {
	insert && bucketmap create alone -k 8 -v 8 && bucketmap put alone key 1 && remove &&
		insert && ! bucketmap info alone && remove
}

# The module is removed while a map grows in the background.
removal_stops_growth() {
	insert && bucketmap create growing -k 32 -v 8 -c 1 || return 1
	seq 1 3000 | tr 0-9 a-j | bucketmap count growing && remove
}

lifecycle() {
	check "insert, use, remove, ten times: nothing is left" cycles_leave_nothing
	check "an open device refuses removal" device_open_refuses_removal
	check "an open map refuses removal" map_open_refuses_removal
	check "named maps do not hold the module" named_maps_do_not_hold_the_module
	check "removal just after growth" removal_stops_growth
	check "the module is gone" eval '! inserted'
	tap_plan
}

tap_group lifecycle lifecycle

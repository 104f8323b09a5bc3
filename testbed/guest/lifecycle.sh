# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh source=testbed/guest/left.sh
# Inserting and removing the module: it leaves nothing behind, and cannot be removed while it is open or
# has named maps, unless it is told to.

. /guest/tap.sh
. /guest/left.sh

insert() { insmod /bucketmap.ko "$@"; }
remove() { rmmod bucketmap; }
inserted() { grep -q '^bucketmap ' /proc/modules; }
held() { ! remove && inserted; }

# discard Y|N: sets the parameter.
discard() { echo "$1" >/sys/module/bucketmap/parameters/discard_on_unload; }

cycles_leave_nothing() {
	left_behind >/tmp/before
	for cycle in 1 2 3 4 5 6 7 8 9 10; do
		insert && bucketmap create "cycle$cycle" -k 8 -v 8 -c 10000 &&
			bucketmap add "cycle$cycle" key 1 && discard Y && remove || return 1
	done
	left_behind >/tmp/after
	diff /tmp/before /tmp/after
}

device_open_refuses_removal() {
	insert || return 1
	exec 3</dev/bucketmap
	held && exec 3<&- && remove
}

map_open_refuses_removal() {
	insert discard_on_unload=1 && bucketmap create words -k 32 -v 8 && mkfifo /tmp/text || return 1
	bucketmap count-words words </tmp/text &
	exec 3>/tmp/text
	echo "one two three" >&3
	until_counting
	held
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

named_maps_refuse_removal() {
	insert && bucketmap create one -k 8 -v 8 && bucketmap create two -k 8 -v 8 && bucketmap put two key 1 &&
		held && bucketmap rm one && held && [ "$(bucketmap get two key)" = 1 ] && bucketmap rm two && remove
}

# At the time that the module is inserted, or later; and taken back.
removal_discards_maps_if_told_to() {
	insert discard_on_unload=1 && bucketmap create alone -k 8 -v 8 && remove &&
		insert && ! bucketmap info alone && bucketmap create alone -k 8 -v 8 && held &&
		discard Y && discard N && held && ! discard maybe && held && discard Y && remove
}

# The module is removed while a map grows in the background.
removal_stops_growth() {
	insert discard_on_unload=1 && bucketmap create growing -k 32 -v 8 -c 1 || return 1
	seq 1 3000 | tr 0-9 a-j | bucketmap count-words growing && remove
}

lifecycle() {
	check "insert, use, remove, ten times: nothing is left" cycles_leave_nothing
	check "an open device refuses removal" device_open_refuses_removal
	check "an open map refuses removal" map_open_refuses_removal
	check "named maps refuse removal, until the last is removed" named_maps_refuse_removal
	check "removal discards named maps if it is told to" removal_discards_maps_if_told_to
	check "removal just after growth" removal_stops_growth
	check "the module is gone" eval '! inserted'
	tap_plan
}

tap_group lifecycle lifecycle

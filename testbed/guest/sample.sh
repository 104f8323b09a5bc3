# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The sample user of the module, module/samples/packets.c: it counts packets over lo exactly, in softirq, on both CPUs, while
# its map grows and while it is read.

. /guest/tap.sh

load() { insmod /bucketmap.ko && insmod /packets.ko; }
unload() { rmmod packets && rmmod bucketmap; }
loaded() { grep -q "^$1 " /proc/modules; }

# send COUNT FROM TO: sends that many packets each way.
send() { ping -q -A -c "$1" -I "$2" "$3" >/dev/null; }

# shows COUNT NAME...: checks the output of "top".
shows() {
	printf '%s\t%s\n' "$@" >/tmp/expected
	bucketmap top packets -n 1000 | diff /tmp/expected -
}

needs_bucketmap() { ! insmod /packets.ko && ! loaded packets; }

each_packet_is_counted() {
	load && shows 0 others &&
		send 50 127.0.0.2 127.0.0.1 && send 20 127.0.0.3 127.0.0.2 &&
		shows 70 127.0.0.2 50 127.0.0.1 20 127.0.0.3 0 others
}

live() {
	ping -q -A -I 127.0.0.9 127.0.0.1 >/dev/null &
	sender=$!
	counts=0 last=0
	while [ $counts -lt 5 ]; do
		now=$(bucketmap get packets 127.0.0.9)
		[ "${now:-0}" = "$last" ] || counts=$((counts + 1))
		last=${now:-0}
	done
	kill $sender
}

belongs_to_root() {
	bucketmap info packets >/tmp/info
	grep -qx 'owner 0:0' /tmp/info && grep -qx 'mode 0644' /tmp/info
}

as_other_user() { su user -c "$*"; }

others_may_only_read() {
	mkdir -p /etc && echo 'user:x:1000:1000::/tmp:/bin/sh' >/etc/passwd && chmod 666 /dev/bucketmap &&
		as_other_user bucketmap get packets 127.0.0.3 && ! as_other_user bucketmap put packets 127.0.0.3 0 &&
		! as_other_user bucketmap rm packets && [ "$(bucketmap get packets 127.0.0.3)" = 20 ]
}

name_is_taken_once() {
	rmmod packets && bucketmap create packets -k 1 -v 1 && ! insmod /packets.ko && ! loaded packets &&
		[ "$(bucketmap info packets | grep key_size)" = "key_size 1" ] && bucketmap rm packets && insmod /packets.ko
}

map_of_other_user_is_not_used() {
	rmmod packets && as_other_user bucketmap create packets -k 16 -v 8 && ! insmod /packets.ko && ! loaded packets &&
		bucketmap rm packets && insmod /packets.ko
}

prepared_map_is_used() {
	rmmod packets && bucketmap create packets -k 16 -v 8 -K text -m 600 && insmod /packets.ko &&
		send 3 127.0.0.2 127.0.0.1 && rmmod packets && [ "$(bucketmap get packets 127.0.0.2)" = 3 ] &&
		bucketmap info packets | grep -qx 'mode 0600' && bucketmap rm packets && insmod /packets.ko
}

send_from_many() {
	for address in $(seq "$1" 2 200); do
		send 3 "127.1.$((address / 100)).$((address % 100 + 1))" 127.0.0.1 || return 1
	done
}

# A new address is counted under "others" if there is no free slot at that moment, so the sum is checked.
grows_in_softirq() {
	buckets=$(bucketmap info packets | awk '$1 == "buckets" { print $2 }')
	send_from_many 1 &
	send_from_many 2 && wait $! || return 1
	bucketmap scan packets >/tmp/packets
	bucketmap get packets others
	[ "$(awk '{ sum += $2 } END { print sum }' /tmp/packets)" = 1200 ] &&
		[ "$(bucketmap get packets 127.0.0.1)" = 600 ] &&
		[ "$(grep -c '^127\.1\..*	3$' /tmp/packets)" -ge 190 ] &&
		[ "$(bucketmap info packets | awk '$1 == "buckets" { print $2 }')" -gt "$buckets" ]
}

limited() {
	rmmod packets && insmod /packets.ko max_sources=2 &&
		send 10 127.0.0.2 127.0.0.1 && send 7 127.0.0.3 127.0.0.1 && send 5 127.0.0.4 127.0.0.5 &&
		shows 17 127.0.0.1 17 others 10 127.0.0.2
}

# vmalloced GROUP: memory of tables that is charged to the memcg, after the kernel has summed it up.
vmalloced() {
	sleep 3
	awk '$1 == "vmalloc" { print $2 }' "/sys/fs/cgroup/$1/memory.stat"
}

inside() { sh -c 'echo 0 >/sys/fs/cgroup/memcg/cgroup.procs && "$@"' sh "$@"; }

not_charged() {
	rmmod packets && mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo +memory >/sys/fs/cgroup/cgroup.subtree_control &&
		mkdir /sys/fs/cgroup/memcg && inside insmod /packets.ko && [ "$(vmalloced memcg)" = 0 ] &&
		inside bucketmap create charged -k 8 -v 8 && [ "$(vmalloced memcg)" -gt 0 ] &&
		bucketmap rm charged
	paid=$?
	rmdir /sys/fs/cgroup/memcg && umount /sys/fs/cgroup && return $paid
}

holds_bucketmap() { ! rmmod bucketmap && loaded bucketmap; }

removal_removes_the_name() {
	rmmod packets && ! bucketmap info packets && [ "$(bucketmap ls | wc -l)" = 1 ] && rmmod bucketmap
}

# When the tool sleeps on its input, it has its map open.
open_map_outlives_the_sample() {
	load && send 3 127.0.0.2 127.0.0.1 && mkfifo /tmp/words || return 1
	bucketmap count-words packets </tmp/words &
	exec 3>/tmp/words
	echo "one two three" >&3
	until [ "$(bucketmap get packets one 2>/dev/null)" = 1 ]; do
		sleep 0.1
	done
	rmmod packets && ! bucketmap info packets && ! rmmod bucketmap
	gone=$?
	echo "one two" >&3
	exec 3>&-
	wait $! && [ $gone = 0 ] && rmmod bucketmap
}

# Packets arrive on both CPUs while the sample is removed.
insert_and_remove_under_traffic() {
	ping -q -A -I 127.0.0.2 127.0.0.1 >/dev/null &
	senders=$!
	ping -q -A -I 127.0.0.3 127.0.0.1 >/dev/null &
	senders="$senders $!"
	for _ in 1 2 3 4; do
		load && unload || return 1
	done
	# shellcheck disable=SC2086 # a list
	kill $senders
}

sample() {
	ifconfig lo up
	check "the sample needs bucketmap" needs_bucketmap
	check "each packet is counted by its source" each_packet_is_counted
	check "the map is read while packets arrive" live
	check "the map belongs to root and has the given mode" belongs_to_root
	check "other users may only read" others_may_only_read
	check "a map of other sizes is not used" name_is_taken_once
	check "a map of another user is not used" map_of_other_user_is_not_used
	check "a map that root has created is used" prepared_map_is_used
	check "no packet is missed while the map grows" grows_in_softirq
	check "beyond the limit, addresses are counted together" limited
	check "the map is not charged" not_charged
	check "the sample holds bucketmap" holds_bucketmap
	check "removal removes the name" removal_removes_the_name
	check "an open map stays usable after removal" open_map_outlives_the_sample
	check "insertion and removal while packets arrive" insert_and_remove_under_traffic
	tap_plan
}

tap_group sample sample

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash source=testbed/guest/tap.sh
# The sample consumer, module/samples/packets.c: packets over lo are counted exactly, from softirq, on both CPUs, while
# its map grows, while people read it.

. /guest/tap.sh

load() { insmod /bucketmap.ko && insmod /packets.ko; }
unload() { rmmod packets && rmmod bucketmap; }
loaded() { grep -q "^$1 " /proc/modules; }

# send COUNT FROM TO: so many packets each way.
send() { ping -q -A -c "$1" -I "$2" "$3" >/dev/null; }

# What "top" is to print.
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

as_somebody() { su somebody -c "$*"; }

others_may_only_look() {
	mkdir -p /etc && echo 'somebody:x:1000:1000::/tmp:/bin/sh' >/etc/passwd && chmod 666 /dev/bucketmap &&
		as_somebody bucketmap get packets 127.0.0.3 && ! as_somebody bucketmap put packets 127.0.0.3 0 &&
		! as_somebody bucketmap rm packets && [ "$(bucketmap get packets 127.0.0.3)" = 20 ]
}

name_is_taken_once() {
	rmmod packets && bucketmap create packets -k 1 -v 1 && ! insmod /packets.ko && ! loaded packets &&
		[ "$(bucketmap info packets | grep key_size)" = "key_size 1" ] && bucketmap rm packets && insmod /packets.ko
}

somebodys_map_is_not_used() {
	rmmod packets && as_somebody bucketmap create packets -k 16 -v 8 && ! insmod /packets.ko && ! loaded packets &&
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

# An address that came just when there was no room is one of the others, so the sum is what must be right.
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

# vmalloced GROUP: memory of tables that is charged to it, once the kernel has added it up.
vmalloced() {
	sleep 3
	awk '$1 == "vmalloc" { print $2 }' "/sys/fs/cgroup/$1/memory.stat"
}

inside() { sh -c 'echo 0 >/sys/fs/cgroup/memcg/cgroup.procs && "$@"' sh "$@"; }

charged_to_nobody() {
	rmmod packets && mount -t cgroup2 cgroup2 /sys/fs/cgroup && echo +memory >/sys/fs/cgroup/cgroup.subtree_control &&
		mkdir /sys/fs/cgroup/memcg && inside insmod /packets.ko && [ "$(vmalloced memcg)" = 0 ] &&
		inside bucketmap create charged -k 8 -v 8 && [ "$(vmalloced memcg)" -gt 0 ] &&
		bucketmap rm charged
	paid=$?
	rmdir /sys/fs/cgroup/memcg && umount /sys/fs/cgroup && return $paid
}

bucketmap_is_held() { ! rmmod bucketmap && loaded bucketmap; }

name_goes_with_the_sample() {
	rmmod packets && ! bucketmap info packets && [ "$(bucketmap ls | wc -l)" = 1 ] && rmmod bucketmap
}

# The command has its map open when it has gone to sleep on its text.
open_map_outlives_the_sample() {
	load && send 3 127.0.0.2 127.0.0.1 && mkfifo /tmp/words || return 1
	bucketmap count packets </tmp/words &
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

# On both CPUs packets arrive while the sample goes.
comes_and_goes_under_traffic() {
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
	check "it needs bucketmap" needs_bucketmap
	check "each packet is counted, by its source" each_packet_is_counted
	check "it is read while packets come" live
	check "the map is root's, with the mode it was given" belongs_to_root
	check "others may look, and no more" others_may_only_look
	check "a map of other sizes is left alone" name_is_taken_once
	check "somebody else's map is not used" somebodys_map_is_not_used
	check "a map that root has prepared is used" prepared_map_is_used
	check "no packet is missed while the map grows" grows_in_softirq
	check "beyond its limit, others are counted together" limited
	check "the map is charged to nobody" charged_to_nobody
	check "it holds bucketmap" bucketmap_is_held
	check "the name goes with it" name_goes_with_the_sample
	check "who has the map open keeps it" open_map_outlives_the_sample
	check "it comes and goes while packets come" comes_and_goes_under_traffic
	tap_plan
}

tap_group sample sample

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# The kernel bench: writes commands to the bench module. rounds=N comes from the kernel's command line.

command=/sys/kernel/debug/bucketmap_bench
peers="bucketmap-xxh64 bucketmap-siphash rhashtable"
million=1000000

tell() { echo "$*" >$command && cat $command; }

# 1, and the number of CPUs.
thread_counts() { { echo 1 && nproc; } | sort -nu; }

# Each round starts with another table.
rotate() { peers="${peers#* } ${peers%% *}"; }

# workloads ENTRIES WORKLOAD...
workloads() {
	entries=$1
	shift
	for peer in $peers; do
		tell "fill $peer $entries" || return 1
	done
	for _ in $(seq "$rounds"); do
		for workload in "$@"; do
			for threads in $(thread_counts); do
				for peer in $peers; do
					tell "run $workload $peer $threads" || return 1
				done
			done
		done
		rotate
	done
}

growth() {
	for _ in $(seq "$rounds"); do
		for peer in $peers; do
			tell "grow $peer $million" || return 1
		done
		rotate
	done
}

memory() {
	for peer in $peers; do
		tell "memory $peer 4194304" || return 1
	done
}

insmod /bucketmap.ko && insmod /bucketmap_bench.ko && growth && workloads 1000 hit miss overwrite churn &&
	workloads $million hit miss overwrite insert churn && memory && rmmod bucketmap_bench && rmmod bucketmap

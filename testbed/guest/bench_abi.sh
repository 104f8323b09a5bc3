# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# The bench of system calls: writes commands to the program "abi". rounds=N comes from the kernel's command line.

tables="bucketmap-xxh64 bucketmap-siphash bpf"
million=1000000
batches="64 1024"

# Each round starts with another table.
rotate() { tables="${tables#* } ${tables%% *}"; }

each_table() {
	for table in $tables; do
		echo "run $1 $table $2"
	done
}

# BPF has no batches of lookups, but walks. Of LMDB and mapped maps, only lookups are measured.
round() {
	for processes in 1 2; do
		for workload in hit miss overwrite churn; do
			each_table $workload $processes
		done
		for batch in $batches; do
			for workload in overwrite walk; do
				each_table $workload "$processes $batch"
			done
			echo "run hit bucketmap-xxh64 $processes $batch"
			echo "run hit bucketmap-siphash $processes $batch"
			echo "run hit mapped $processes $batch"
		done
		for table in mapped lmdb; do
			echo "run hit $table $processes"
			echo "run miss $table $processes"
		done
	done
}

plan() {
	for table in $tables mapped lmdb; do
		echo "fill $table $million"
	done
	for _ in $(seq "$rounds"); do
		round
		rotate
	done
	for table in $tables; do
		echo "memory $table 4194304"
	done
}

insmod /bucketmap.ko && plan | /bin/abi && rmmod bucketmap

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The commands of the bench of system calls.
#
#	plan.sh ROUNDS

rounds=$1
million=1000000
tables=(bucketmap-xxh64 bucketmap-siphash bpf)

# each COMMAND TABLE...: the command for each table; "@" stands for it.
each() {
	local table
	for table in "${@:2}"; do
		echo "${1/@/$table}"
	done
}

# BPF has no batches of lookups, but walks. Of LMDB and mapped maps, only lookups are measured.
round() {
	local processes workload batch
	for processes in 1 2; do
		for workload in hit miss overwrite churn; do
			each "run $workload @ $processes" "${tables[@]}"
		done
		for batch in 64 1024; do
			each "run overwrite @ $processes $batch" "${tables[@]}"
			each "run walk @ $processes $batch" "${tables[@]}"
			each "run hit @ $processes $batch" bucketmap-xxh64 bucketmap-siphash mapped
		done
		each "run hit @ $processes" mapped lmdb
		each "run miss @ $processes" mapped lmdb
	done
}

each "fill @ $million" "${tables[@]}" mapped lmdb
while ((rounds-- > 0)); do
	round
	# Each round starts with another table.
	tables=("${tables[@]:1}" "${tables[0]}")
done
each "memory @ 4194304" "${tables[@]}"

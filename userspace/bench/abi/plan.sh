#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The commands of the bench of tables that processes share.
#
#	plan.sh ROUNDS vm	all tables
#	plan.sh ROUNDS native	those that need no module

rounds=$1
million=1000000
bpf=(bpf rhash)
others=(lmdb mutex redis memcached)
ours=() mapped=()
if [[ $2 == vm ]]; then
	ours=(bucketmap-xxh64 bucketmap-siphash) mapped=(mapped)
fi
tables=("${ours[@]}" "${bpf[@]}" "${others[@]}")

# each COMMAND TABLE...: the command for each table; "@" stands for it.
each() {
	local table
	for table in "${@:2}"; do
		echo "${1/@/$table}"
	done
}

# Of mapped maps, only lookups are measured. BPF cannot look up a batch of given keys, but walks.
round() {
	local processes batch
	for processes in 1 2; do
		each "run hit @ $processes" "${tables[@]}" "${mapped[@]}"
		each "run miss @ $processes" "${tables[@]}" "${mapped[@]}"
		each "run overwrite @ $processes" "${tables[@]}"
		each "run churn @ $processes" "${tables[@]}"
		for batch in 64 1024; do
			each "run overwrite @ $processes $batch" "${tables[@]}"
			each "run walk @ $processes $batch" "${ours[@]}" "${bpf[@]}"
			each "run hit @ $processes $batch" "${ours[@]}" "${mapped[@]}" "${others[@]}"
		done
	done
}

each "fill @ $million" "${tables[@]}" "${mapped[@]}"
each "check @ 2" "${tables[@]}"
while ((rounds-- > 0)); do
	round
	# Each round starts with another table.
	tables=("${tables[@]:1}" "${tables[0]}")
done
# rhash counts its entries, but not its buckets.
[[ $2 == native ]] || each "memory @ 4194304" "${ours[@]}" bpf

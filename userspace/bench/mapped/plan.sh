#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The commands of the bench of what mapped readers cost others.
#
#	plan.sh ROUNDS

rounds=$1
readers=(0 1 10 100)
companions=(none own live retired remap)

# Each round starts with another one.
echo "make 1000000"
for ((round = 0; round < 4 * rounds; round++)); do
	printf 'resize %s\n' "${readers[@]}"
	readers=("${readers[@]:1}" "${readers[0]}")
done
echo "fill 100000"
for ((round = 0; round < rounds; round++)); do
	printf 'write %s\n' "${companions[@]}"
	companions=("${companions[@]:1}" "${companions[0]}")
done

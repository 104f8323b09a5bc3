# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# The bench of what mapped readers cost others: writes commands to the program "mapped". rounds=N comes from the kernel's
# command line.

readers="0 1 10 100"
companions="none own live retired remap"

# Each round starts with another one.
rotate() { echo "$*" | sed 's/\([^ ]*\) \(.*\)/\2 \1/'; }

resizes() {
	echo "make 1000000"
	for _ in $(seq $((4 * rounds))); do
		for count in $readers; do
			echo "resize $count"
		done
		readers=$(rotate "$readers")
	done
}

stores() {
	echo "fill 100000"
	for _ in $(seq "$rounds"); do
		for companion in $companions; do
			echo "write $companion"
		done
		companions=$(rotate "$companions")
	done
}

insmod /bucketmap.ko && { resizes; stores; } | /bin/mapped && rmmod bucketmap

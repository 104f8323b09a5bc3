# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# If the kernel has kmemleak: checks that no memory has leaked.

leaks=/sys/kernel/debug/kmemleak
[ -e $leaks ] || exit 0

# kmemleak skips objects that are younger than five seconds, and the first scan may miss a pointer that is being moved.
sleep 6
echo scan >$leaks
echo scan >$leaks
if grep -q . $leaks; then
	cat $leaks
	exit 1
fi

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Where the kernel has kmemleak: nothing that was allocated may have been lost.

leaks=/sys/kernel/debug/kmemleak
[ -e $leaks ] || exit 0

# An object younger than five seconds is not looked at, and a pointer may be on its way in the first scan.
sleep 6
echo scan >$leaks
echo scan >$leaks
if grep -q . $leaks; then
	cat $leaks
	exit 1
fi

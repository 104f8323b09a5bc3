# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The kernels by name: 6.1, 6.12 and 6.12-rt (PREEMPT_RT) are Debian's, every other name is a flavour kunit/NAME.config
# of our own. To be sourced after common.sh.

is_debian_kernel() { [[ $1 == [0-9]* ]]; }

kernel() {
	if is_debian_kernel "$1"; then
		"$TESTBED/debian-kernel.sh" "$@"
	else
		"$TESTBED/own-kernel.sh" "$@"
	fi
}

kernel_headers() { kernel "$1" headers; }
kernel_image() { kernel "$1" image; }

kernel_arch() {
	if is_debian_kernel "$1"; then
		echo x86_64
	else
		kernel "$1" arch
	fi
}

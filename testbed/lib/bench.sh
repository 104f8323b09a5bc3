# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the benches that boot kernels have in common. To be sourced after common.sh.

export PYTHONDONTWRITEBYTECODE=1 VM_MEMORY=3072 BOOT_TIMEOUT=7200

# bench_rounds FORM: the number of rounds.
bench_rounds() {
	case $1 in
	short) echo 5 ;;
	long) echo 25 ;;
	*) die "'$1' is neither short nor long" ;;
	esac
}

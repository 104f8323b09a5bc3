# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Finds in a kernel log what a healthy kernel never says. To be sourced.

splat_patterns=(
	'BUG: '
	'WARNING: '
	'Oops'
	'Kernel panic'
	'kernel BUG at'
	'general protection fault'
	'Unable to handle kernel'
	'Call Trace:'
	'INFO: possible (recursive|circular|irq) '
	'INFO: (inconsistent lock state|suspicious RCU usage|trying to register non-static key)'
	'suspicious RCU usage'
	'INFO: task .* blocked for more than'
	'INFO: rcu.* (stall|detected)'
	'rcu: INFO: '
	'watchdog: BUG'
	'(KASAN|KCSAN|KMSAN|KFENCE|UBSAN|ODEBUG): '
	'scheduling while atomic'
	'sleeping function called from invalid context'
	'unreferenced object'
	'refcount_t: '
	'list_(add|del) corruption'
	'Out of memory: '
	'page allocation failure'
)

# Said by healthy kernels in an emulated machine.
harmless='WARNING: Unprivileged eBPF|kmemleak: Kernel memory leak detector'

# Kernels without bucketmap have data races as well: a report counts when one of its two functions is in the module.
foreign_race='KCSAN: [^[]*$'

# kernel_splats LOG: prints the lines, with their numbers; fails when there are none.
kernel_splats() {
	grep -anE "$(IFS='|'; echo "${splat_patterns[*]}")" "$1" | grep -avE "$harmless|$foreign_race"
}

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Finds warnings and errors in a kernel log. To be sourced.

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

# Messages of healthy kernels in an emulated machine.
harmless='WARNING: Unprivileged eBPF|kmemleak: Kernel memory leak detector'

# The kernel has data races of its own: a report counts only if one of its two functions is in the module.
foreign_race='KCSAN: [^[]*$'

# kernel_splats LOG: prints the lines with their numbers; fails if there are none.
kernel_splats() {
	grep -anE "$(IFS='|'; echo "${splat_patterns[*]}")" "$1" | grep -avE "$harmless|$foreign_race"
}

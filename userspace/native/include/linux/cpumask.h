/* SPDX-License-Identifier: GPL-2.0 */
/* A thread that uses maps is a CPU; those that are online are the real ones. */
#ifndef _NATIVE_LINUX_CPUMASK_H
#define _NATIVE_LINUX_CPUMASK_H

#include <unistd.h>

#include "native/thread.h"

#define for_each_possible_cpu(cpu) \
	for ((cpu) = 0; (cpu) < NATIVE_THREADS_MAX; (cpu)++)

#define smp_processor_id()	((unsigned int)native_thread)
#define migrate_disable()	do { } while (0)
#define migrate_enable()	do { } while (0)

#define NUMA_NO_NODE		(-1)

#define cpumask_local_spread(number, node)	(number)

/* sysconf() reads a file, so it is asked once. */
static inline unsigned int num_online_cpus(void)
{
	static unsigned int online;
	unsigned int cpus = __atomic_load_n(&online, __ATOMIC_RELAXED);

	if (!cpus) {
		cpus = sysconf(_SC_NPROCESSORS_ONLN);
		__atomic_store_n(&online, cpus, __ATOMIC_RELAXED);
	}
	return cpus;
}

#endif /* _NATIVE_LINUX_CPUMASK_H */

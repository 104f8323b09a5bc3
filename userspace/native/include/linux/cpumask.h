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

#define num_online_cpus()	((unsigned int)sysconf(_SC_NPROCESSORS_ONLN))

#endif /* _NATIVE_LINUX_CPUMASK_H */

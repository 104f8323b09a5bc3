/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clocks, and the CPUs that the process may use.
 */
#ifndef _BENCH_CPUS_H
#define _BENCH_CPUS_H

#include <sched.h>
#include <stdint.h>

uint64_t now_ns(void);
uint64_t thread_ns(void);
uint64_t process_ns(void);

cpu_set_t allowed_cpus(void);
int cpu_of(const cpu_set_t *allowed, unsigned int index);
void pin(unsigned int index);

#endif /* _BENCH_CPUS_H */

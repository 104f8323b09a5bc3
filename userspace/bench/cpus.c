// SPDX-License-Identifier: GPL-2.0
/*
 * The clocks, and the CPUs that the process may use.
 */
#include <err.h>
#include <time.h>

#include "cpus.h"

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* CPU time of the calling thread. */
uint64_t thread_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* CPU time of all threads of the process, those that have ended included. */
uint64_t process_ns(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

cpu_set_t allowed_cpus(void)
{
	cpu_set_t allowed;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		err(1, "sched_getaffinity");
	return allowed;
}

/* Returns the CPU with the number @index among those allowed. */
int cpu_of(const cpu_set_t *allowed, unsigned int index)
{
	int cpu;

	index %= CPU_COUNT(allowed);
	for (cpu = 0; !CPU_ISSET(cpu, allowed) || index--; cpu++)
		;
	return cpu;
}

/* Restricts the calling thread to that CPU. */
void pin(unsigned int index)
{
	const cpu_set_t allowed = allowed_cpus();
	int cpu = cpu_of(&allowed, index);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		err(1, "CPU %d", cpu);
}

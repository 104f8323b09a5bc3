// SPDX-License-Identifier: GPL-2.0
/*
 * Event counters: names and sums.
 */
#include <linux/cpumask.h>

#include "core/counters.h"

const char *const bm_counter_names[BM_NR_COUNTERS] = {
	[BM_LOOKUP_HITS]	= "lookup_hits",
	[BM_LOOKUP_MISSES]	= "lookup_misses",
	[BM_LOOKUP_RETRIES]	= "lookup_retries",
	[BM_LOOKUP_LOCKED]	= "lookup_locked",
	[BM_INSERTED]		= "inserted",
	[BM_OVERWRITTEN]	= "overwritten",
	[BM_DELETED]		= "deleted",
	[BM_REFUSED_FULL]	= "refused_full",
	[BM_REFUSED_MEMORY]	= "refused_memory",
	[BM_REFUSED_COLLISIONS]	= "refused_collisions",
	[BM_OVERFLOW_LINKED]	= "overflow_linked",
	[BM_OVERFLOW_UNLINKED]	= "overflow_unlinked",
	[BM_EVACUATED_BY_WORKER]	= "evacuated_by_worker",
	[BM_EVACUATED_BY_WRITERS]	= "evacuated_by_writers",
	[BM_EVACUATION_FAILED]	= "evacuation_failed",
};

/**
 * bm_counters_total() - add up a counter over all possible CPUs
 * @counters: the counters of a map
 * @counter: the counter
 *
 * Context: any.
 * Return: the sum; exact if there are no concurrent operations.
 */
u64 bm_counters_total(const struct bm_counters __percpu *counters,
		      enum bm_counter counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct bm_counters *one = per_cpu_ptr(counters, cpu);

		sum += READ_ONCE(one->anywhere[counter]) +
		       READ_ONCE(one->here[0][counter]) +
		       READ_ONCE(one->here[1][counter]);
	}
	return sum;
}

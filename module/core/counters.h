/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event counters of a map, one set for each CPU, so that counting never writes
 * to memory that another CPU uses.
 */
#ifndef _BM_CORE_COUNTERS_H
#define _BM_CORE_COUNTERS_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

/**
 * enum bm_counter - what is counted
 * @BM_LOOKUP_HITS: lookups that found their key
 * @BM_LOOKUP_MISSES: lookups that found it absent
 * @BM_LOOKUP_RETRIES: retries of lookups that met a writer
 * @BM_LOOKUP_LOCKED: lookups that took the bucket's lock after too many retries
 * @BM_INSERTED: entries made
 * @BM_OVERWRITTEN: values changed in an existing entry
 * @BM_DELETED: entries removed
 * @BM_REFUSED_FULL: inserts refused because of max_entries
 * @BM_REFUSED_MEMORY: inserts refused because memory is missing
 * @BM_REFUSED_COLLISIONS: inserts refused because too many keys collide
 * @BM_OVERFLOW_LINKED: overflow records linked to a chain
 * @BM_OVERFLOW_UNLINKED: overflow records returned to the pool by deletes
 * @BM_EVACUATED_BY_WORKER: buckets evacuated by the worker, or by an insert that
 *	grows a small table
 * @BM_EVACUATED_BY_WRITERS: buckets evacuated by writers, and by callers that
 *	wait for a resize
 * @BM_EVACUATION_FAILED: failed evacuations, for lack of memory
 * @BM_NR_COUNTERS: number of counters
 */
enum bm_counter {
	BM_LOOKUP_HITS,
	BM_LOOKUP_MISSES,
	BM_LOOKUP_RETRIES,
	BM_LOOKUP_LOCKED,
	BM_INSERTED,
	BM_OVERWRITTEN,
	BM_DELETED,
	BM_REFUSED_FULL,
	BM_REFUSED_MEMORY,
	BM_REFUSED_COLLISIONS,
	BM_OVERFLOW_LINKED,
	BM_OVERFLOW_UNLINKED,
	BM_EVACUATED_BY_WORKER,
	BM_EVACUATED_BY_WRITERS,
	BM_EVACUATION_FAILED,
	BM_NR_COUNTERS,
};

/**
 * struct bm_counters - the counters of one CPU
 * @anywhere: counted by bm_count()
 * @here: counted by bm_count_here(): [0] outside of softirqs, [1] in softirqs
 */
struct bm_counters {
	u64 anywhere[BM_NR_COUNTERS];
	u64 here[2][BM_NR_COUNTERS];
};

#define bm_count(map, counter) \
	this_cpu_inc((map)->counters->anywhere[counter])

/*
 * For frequent events, where preemption is disabled without PREEMPT_RT. On many
 * machines this is much faster than bm_count(): it can only be interrupted by
 * softirqs, which have their own set of counters. On PREEMPT_RT the caller can
 * be preempted, so it is bm_count().
 */
#define bm_count_here(map, counter) do {				\
	if (IS_ENABLED(CONFIG_PREEMPT_RT))				\
		bm_count(map, counter);					\
	else								\
		__this_cpu_inc((map)->counters->			\
			       here[!!in_serving_softirq()][counter]);	\
} while (0)

extern const char *const bm_counter_names[BM_NR_COUNTERS];

u64 bm_counters_total(const struct bm_counters __percpu *counters,
		      enum bm_counter counter);

#endif /* _BM_CORE_COUNTERS_H */

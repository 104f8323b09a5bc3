/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workloads on a table that holds a number of entries already. They leave it
 * as it was.
 */
#ifndef _BENCH_ABI_WORKLOAD_H
#define _BENCH_ABI_WORKLOAD_H

#include "table.h"

/* Operations between two looks at the clock, at least. */
#define SLICE_OPERATIONS	64

/* So many removed keys are kept by "churn". */
#define CHURN_KEYS	4096

/**
 * struct worker - a process of a measurement
 * @table: the table
 * @processes: how many there are
 * @index: the process's number
 * @batch: entries of a batch
 * @random: state of its random numbers, not 0
 * @walk: what it walks with, or has its batches in
 * @removed: "churn": keys that it has removed, a ring
 * @oldest: the oldest of them
 * @missed: operations that did not find the table as it must be
 */
struct worker {
	const struct table *table;
	uint32_t processes;
	uint32_t index;
	uint32_t batch;
	uint64_t random;
	struct walk walk;
	uint64_t removed[CHURN_KEYS];
	uint32_t oldest;
	uint64_t missed;
};

/**
 * struct workload - what the processes do
 * @name: as in the results
 * @batched: the size of its batches follows its name
 * @prepare: before the first slice, or NULL
 * @slice: SLICE_OPERATIONS operations or more; returns how many
 * @restore: afterwards, or NULL
 */
struct workload {
	const char *name;
	bool batched;
	void (*prepare)(struct worker *worker);
	uint32_t (*slice)(struct worker *worker);
	void (*restore)(struct worker *worker);
};

const struct workload *workload_find(const char *name, bool batched);

#endif /* _BENCH_ABI_WORKLOAD_H */

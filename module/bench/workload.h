/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workloads on a table that holds a number of entries already. They leave it
 * as it was.
 */
#ifndef _BENCH_WORKLOAD_H
#define _BENCH_WORKLOAD_H

#include "peer.h"

/* Operations between two looks at the clock. */
#define SLICE_OPERATIONS	512

/**
 * struct worker - a thread of a measurement
 * @peer: kind of the table
 * @table: the table
 * @entries: entries that it holds, numbered from 0
 * @threads: how many there are
 * @index: the thread's number
 * @random: state of its random numbers, not 0
 * @made: "insert": entries that it made
 * @removed: "churn": keys that it has removed, a ring
 * @oldest: the oldest of them
 * @length: how many there are
 * @missed: operations that did not find the table as it must be
 */
struct worker {
	const struct bench_peer *peer;
	void *table;
	u64 entries;
	u32 threads;
	u32 index;
	u64 random;
	u64 made;
	u64 *removed;
	u32 oldest;
	u32 length;
	u64 missed;
};

/**
 * struct workload - what the threads do
 * @name: as in the results
 * @prepare: before the first slice, or NULL; returns 0 or a negative errno
 * @slice: SLICE_OPERATIONS operations
 * @restore: afterwards, or NULL
 */
struct workload {
	const char *name;
	int (*prepare)(struct worker *worker);
	void (*slice)(struct worker *worker);
	void (*restore)(struct worker *worker);
};

const struct workload *workload_find(const char *name);

#endif /* _BENCH_WORKLOAD_H */

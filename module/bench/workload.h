/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workloads on a table that already holds a number of entries. They restore the
 * table when they end. The kernel bench and the bench of system calls share this
 * file, so it compiles in both.
 */
#ifndef _BENCH_WORKLOAD_H
#define _BENCH_WORKLOAD_H

#include "peer.h"

/* Operations between two readings of the clock. A system call takes longer than a function call. */
#ifdef __KERNEL__
#define SLICE_OPERATIONS	512
#else
#define SLICE_OPERATIONS	64
#endif

struct walk;

/**
 * struct worker - a thread or process of a measurement
 * @peer: kind of the table
 * @table: the table
 * @entries: entries in the table, numbered from 0
 * @workers: number of workers
 * @index: number of this worker, from 0
 * @random: state of random_next()
 * @made: "insert": number of entries that it made
 * @removed: "churn": ring of the keys that it has removed
 * @oldest: index of the oldest of them
 * @length: length of the ring
 * @batch: entries in a batch (system calls only)
 * @walk: the batch, or the state of a walk (system calls only)
 * @missed: number of operations that did not find the table as expected
 */
struct worker {
	const struct bench_peer *peer;
	void *table;
	uint64_t entries;
	uint32_t workers;
	uint32_t index;
	uint64_t random;
	uint64_t made;
	uint64_t *removed;
	uint32_t oldest;
	uint32_t length;
	uint32_t batch;
	struct walk *walk;
	uint64_t missed;
};

/**
 * struct workload - what the workers do
 * @name: name in the results
 * @batched: it works in batches, and the batch size follows its name
 * @prepare: called before the first slice, or NULL; returns 0 or a negative errno
 * @slice: does SLICE_OPERATIONS operations or more, and returns how many
 * @restore: called after the last slice, or NULL
 */
struct workload {
	const char *name;
	bool batched;
	int (*prepare)(struct worker *worker);
	uint32_t (*slice)(struct worker *worker);
	void (*restore)(struct worker *worker);
};

#endif /* _BENCH_WORKLOAD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workloads on a table that holds a number of entries already. They leave it
 * as it was.
 */
#ifndef _BENCH_WORKLOAD_H
#define _BENCH_WORKLOAD_H

#include "keys.h"
#include "peer.h"

/* Processors fetch lines in pairs. */
#define BENCH_LINES	128

/* Calls between two looks at the clock. */
#define BURST	256

struct workload;

/**
 * struct run - a measurement of a workload
 * @workload: the workload
 * @peer: kind of the table
 * @table: the table
 * @entries: entries that it holds, numbered from 0
 * @ranks: for keys_init()
 * @threads: how many there are
 * @nanoseconds: how long each works
 * @newest: the next number to be inserted, for all threads together
 * @operations: out: how many were done
 * @missed: out: those that did not find the table as it must be
 */
struct run {
	const struct workload *workload;
	const struct bench_peer *peer;
	void *table;
	uint64_t entries;
	const uint32_t *ranks;
	unsigned int threads;
	uint64_t nanoseconds;
	uint64_t newest;
	uint64_t operations;
	uint64_t missed;
};

/**
 * struct worker - a thread's part of it, in cache lines of its own
 * @run: the measurement
 * @index: the thread's number
 * @keys: chooses its keys
 * @removed: entries that a thread of "churn" has removed, a ring
 * @oldest: the oldest of them
 * @length: how many there are
 * @missed: see &struct run
 */
struct worker {
	struct run *run;
	unsigned int index;
	struct keys keys;
	uint64_t *removed;
	uint64_t oldest;
	uint64_t length;
	uint64_t missed;
} __attribute__((__aligned__(BENCH_LINES)));

/**
 * struct workload - what the threads do
 * @name: as in the results
 * @reads: of 256 operations, so many are lookups
 * @prepare: before the start, or NULL
 * @burst: BURST operations
 * @restore: afterwards, or NULL
 */
struct workload {
	const char *name;
	unsigned int reads;
	void (*prepare)(struct worker *worker);
	void (*burst)(struct worker *worker);
	void (*restore)(struct worker *worker);
};

void mix_burst(struct worker *worker);
void modify_burst(struct worker *worker);
void latest_burst(struct worker *worker);
void latest_restore(struct worker *worker);
void batch_prepare(struct worker *worker);
void batch_burst(struct worker *worker);
void churn_prepare(struct worker *worker);
void churn_burst(struct worker *worker);
void churn_restore(struct worker *worker);

const struct workload *workload_find(const char *name);
double workload_run(struct run *run);
void sizes_run(const struct bench_peer *peer, unsigned int key_size, unsigned int value_size,
	       uint64_t entries, double seconds);

#endif /* _BENCH_WORKLOAD_H */

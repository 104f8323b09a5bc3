/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Workloads on a table that already holds a number of entries. They restore the
 * table when they end.
 */
#ifndef _BENCH_WORKLOAD_H
#define _BENCH_WORKLOAD_H

#include "keys.h"
#include "peer.h"

/* Two cache lines: processors fetch lines in pairs. */
#define BENCH_LINES	128

/* Operations between two readings of the clock. */
#define BURST	256

struct workload;

/**
 * struct run - a measurement of a workload
 * @workload: the workload
 * @peer: kind of the table
 * @table: the table
 * @entries: number of its entries, which are numbered from 0
 * @keys: how keys are chosen
 * @ranks: for keys_init()
 * @threads: number of threads
 * @nanoseconds: how long each thread works
 * @newest: the next number to be inserted, shared by all threads
 * @operations: out: number of operations
 * @missed: out: number of operations that did not find the table as expected
 */
struct run {
	const struct workload *workload;
	const struct bench_peer *peer;
	void *table;
	uint64_t entries;
	enum keys_kind keys;
	const uint32_t *ranks;
	unsigned int threads;
	uint64_t nanoseconds;
	uint64_t newest;
	uint64_t operations;
	uint64_t missed;
};

/**
 * struct worker - the part of one thread, in cache lines of its own
 * @run: the measurement
 * @index: number of the thread
 * @keys: its choice of keys
 * @removed: "churn": ring of the keys that the thread has removed
 * @oldest: index of the oldest of them
 * @length: length of the ring
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
 * @name: name in the results
 * @reads: number of lookups in 256 operations
 * @prepare: called before the start, or NULL
 * @burst: does BURST operations
 * @restore: called after the end, or NULL
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

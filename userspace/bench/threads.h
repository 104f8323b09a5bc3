/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that run the same function at the same time, each pinned to a CPU.
 */
#ifndef _BENCH_THREADS_H
#define _BENCH_THREADS_H

#include <stdint.h>

#include "peer.h"

struct threads;

/**
 * struct member - a thread of a group
 * @group: the group
 * @index: its number in the group, from 0
 * @began: time at which it started, in nanoseconds; @work may set it again
 * @ended: time at which it ended
 * @busy: its CPU time, in nanoseconds
 */
struct member {
	struct threads *group;
	unsigned int index;
	uint64_t began;
	uint64_t ended;
	uint64_t busy;
};

/**
 * struct threads - a group of threads
 * @threads: number of threads
 * @peer: kind of the table that they use
 * @prepare: called before the start, or NULL
 * @work: the function that is measured
 * @finish: called when all threads have ended @work, or NULL
 * @context: for these three
 * @arrived: number of arrivals at the barriers
 * @seconds: out: from the first start to the last end
 * @others: out: CPU time of the other threads of the process, in nanoseconds
 */
struct threads {
	unsigned int threads;
	const struct bench_peer *peer;
	void (*prepare)(struct member *member);
	void (*work)(struct member *member);
	void (*finish)(struct member *member);
	void *context;
	unsigned int arrived;
	double seconds;
	uint64_t others;
};

void threads_run(struct threads *group);

#endif /* _BENCH_THREADS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that do the same at the same time, each on a CPU of its own.
 */
#ifndef _BENCH_THREADS_H
#define _BENCH_THREADS_H

#include <stdint.h>

#include "peer.h"

struct threads;

/**
 * struct member - a thread of a group
 * @group: the group
 * @index: its number in it
 * @began: when it left the start line, in nanoseconds; @work may set it anew
 * @ended: when it was done
 * @busy: how long it has worked in all, in nanoseconds
 */
struct member {
	struct threads *group;
	unsigned int index;
	uint64_t began;
	uint64_t ended;
	uint64_t busy;
};

/**
 * struct threads - threads, and what they do
 * @threads: how many
 * @peer: the table that they use
 * @prepare: before the start, or NULL
 * @work: what is measured
 * @finish: when all have done that, or NULL
 * @context: for these three
 * @arrived: at the line that they wait at
 * @seconds: out: from the first to begin to the last to end
 * @others: out: nanoseconds that other threads of the process have worked
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

// SPDX-License-Identifier: GPL-2.0
/*
 * The reads of mix.c in batches, for tables that have batches. A batch in which a
 * key is missing counts as one miss.
 */
#include <assert.h>
#include <err.h>

#include "workload.h"

static_assert(!(BURST % BENCH_BATCH), "a burst is a number of batches");

void batch_prepare(struct worker *worker)
{
	const struct bench_peer *peer = worker->run->peer;

	if (!peer->lookup_batch)
		errx(1, "%s has no batches", peer->name);
}

void batch_burst(struct worker *worker)
{
	const struct bench_peer *peer = worker->run->peer;
	uint64_t keys[BENCH_BATCH], values[BENCH_BATCH];
	void *table = worker->run->table;

	for (int done = 0; done < BURST; done += BENCH_BATCH) {
		for (int i = 0; i < BENCH_BATCH; i++) {
			uint64_t random = random_next(&worker->keys.random);

			keys[i] = key_of(number_next(&worker->keys, random));
		}
		worker->missed += !peer->lookup_batch(table, keys, values, BENCH_BATCH);
	}
}

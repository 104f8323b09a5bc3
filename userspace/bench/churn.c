// SPDX-License-Identifier: GPL-2.0
/*
 * Deletes and inserts in turn: a thread removes a random entry, and inserts the
 * one that it removed the longest time ago. So most entries are present at any
 * time, and both operations access memory that was not used recently.
 *
 * Each thread has the numbers that equal its own, modulo the number of threads.
 * At any time, a sixteenth of them is removed.
 */
#include <err.h>
#include <stdlib.h>

#include "workload.h"

static uint64_t own_random_key(struct worker *worker)
{
	unsigned int threads = worker->run->threads;
	uint64_t random = random_next(&worker->keys.random);

	return key_of(random_below(random, worker->run->entries / threads) * threads +
		      worker->index);
}

static void insert_oldest(struct worker *worker)
{
	struct run *run = worker->run;

	worker->missed += !run->peer->insert(run->table, worker->removed[worker->oldest], 1);
}

void churn_prepare(struct worker *worker)
{
	struct run *run = worker->run;

	worker->length = run->entries / run->threads / 16;
	worker->removed = calloc(worker->length, sizeof(*worker->removed));
	if (!worker->removed)
		err(1, "churn");
	for (uint64_t i = 0; i < worker->length;) {
		uint64_t key = own_random_key(worker);

		if (run->peer->remove(run->table, key))
			worker->removed[i++] = key;
	}
	worker->oldest = 0;
}

void churn_burst(struct worker *worker)
{
	struct run *run = worker->run;

	for (int i = 0; i < BURST / 2; i++) {
		uint64_t key = own_random_key(worker);

		/* A key that is in the ring is not in the table: one in sixteen. */
		if (!run->peer->remove(run->table, key))
			continue;
		insert_oldest(worker);
		worker->removed[worker->oldest] = key;
		worker->oldest = (worker->oldest + 1) % worker->length;
	}
}

void churn_restore(struct worker *worker)
{
	for (worker->oldest = 0; worker->oldest < worker->length; worker->oldest++)
		insert_oldest(worker);
	free(worker->removed);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slices of the workloads that the kernel bench and the bench of system
 * calls share. Each includes this file once.
 */
#ifndef _BENCH_SLICES_H
#define _BENCH_SLICES_H

#include "random.h"
#include "workload.h"

static uint64_t random_key(struct worker *worker)
{
	return key_of(random_next_below(&worker->random, worker->entries));
}

static uint32_t hit_slice(struct worker *worker)
{
	uint64_t value;
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++)
		worker->missed += !worker->peer->lookup(worker->table, random_key(worker), &value);
	return SLICE_OPERATIONS;
}

static uint32_t miss_slice(struct worker *worker)
{
	uint64_t value;
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++) {
		uint64_t number = random_next_below(&worker->random, worker->entries);
		uint64_t key = key_of(worker->entries + number);

		worker->missed += worker->peer->lookup(worker->table, key, &value);
	}
	return SLICE_OPERATIONS;
}

static uint32_t overwrite_slice(struct worker *worker)
{
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++)
		worker->missed += !worker->peer->store(worker->table, random_key(worker), i);
	return SLICE_OPERATIONS;
}

/* "churn": each worker has entries of its own. */
static uint64_t own_random_key(struct worker *worker)
{
	uint64_t number = random_next_below(&worker->random, worker->entries / worker->workers);

	return key_of(number * worker->workers + worker->index);
}

static void insert_oldest(struct worker *worker)
{
	uint64_t key = worker->removed[worker->oldest];

	worker->missed += !worker->peer->insert(worker->table, key, 1);
}

/* Fills the ring, whose array and length are set. */
static void churn_remove(struct worker *worker)
{
	uint32_t i = 0;

	while (i < worker->length) {
		uint64_t key = own_random_key(worker);

		if (worker->peer->remove(worker->table, key))
			worker->removed[i++] = key;
	}
	worker->oldest = 0;
}

/* Removes a random entry and inserts the one that was removed the longest time ago. */
static uint32_t churn_slice(struct worker *worker)
{
	int i = 0;

	while (i < SLICE_OPERATIONS) {
		uint64_t key = own_random_key(worker);

		/* A key that is in the ring is not in the table. */
		if (!worker->peer->remove(worker->table, key))
			continue;
		insert_oldest(worker);
		worker->removed[worker->oldest] = key;
		worker->oldest = (worker->oldest + 1) % worker->length;
		i += 2;
	}
	return SLICE_OPERATIONS;
}

static void churn_insert(struct worker *worker)
{
	for (worker->oldest = 0; worker->oldest < worker->length; worker->oldest++)
		insert_oldest(worker);
}

#endif /* _BENCH_SLICES_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads. To add one, add a row to the table.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench/slices.h"
#include "processes.h"

/* Removed keys that "churn" keeps. */
#define CHURN_KEYS	512

static int churn_prepare(struct worker *worker)
{
	worker->length = CHURN_KEYS;
	worker->removed = calloc(CHURN_KEYS, sizeof(*worker->removed));
	if (!worker->removed)
		return -ENOMEM;
	churn_remove(worker);
	return 0;
}

static void choose_batch(struct worker *worker)
{
	for (uint32_t i = 0; i < worker->batch; i++)
		worker->walk->keys[i] = random_key(worker);
}

static uint32_t batch_slice(struct worker *worker, bool (*operate)(struct worker *worker))
{
	uint32_t done = 0;

	for (; done < SLICE_OPERATIONS; done += worker->batch) {
		choose_batch(worker);
		worker->missed += !operate(worker);
	}
	return done;
}

static bool lookup_batch(struct worker *worker)
{
	const struct table *table = worker->table;

	return table->operations->lookup_batch(table, worker->walk->keys, worker->walk->values,
					       worker->batch);
}

static uint32_t hit_batch_slice(struct worker *worker)
{
	return batch_slice(worker, lookup_batch);
}

static bool store_batch(struct worker *worker)
{
	const struct table *table = worker->table;

	return table->operations->store_batch(table, worker->walk->keys, worker->walk->values,
					      worker->batch);
}

static uint32_t overwrite_batch_slice(struct worker *worker)
{
	return batch_slice(worker, store_batch);
}

static uint32_t walk_slice(struct worker *worker)
{
	const struct table *table = worker->table;
	uint32_t done = 0;

	while (done < SLICE_OPERATIONS)
		done += table->operations->walk(table, worker->walk, worker->batch);
	return done;
}

/* Does each operation on a key of its own, and returns whether the table has obeyed. */
static bool obeys(struct worker *worker)
{
	const struct bench_peer *peer = worker->peer;
	uint64_t key = own_random_key(worker), value = worker->random, found = 0;
	void *table = worker->table;

	return peer->store(table, key, value) && !peer->insert(table, key, 0) &&
	       peer->lookup(table, key, &found) && found == value && peer->remove(table, key) &&
	       !peer->lookup(table, key, &found) && !peer->remove(table, key) &&
	       peer->insert(table, key, value + 1) && peer->lookup(table, key, &found) &&
	       found == value + 1;
}

/* The same for batches, which some tables do not have. A key may be there twice. */
static bool obeys_batches(struct worker *worker)
{
	const struct operations *operations = ((const struct table *)worker->table)->operations;
	struct walk *walk = worker->walk;
	uint64_t found = 0;

	for (uint32_t i = 0; i < BATCH_MAX; i++) {
		walk->keys[i] = own_random_key(worker);
		walk->values[i] = ~walk->keys[i];
		if (!worker->peer->lookup(worker->table, walk->keys[i], &found))
			return false;
	}
	if (!operations->store_batch(worker->table, walk->keys, walk->values, BATCH_MAX))
		return false;
	memset(walk->values, 0, sizeof(walk->values));
	if (operations->lookup_batch &&
	    !operations->lookup_batch(worker->table, walk->keys, walk->values, BATCH_MAX))
		return false;
	for (uint32_t i = 0; i < BATCH_MAX; i++)
		if (!worker->peer->lookup(worker->table, walk->keys[i], &found) ||
		    found != ~walk->keys[i] ||
		    (operations->lookup_batch && walk->values[i] != found))
			return false;
	return true;
}

/* Not to be measured: shows that the tables do what the other workloads expect. */
static uint32_t check_slice(struct worker *worker)
{
	for (int i = 0; i < SLICE_OPERATIONS; i++)
		worker->missed += !obeys(worker);
	worker->missed += !obeys_batches(worker);
	return SLICE_OPERATIONS;
}

static const struct workload workloads[] = {
	{ .name = "check", .slice = check_slice },
	{ .name = "hit", .slice = hit_slice },
	{ .name = "miss", .slice = miss_slice },
	{ .name = "overwrite", .slice = overwrite_slice },
	{
		.name = "churn",
		.prepare = churn_prepare,
		.slice = churn_slice,
		.restore = churn_insert,
	},
	{ .name = "hit", .batched = true, .slice = hit_batch_slice },
	{ .name = "overwrite", .batched = true, .slice = overwrite_batch_slice },
	{ .name = "walk", .batched = true, .slice = walk_slice },
};

/* Returns NULL if there is none. */
const struct workload *workload_find(const char *name, bool batched)
{
	for (size_t i = 0; i < sizeof(workloads) / sizeof(*workloads); i++)
		if (!strcmp(workloads[i].name, name) && workloads[i].batched == batched)
			return &workloads[i];
	return NULL;
}

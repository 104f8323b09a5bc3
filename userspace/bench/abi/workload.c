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
#define CHURN_KEYS	4096

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

static const struct workload workloads[] = {
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

// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads. Another one is another line in the table.
 */
#include <string.h>

#include "workload.h"

/* Marsaglia's xorshift64, mapped to numbers below @bound, of 32 bits, by its top bits. */
static uint64_t random_below(struct worker *worker, uint64_t bound)
{
	uint64_t random = worker->random;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	worker->random = random;
	return (random >> 32) * bound >> 32;
}

static uint64_t random_key(struct worker *worker)
{
	return key_of(random_below(worker, worker->table->entries));
}

static uint32_t hit_slice(struct worker *worker)
{
	const struct table *table = worker->table;
	uint64_t value;

	for (int i = 0; i < SLICE_OPERATIONS; i++)
		worker->missed += !table->operations->lookup(table, random_key(worker), &value);
	return SLICE_OPERATIONS;
}

static uint32_t miss_slice(struct worker *worker)
{
	const struct table *table = worker->table;
	uint64_t value;

	for (int i = 0; i < SLICE_OPERATIONS; i++) {
		uint64_t key = key_of(table->entries + random_below(worker, table->entries));

		worker->missed += table->operations->lookup(table, key, &value);
	}
	return SLICE_OPERATIONS;
}

static uint32_t overwrite_slice(struct worker *worker)
{
	const struct table *table = worker->table;

	for (int i = 0; i < SLICE_OPERATIONS; i++)
		worker->missed += !table->operations->store(table, random_key(worker), i);
	return SLICE_OPERATIONS;
}

/* Each process has entries of its own. */
static uint64_t own_random_key(struct worker *worker)
{
	uint64_t number = random_below(worker, worker->table->entries / worker->processes);

	return key_of(number * worker->processes + worker->index);
}

static void insert_oldest(struct worker *worker)
{
	const struct table *table = worker->table;

	worker->missed += !table->operations->insert(table, worker->removed[worker->oldest], 1);
}

static void churn_prepare(struct worker *worker)
{
	for (int i = 0; i < CHURN_KEYS;) {
		uint64_t key = own_random_key(worker);

		if (worker->table->operations->remove(worker->table, key))
			worker->removed[i++] = key;
	}
	worker->oldest = 0;
}

/* Removes a random entry and inserts the one that was removed longest ago. */
static uint32_t churn_slice(struct worker *worker)
{
	for (int i = 0; i < SLICE_OPERATIONS;) {
		uint64_t key = own_random_key(worker);

		/* What is removed already is no entry. */
		if (!worker->table->operations->remove(worker->table, key))
			continue;
		insert_oldest(worker);
		worker->removed[worker->oldest] = key;
		worker->oldest = (worker->oldest + 1) % CHURN_KEYS;
		i += 2;
	}
	return SLICE_OPERATIONS;
}

static void churn_restore(struct worker *worker)
{
	for (worker->oldest = 0; worker->oldest < CHURN_KEYS; worker->oldest++)
		insert_oldest(worker);
}

static void choose_batch(struct worker *worker)
{
	for (uint32_t i = 0; i < worker->batch; i++)
		worker->walk.keys[i] = random_key(worker);
}

static uint32_t lookup_batch_slice(struct worker *worker)
{
	const struct table *table = worker->table;
	struct walk *walk = &worker->walk;
	uint32_t done = 0;

	for (; done < SLICE_OPERATIONS; done += worker->batch) {
		choose_batch(worker);
		worker->missed += !table->operations->lookup_batch(table, walk->keys, walk->values,
								   worker->batch);
	}
	return done;
}

static uint32_t overwrite_batch_slice(struct worker *worker)
{
	const struct table *table = worker->table;
	struct walk *walk = &worker->walk;
	uint32_t done = 0;

	for (; done < SLICE_OPERATIONS; done += worker->batch) {
		choose_batch(worker);
		worker->missed += !table->operations->store_batch(table, walk->keys, walk->values,
								  worker->batch);
	}
	return done;
}

static uint32_t walk_slice(struct worker *worker)
{
	const struct table *table = worker->table;
	uint32_t done = 0;

	while (done < SLICE_OPERATIONS)
		done += table->operations->walk(table, &worker->walk, worker->batch);
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
		.restore = churn_restore,
	},
	{ .name = "hit", .batched = true, .slice = lookup_batch_slice },
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

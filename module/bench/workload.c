// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads. Another one is another line in the table.
 */
#include <linux/array_size.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "workload.h"

/* So many of the entries are removed while "churn" runs. */
#define CHURN_PART	16

/*
 * Marsaglia's xorshift64, mapped to numbers below @bound, of 32 bits, by its top
 * bits. All that is done here beside the lookup takes room in the processor that
 * the next lookup could have begun in.
 */
static u64 random_below(struct worker *worker, u64 bound)
{
	u64 random = worker->random;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	worker->random = random;
	return (random >> 32) * bound >> 32;
}

static void hit_slice(struct worker *worker)
{
	u64 value;
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++) {
		u64 key = key_of(random_below(worker, worker->entries));

		worker->missed += !worker->peer->lookup(worker->table, key, &value);
	}
}

static void miss_slice(struct worker *worker)
{
	u64 value;
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++) {
		u64 number = worker->entries + random_below(worker, worker->entries);

		worker->missed += worker->peer->lookup(worker->table, key_of(number), &value);
	}
}

static void overwrite_slice(struct worker *worker)
{
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++) {
		u64 key = key_of(random_below(worker, worker->entries));

		worker->missed += !worker->peer->store(worker->table, key, i);
	}
}

/* Each thread has numbers of its own beyond those of the entries. */
static u64 new_key(const struct worker *worker, u64 number)
{
	return key_of(worker->entries + number * worker->threads + worker->index);
}

static void insert_slice(struct worker *worker)
{
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++) {
		u64 key = new_key(worker, worker->made++);

		worker->missed += !worker->peer->insert(worker->table, key, i);
	}
}

static void insert_restore(struct worker *worker)
{
	while (worker->made) {
		u64 key = new_key(worker, --worker->made);

		worker->missed += !worker->peer->remove(worker->table, key);
	}
}

/* Each thread has entries of its own. */
static u64 own_random_key(struct worker *worker)
{
	u64 number = random_below(worker, div_u64(worker->entries, worker->threads));

	return key_of(number * worker->threads + worker->index);
}

static void insert_oldest(struct worker *worker)
{
	u64 key = worker->removed[worker->oldest];

	worker->missed += !worker->peer->insert(worker->table, key, 1);
}

static int churn_prepare(struct worker *worker)
{
	u32 i = 0;

	worker->length = div_u64(worker->entries, worker->threads * CHURN_PART);
	worker->removed = kvcalloc(worker->length, sizeof(u64), GFP_KERNEL);
	if (!worker->removed)
		return -ENOMEM;
	while (i < worker->length) {
		u64 key = own_random_key(worker);

		if (worker->peer->remove(worker->table, key))
			worker->removed[i++] = key;
	}
	worker->oldest = 0;
	return 0;
}

/* Removes a random entry and inserts the one that was removed longest ago. */
static void churn_slice(struct worker *worker)
{
	int i = 0;

	while (i < SLICE_OPERATIONS) {
		u64 key = own_random_key(worker);

		/* What is removed already is no entry. */
		if (!worker->peer->remove(worker->table, key))
			continue;
		insert_oldest(worker);
		worker->removed[worker->oldest] = key;
		worker->oldest = (worker->oldest + 1) % worker->length;
		i += 2;
	}
}

static void churn_restore(struct worker *worker)
{
	for (worker->oldest = 0; worker->oldest < worker->length; worker->oldest++)
		insert_oldest(worker);
	kvfree(worker->removed);
}

static const struct workload workloads[] = {
	{ .name = "hit", .slice = hit_slice },
	{ .name = "miss", .slice = miss_slice },
	{ .name = "overwrite", .slice = overwrite_slice },
	{ .name = "insert", .slice = insert_slice, .restore = insert_restore },
	{
		.name = "churn",
		.prepare = churn_prepare,
		.slice = churn_slice,
		.restore = churn_restore,
	},
};

/**
 * workload_find() - the workload of a name
 * @name: the name
 *
 * Return: the workload, or NULL if there is none.
 */
const struct workload *workload_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(workloads); i++)
		if (!strcmp(workloads[i].name, name))
			return &workloads[i];
	return NULL;
}

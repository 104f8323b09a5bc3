// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads. To add one, add a row to the table.
 */
#include <linux/array_size.h>
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "slices.h"
#include "threads.h"

/* While "churn" runs, one entry in CHURN_PART is removed. */
#define CHURN_PART	16

/* "insert": each thread has numbers of its own, above those of the entries. */
static u64 new_key(const struct worker *worker, u64 number)
{
	return key_of(worker->entries + number * worker->workers + worker->index);
}

static u32 insert_slice(struct worker *worker)
{
	int i;

	for (i = 0; i < SLICE_OPERATIONS; i++) {
		u64 key = new_key(worker, worker->made++);

		worker->missed += !worker->peer->insert(worker->table, key, i);
	}
	return SLICE_OPERATIONS;
}

static void insert_restore(struct worker *worker)
{
	while (worker->made) {
		u64 key = new_key(worker, --worker->made);

		worker->missed += !worker->peer->remove(worker->table, key);
	}
}

static int churn_prepare(struct worker *worker)
{
	worker->length = div_u64(worker->entries, worker->workers * CHURN_PART);
	worker->removed = kvcalloc(worker->length, sizeof(u64), GFP_KERNEL);
	if (!worker->removed)
		return -ENOMEM;
	churn_remove(worker);
	return 0;
}

static void churn_restore(struct worker *worker)
{
	churn_insert(worker);
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
 * workload_find() - find a workload by its name
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

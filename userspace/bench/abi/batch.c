// SPDX-License-Identifier: GPL-2.0
/*
 * Batches of bucketmap. See batch.h.
 */
#include "batch.h"

static bool succeeds(operate_fn operate, const struct table *table, struct bucketmap_batch *batch)
{
	static int32_t results[BATCH_MAX];
	int32_t failed = 0;

	batch->size = sizeof(*batch);
	batch->results = (uintptr_t)results;
	if (operate(table, batch))
		return false;
	for (uint32_t i = 0; i < batch->count; i++)
		failed |= results[i];
	return !failed;
}

bool look_up_all(operate_fn operate, const struct table *table, const uint64_t *keys,
		 uint64_t *values, uint32_t count)
{
	struct bucketmap_batch batch = {
		.operation = BUCKETMAP_LOOKUP,
		.keys = (uintptr_t)keys,
		.previous = (uintptr_t)values,
		.count = count,
	};

	return succeeds(operate, table, &batch);
}

bool store_all(operate_fn operate, const struct table *table, const uint64_t *keys,
	       const uint64_t *values, uint32_t count)
{
	struct bucketmap_batch batch = {
		.operation = BUCKETMAP_STORE,
		.keys = (uintptr_t)keys,
		.values = (uintptr_t)values,
		.count = count,
	};

	return succeeds(operate, table, &batch);
}

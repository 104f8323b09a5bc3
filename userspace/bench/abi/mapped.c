// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap, read by the library through a mapping. Only lookups are measured.
 */
#include <err.h>
#include <string.h>

#include "batch.h"
#include "lib/bucketmap.h"

static struct bucketmap *map;

static int create(struct table *table, uint64_t entries)
{
	const struct bucketmap_create config = {
		.size = sizeof(config),
		.flags = table->flags | BUCKETMAP_CREATE_MAPPABLE,
		.key_size = sizeof(uint64_t),
		.value_size = sizeof(uint64_t),
		.mode = 0600,
	};
	int ret = bucketmap_create(&map, &config);

	(void)entries;
	if (!ret)
		ret = bucketmap_use_mapping(map);
	if (ret)
		errx(1, "mapped: %s", strerror(-ret));
	return 0;
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	(void)table;
	return !bucketmap_lookup(map, &key, value, 0, 0);
}

static int operate(const struct table *table, struct bucketmap_batch *batch)
{
	(void)table;
	return bucketmap_batch(map, batch);
}

static bool lookup_batch(const struct table *table, const uint64_t *keys, uint64_t *values,
			 uint32_t count)
{
	return look_up_all(operate, table, keys, values, count);
}

static bool store_batch(const struct table *table, const uint64_t *keys, const uint64_t *values,
			uint32_t count)
{
	return store_all(operate, table, keys, values, count);
}

static const struct bench_peer mapped_peer = {
	.lookup = lookup,
};

const struct operations mapped_operations = {
	.single = &mapped_peer,
	.create = create,
	.lookup_batch = lookup_batch,
	.store_batch = store_batch,
};

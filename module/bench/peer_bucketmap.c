// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap under measurement, with either of its hashes.
 */
#include "bucketmap.h"
#include "peer.h"

static void *create(u32 flags)
{
	const struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.flags = flags,
	};

	return bucketmap_create(&config);
}

static void *create_xxh64(void)
{
	return create(BUCKETMAP_CREATE_XXH64);
}

static void *create_siphash(void)
{
	return create(0);
}

static void destroy(void *table)
{
	bucketmap_destroy(table);
}

static bool lookup(void *table, u64 key, u64 *value)
{
	return !bucketmap_lookup(table, &key, BUCKETMAP_WHOLE, value);
}

static bool store(void *table, u64 key, u64 value)
{
	return !bucketmap_replace(table, &key, BUCKETMAP_WHOLE, &value);
}

static bool insert(void *table, u64 key, u64 value)
{
	return !bucketmap_insert(table, &key, BUCKETMAP_WHOLE, &value, GFP_KERNEL);
}

static bool remove(void *table, u64 key)
{
	return !bucketmap_delete(table, &key);
}

static u64 bytes(void *table)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(table, &geometry);
	return geometry.bytes;
}

const struct bench_peer bench_xxh64 = {
	.name = "bucketmap-xxh64",
	.create = create_xxh64,
	.destroy = destroy,
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove,
	.bytes = bytes,
};

const struct bench_peer bench_siphash = {
	.name = "bucketmap-siphash",
	.create = create_siphash,
	.destroy = destroy,
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove,
	.bytes = bytes,
};

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bucketmap behind struct bench_peer, by its kernel API: for the kernel bench,
 * and for the native bench, where the core is a library. Before including this
 * file, define BENCH_GFP and declare the API.
 */
#ifndef _BENCH_PEER_BUCKETMAP_H
#define _BENCH_PEER_BUCKETMAP_H

static struct bucketmap *create(uint32_t flags)
{
	const struct bucketmap_config config = {
		.key_size = sizeof(uint64_t),
		.value_size = sizeof(uint64_t),
		.flags = flags,
	};

	return bucketmap_create(&config);
}

static void destroy(void *table)
{
	bucketmap_destroy(table);
}

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	return !bucketmap_lookup(table, &key, BUCKETMAP_WHOLE, value);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	return !bucketmap_insert(table, &key, BUCKETMAP_WHOLE, &value, BENCH_GFP);
}

static bool remove_key(void *table, uint64_t key)
{
	return !bucketmap_delete(table, &key);
}

static uint64_t bytes(void *table)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(table, &geometry);
	return geometry.bytes;
}

/* Members of struct bench_peer. The includer defines store(). */
#define BUCKETMAP_PEER \
	.destroy = destroy, \
	.lookup = lookup, \
	.store = store, \
	.insert = insert, \
	.remove = remove_key, \
	.bytes = bytes

#endif /* _BENCH_PEER_BUCKETMAP_H */

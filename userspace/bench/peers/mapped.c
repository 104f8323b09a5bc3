// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap's core as a native library, read by libbucketmap's reader through a
 * mapping, as programs read a map of the kernel. The memory of the table is mapped
 * a second time, many pages at once (mapped_device.h).
 */
#include <stdlib.h>
#include <string.h>

#include <linux/err.h>

#include "bucketmap.h"
#include "core/core.h"
#include "lib/reader.h"
#include "native/memory.h"
#include "native/thread.h"
#include "tests/mapped_device.h"

#include "../peer.h"

#define BENCH_GFP	BM_GFP
#include "bench/peer_bucketmap.h"

/* There is one map at a time, for which a descriptor stands. */
static struct bucketmap *map;

static void setup(void)
{
	native_memory_is_shared = true;
	if (bm_core_init())
		abort();
}

static void *create_mapped(void)
{
	struct mapping *mapping;

	map = create(BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_MAPPABLE);
	if (IS_ERR(map))
		abort();
	mapped_device_begin(map);
	if (mapping_open(&mapping, MAPPED_DEVICE_FD))
		abort();
	return mapping;
}

static void destroy_mapped(void *table)
{
	mapping_close(table);
	mapped_device_end();
	destroy(map);
}

static bool lookup_mapped(void *table, uint64_t key, uint64_t *value)
{
	int ret = reader_lookup(table, &key, value, 0, sizeof(*value));

	return ret == READER_ASK ? lookup(map, key, value) : !ret;
}

static bool lookup_group(void *table, const uint64_t *keys, uint64_t *values, unsigned int count)
{
	s32 results[READER_GROUP];
	const struct reader_columns columns = {
		.keys = (const unsigned char *)keys,
		.values = (unsigned char *)values,
		.results = results,
		.length = sizeof(*values),
	};
	bool found = true;

	reader_lookup_group(table, &columns, count);
	for (unsigned int i = 0; i < count; i++)
		found &= results[i] == READER_ASK ? lookup(map, keys[i], &values[i]) : !results[i];
	return found;
}

static bool lookup_batch(void *table, const uint64_t *keys, uint64_t *values, unsigned int count)
{
	bool found = true;

	for (unsigned int done = 0; done < count; done += READER_GROUP)
		found &= lookup_group(table, keys + done, values + done,
				      count - done < READER_GROUP ? count - done : READER_GROUP);
	return found;
}

static bool store_mapped(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return !bucketmap_store(map, &key, BUCKETMAP_WHOLE, &value, BM_GFP);
}

static bool insert_mapped(void *table, uint64_t key, uint64_t value)
{
	(void)table;
	return insert(map, key, value);
}

static bool remove_mapped(void *table, uint64_t key)
{
	(void)table;
	return remove_key(map, key);
}

static uint64_t bytes_mapped(void *table)
{
	(void)table;
	return bytes(map);
}

const struct bench_peer mapped_peer = {
	.name = "mapped",
	.setup = setup,
	.thread_begin = native_thread_begin,
	.thread_end = native_thread_end,
	.create = create_mapped,
	.destroy = destroy_mapped,
	.lookup = lookup_mapped,
	.lookup_batch = lookup_batch,
	.store = store_mapped,
	.insert = insert_mapped,
	.remove = remove_mapped,
	.bytes = bytes_mapped,
	.has_worker = true,
};

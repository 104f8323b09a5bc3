// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap's core as a native library, with each of its hashes.
 */
#include <stdlib.h>

#include <linux/err.h>

#include "bucketmap.h"
#include "core/core.h"
#include "native/thread.h"

#include "../peer.h"

#define BENCH_GFP	BM_GFP
#include "bench/peer_bucketmap.h"

static void setup(void)
{
	if (bm_core_init())
		abort();
}

static void *create_or_abort(u32 flags)
{
	struct bucketmap *map = create(flags);

	if (IS_ERR(map))
		abort();
	return map;
}

static void *create_xxh64(void)
{
	return create_or_abort(BUCKETMAP_CREATE_XXH64);
}

static void *create_siphash(void)
{
	return create_or_abort(0);
}

static bool lookup_batch(void *table, const uint64_t *keys, uint64_t *values, unsigned int count)
{
	s32 results[BENCH_BATCH];
	struct bucketmap_op columns = {
		.operation = BUCKETMAP_LOOKUP,
		.keys = keys,
		.previous = values,
		.results = results,
	};
	u32 finished;
	s32 failed = 0;

	if (bucketmap_batch(table, &columns, count, &finished, BM_GFP))
		return false;
	for (unsigned int i = 0; i < count; i++)
		failed |= results[i];
	return !failed;
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	return !bucketmap_store(table, &key, BUCKETMAP_WHOLE, &value, BM_GFP);
}

#define NATIVE_PEER \
	BUCKETMAP_PEER, \
	.has_worker = true, \
	.setup = setup, \
	.thread_begin = native_thread_begin, \
	.thread_end = native_thread_end, \
	.lookup_batch = lookup_batch

const struct bench_peer bucketmap_xxh64_peer = {
	.name = "bucketmap-xxh64",
	.create = create_xxh64,
	NATIVE_PEER,
};

const struct bench_peer bucketmap_siphash_peer = {
	.name = "bucketmap-siphash",
	.create = create_siphash,
	NATIVE_PEER,
};

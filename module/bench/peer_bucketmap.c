// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap under measurement, with each of its hashes.
 */
#include "bucketmap.h"
#include "peers.h"

#define BENCH_GFP	GFP_KERNEL
#include "peer_bucketmap.h"

static void *create_xxh64(void)
{
	return create(BUCKETMAP_CREATE_XXH64);
}

static void *create_siphash(void)
{
	return create(0);
}

static bool store(void *table, u64 key, u64 value)
{
	return !bucketmap_replace(table, &key, BUCKETMAP_WHOLE, &value);
}

const struct bench_peer bench_xxh64 = {
	.name = "bucketmap-xxh64",
	.create = create_xxh64,
	BUCKETMAP_PEER,
};

const struct bench_peer bench_siphash = {
	.name = "bucketmap-siphash",
	.create = create_siphash,
	BUCKETMAP_PEER,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * The hot paths, with the same keys and hash key in each run. count.sh counts
 * their instructions.
 *
 *	paths PATH	run one of them OPERATIONS times; without PATH list them
 *
 * Only instructions in functions named measure_* are counted.
 */
#include <stdio.h>
#include <string.h>

#include "core/core.h"
#include "core/map.h"
#include "native/random.h"
#include "native/thread.h"

#define ENTRIES		1000
#define OPERATIONS	10000
#define GROUP		100

#define MEASURED	__attribute__((__noinline__))

static struct bucketmap *map;

/* Returns a present key, or an absent one if @absent is 1. */
static u64 key_of(u64 number, u64 absent)
{
	return 2 * (number * 7919 % ENTRIES) + absent;
}

MEASURED static void measure_lookup(void)
{
	u64 i, value;

	for (i = 0; i < OPERATIONS; i++) {
		u64 key = key_of(i, 0);

		bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);
	}
}

MEASURED static void measure_miss(void)
{
	u64 i, value;

	for (i = 0; i < OPERATIONS; i++) {
		u64 key = key_of(i, 1);

		bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);
	}
}

MEASURED static void measure_store(void)
{
	u64 i;

	for (i = 0; i < OPERATIONS; i++) {
		u64 key = key_of(i, 0);

		bucketmap_store(map, &key, BUCKETMAP_WHOLE, &i, GFP_KERNEL);
	}
}

MEASURED static void measure_add(void)
{
	u64 i;

	for (i = 0; i < OPERATIONS; i++) {
		u64 key = key_of(i, 0);

		bucketmap_add(map, &key, 0, 1, NULL, GFP_KERNEL);
	}
}

/* A delete, and an insert of the same key. */
MEASURED static void measure_delete_insert(void)
{
	u64 i;

	for (i = 0; i < OPERATIONS; i++) {
		u64 key = key_of(i, 0);

		bucketmap_delete(map, &key);
		bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &i, GFP_KERNEL);
	}
}

static void run_batches(u32 operation)
{
	static u64 keys[GROUP], values[GROUP];
	static s32 results[GROUP];
	struct bucketmap_op op = {
		.operation = operation,
		.keys = keys,
		.results = results,
	};
	u64 i, j;
	u32 finished;

	if (operation == BUCKETMAP_LOOKUP)
		op.previous = values;
	else
		op.values = values;
	for (i = 0; i < OPERATIONS; i += GROUP) {
		for (j = 0; j < GROUP; j++)
			keys[j] = key_of(i + j, 0);
		bucketmap_batch(map, &op, GROUP, &finished, GFP_KERNEL);
	}
}

MEASURED static void measure_batch_lookup(void)
{
	run_batches(BUCKETMAP_LOOKUP);
}

MEASURED static void measure_batch_store(void)
{
	run_batches(BUCKETMAP_STORE);
}

static const struct path {
	const char *name;
	void (*measure)(void);
	u32 flags;
} paths[] = {
	{ "siphash13-lookup", measure_lookup, 0 },
	{ "lookup", measure_lookup, BUCKETMAP_CREATE_XXH64 },
	{ "miss", measure_miss, BUCKETMAP_CREATE_XXH64 },
	{ "store", measure_store, BUCKETMAP_CREATE_XXH64 },
	{ "add", measure_add, BUCKETMAP_CREATE_XXH64 },
	{ "delete+insert", measure_delete_insert, BUCKETMAP_CREATE_XXH64 },
	{ "batch-lookup", measure_batch_lookup, BUCKETMAP_CREATE_XXH64 },
	{ "batch-store", measure_batch_store, BUCKETMAP_CREATE_XXH64 },
};

/* Creates and fills the map, and waits until the worker has nothing to do. */
static void make_map(u32 flags)
{
	const struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.flags = flags,
		.capacity = ENTRIES,
	};
	u64 i;

	native_seed_hash_keys(1);
	map = bucketmap_create(&config);
	for (i = 0; i < ENTRIES; i++) {
		u64 key = key_of(i, 0);

		bucketmap_store(map, &key, BUCKETMAP_WHOLE, &i, GFP_KERNEL);
	}
	while (flush_delayed_work(&map->resize.work))
		;
}

int main(int argc, char **argv)
{
	u32 i;

	if (argc < 2) {
		for (i = 0; i < ARRAY_SIZE(paths); i++)
			puts(paths[i].name);
		return 0;
	}
	bm_core_init();
	native_thread_begin();
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		if (strcmp(paths[i].name, argv[1]) != 0)
			continue;
		make_map(paths[i].flags);
		paths[i].measure();
		bucketmap_destroy(map);
	}
	native_thread_end();
	bm_core_exit();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of larger keys and values, in bucketmap's core only: the other tables
 * have eight bytes of each. The workloads are those of all tables, in one thread;
 * the first word of the key is the key of those, and zeros follow.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include <linux/err.h>

#include "bucketmap.h"
#include "core/core.h"
#include "native/thread.h"

#include "growth.h"
#include "workload.h"

#define WORDS(bytes)	((bytes) / sizeof(uint64_t))

/**
 * struct sized - a table with keys and values of other sizes, for one thread
 * @map: the table
 * @key: buffer for a key: zeros after its first word
 * @value: buffer for a value
 */
struct sized {
	struct bucketmap *map;
	uint64_t key[WORDS(BUCKETMAP_KEY_SIZE_MAX)];
	uint64_t value[WORDS(BUCKETMAP_VALUE_SIZE_MAX)];
};

static bool lookup(void *table, uint64_t key, uint64_t *value)
{
	struct sized *sized = table;

	sized->key[0] = key;
	if (bucketmap_lookup(sized->map, sized->key, BUCKETMAP_WHOLE, sized->value))
		return false;
	*value = sized->value[0];
	return true;
}

static bool store(void *table, uint64_t key, uint64_t value)
{
	struct sized *sized = table;

	sized->key[0] = key;
	sized->value[0] = value;
	return !bucketmap_store(sized->map, sized->key, BUCKETMAP_WHOLE, sized->value, BM_GFP);
}

static bool insert(void *table, uint64_t key, uint64_t value)
{
	struct sized *sized = table;

	sized->key[0] = key;
	sized->value[0] = value;
	return !bucketmap_insert(sized->map, sized->key, BUCKETMAP_WHOLE, sized->value, BM_GFP);
}

static bool remove_key(void *table, uint64_t key)
{
	struct sized *sized = table;

	sized->key[0] = key;
	return !bucketmap_delete(sized->map, sized->key);
}

static const struct bench_peer sized_peer = {
	.name = "bucketmap",
	.thread_begin = native_thread_begin,
	.thread_end = native_thread_end,
	.lookup = lookup,
	.store = store,
	.insert = insert,
	.remove = remove_key,
};

/* Returns flags BUCKETMAP_CREATE_*. */
static u32 flags_of(const struct bench_peer *peer)
{
	if (peer == &bucketmap_xxh64_peer)
		return BUCKETMAP_CREATE_XXH64;
	if (peer == &bucketmap_siphash_peer)
		return 0;
	errx(1, "%s has keys and values of eight bytes only", peer->name);
}

static struct bucketmap *create(const struct bucketmap_config *config)
{
	struct bucketmap *map;

	native_thread_begin();
	map = bucketmap_create(config);
	native_thread_end();
	if (IS_ERR(map))
		errx(1, "keys of %u bytes, values of %u: %s", config->key_size,
		     config->value_size, strerror(-PTR_ERR(map)));
	return map;
}

static void destroy(struct bucketmap *map)
{
	native_thread_begin();
	bucketmap_destroy(map);
	native_thread_end();
}

/* Returns nanoseconds per operation. */
static double measure(struct run *run, const char *workload)
{
	double seconds;

	run->workload = workload_find(workload);
	seconds = workload_run(run);
	if (run->missed)
		errx(1, "%s: %llu operations found the table in a wrong state", workload,
		     (unsigned long long)run->missed);
	return seconds * 1e9 / run->operations;
}

void sizes_run(const struct bench_peer *peer, unsigned int key_size, unsigned int value_size,
	       uint64_t entries, double seconds)
{
	/* The map has its final capacity from the start, so it is not resized. */
	const struct bucketmap_config config = {
		.key_size = key_size,
		.value_size = value_size,
		.flags = flags_of(peer),
		.capacity = entries,
	};
	struct sized sized = { .map = create(&config) };
	struct run run = {
		.peer = &sized_peer,
		.table = &sized,
		.entries = entries,
		.threads = 1,
		.nanoseconds = seconds * 1e9,
	};
	double reads, overwrites, churn;

	growth_fill(&sized_peer, &sized, entries, 1);
	reads = measure(&run, "reads");
	overwrites = measure(&run, "0/100");
	/* The workload counts a delete and an insert as two operations. */
	churn = 2 * measure(&run, "churn");
	destroy(sized.map);
	printf("{\"lookup\": %f, \"store\": %f, \"delete+insert\": %f}\n", reads, overwrites,
	       churn);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Shared by the suites: random numbers, maps, the worker, tables.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/stringhash.h>

#include "common.h"

/* Seeds */

static ulong kunit_seed;
module_param(kunit_seed, ulong, 0444);
MODULE_PARM_DESC(kunit_seed, "seed of the KUnit suites, 0 to choose one");

int bmt_suite_init(struct kunit_suite *suite)
{
	while (!kunit_seed)
		kunit_seed = get_random_u32();
	kunit_info(suite, "kunit_seed=%lu", kunit_seed);
	return 0;
}

/* Each case has its own sequence, so running it alone gives the same one. */
int bmt_init(struct kunit *test)
{
	struct rnd_state *state;

	state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);
	if (!state)
		return -ENOMEM;
	prandom_seed_state(state, kunit_seed ^
			   full_name_hash(NULL, test->name,
					  strlen(test->name)));
	test->priv = state;
	return 0;
}

u64 bmt_random(struct kunit *test)
{
	struct rnd_state *state = test->priv;
	u64 high = prandom_u32_state(state);

	return high << 32 | prandom_u32_state(state);
}

u32 bmt_below(struct kunit *test, u32 limit)
{
	return prandom_u32_state(test->priv) % limit;
}

/* Maps */

static void destroy_map(void *map)
{
	bucketmap_destroy(map);
}

struct bucketmap *bmt_map(struct kunit *test,
			  const struct bucketmap_config *config)
{
	struct bucketmap *map = bucketmap_create(config);
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, map);
	err = kunit_add_action_or_reset(test, destroy_map, map);
	KUNIT_ASSERT_EQ(test, err, 0);
	map->hash.key.key[0] = bmt_random(test);
	map->hash.key.key[1] = bmt_random(test);
	return map;
}

void bmt_map_destroy(struct kunit *test, struct bucketmap *map)
{
	kunit_release_action(test, destroy_map, map);
}

/* The worker */

/* While dying is set, a pass ends at once and is not repeated. */
void bmt_worker_hold(struct bucketmap *map)
{
	bm_resize_stop(map);
}

/* Lets the worker run at the next kick. */
void bmt_worker_free(struct bucketmap *map)
{
	WRITE_ONCE(map->resize.dying, false);
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOT);
}

void bmt_worker_release(struct kunit *test, struct bucketmap *map)
{
	bmt_worker_free(map);
	bm_resize_kick(map);
	bmt_settle(test, map);
}

/* The worker polls retired tables until their grace periods have ended. */
void bmt_settle(struct kunit *test, struct bucketmap *map)
{
	u32 tries;

	for (tries = 0; tries < 1000; tries++) {
		flush_delayed_work(&map->resize.work);
		if (!delayed_work_pending(&map->resize.work) &&
		    !bmt_next(bmt_table(map)))
			return;
		usleep_range(1000, 2000);
	}
	KUNIT_FAIL(test, "the worker does not finish");
}

/* Tables */

struct bm_table *bmt_publish(struct kunit *test, struct bucketmap *map,
			     u32 order)
{
	struct bm_table *table, *old;

	table = bm_table_alloc(&map->layout, order, bmt_table(map), 0, NULL,
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_ASSERT_EQ(test, bm_mapped_prepare(map, table, GFP_KERNEL), 0);
	bm_mapped_place(map, table);
	old = bmt_table(map);
	if (order < old->order) {
		/*
		 * As in shrink.c, except that the limit of the old chains is
		 * higher: shrink.c refuses to shrink with such chains, tests
		 * do not.
		 */
		table->chain_max = BM_CHAIN_MAX / 2;
		old->chain_max = BM_CHAIN_MAX / 2;
	}
	bm_mapped_succeed(old, table);
	return table;
}

/* Evacuates a bucket of the oldest table; adds chunks to the pool as needed. */
void bmt_evacuate(struct kunit *test, struct bucketmap *map, u32 index)
{
	struct bm_table *table = bmt_table(map);
	int err;

	for (;;) {
		err = bm_evacuate(map, table, index, BM_EVACUATED_BY_WORKER);
		if (err != -ENOMEM)
			break;
		bmt_pool_grow(test, bmt_next(table));
	}
	KUNIT_ASSERT_EQ(test, err, 0);
}

void bmt_evacuate_all(struct kunit *test, struct bucketmap *map)
{
	u32 buckets = bm_table_buckets(bmt_table(map));
	u32 index;

	for (index = 0; index < buckets; index++)
		bmt_evacuate(test, map, index);
}

void bmt_pool_grow(struct kunit *test, struct bm_table *table)
{
	size_t bytes = bm_chunk_bytes(&table->pool);
	void *chunk = bm_chunk_alloc(bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chunk);
	KUNIT_ASSERT_EQ(test, bm_pool_install(&table->pool, &chunk, bytes,
					      U32_MAX), 0);
	KUNIT_ASSERT_NULL(test, chunk);
}

/* Takes all available records of a pool and returns the link to the first. */
u32 bmt_pool_drain(struct bm_table *table)
{
	u32 available = table->pool.available;

	return available ? bm_pool_take(&table->pool, available) : 0;
}

/* Maps of u64 keys and values */

struct bucketmap *bmt_numbers(struct kunit *test, u64 capacity)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.capacity = capacity,
	};

	return bmt_map(test, &config);
}

struct bucketmap *bmt_mappable(struct kunit *test, u64 capacity)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.flags = BUCKETMAP_CREATE_MAPPABLE,
		.capacity = capacity,
	};

	return bmt_map(test, &config);
}

u64 bmt_value(u64 key)
{
	return (key + 1) * 0x9e3779b97f4a7c15ULL;
}

int bmt_put(struct bucketmap *map, u64 key)
{
	u64 value = bmt_value(key);

	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &value,
				GFP_KERNEL);
}

void bmt_fill(struct kunit *test, struct bucketmap *map, u64 first, u64 count)
{
	u64 key;

	for (key = first; key < first + count; key++)
		KUNIT_ASSERT_EQ(test, bmt_put(map, key), 0);
}

/* Expects that looking up each key returns @err, and the right value if 0. */
static void check_keys(struct kunit *test, struct bucketmap *map, u64 first,
		       u64 count, int err)
{
	u64 wrong = 0, example = 0;
	u64 key;

	for (key = first; key < first + count; key++) {
		u64 value = 0;
		int got = bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);

		if (got == err && (got || value == bmt_value(key)))
			continue;
		wrong++;
		example = key;
	}
	KUNIT_EXPECT_EQ_MSG(test, wrong, 0, "lookup of key %llu", example);
}

void bmt_check(struct kunit *test, struct bucketmap *map, u64 first,
	       u64 count)
{
	check_keys(test, map, first, count, 0);
}

void bmt_check_absent(struct kunit *test, struct bucketmap *map, u64 first,
		      u64 count)
{
	check_keys(test, map, first, count, -ENOENT);
}

u64 bmt_count(struct bucketmap *map)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(map, &geometry);
	return geometry.count;
}

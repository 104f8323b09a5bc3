// SPDX-License-Identifier: GPL-2.0
/*
 * Inserts that grow a small table themselves. The worker's function is taken
 * away: whatever happens to the table, an insert has done it.
 */
#include "common.h"

/* A table of this many buckets is too large for an insert to replace it. */
#define LARGE	256

static void no_pass(struct work_struct *work)
{
}

static struct bucketmap *without_worker(struct bucketmap *map)
{
	map->resize.work.work.func = no_pass;
	return map;
}

static struct bucketmap *map_without_worker(struct kunit *test, u64 capacity)
{
	return without_worker(bmt_numbers(test, capacity));
}

static void give_worker_back(struct kunit *test, struct bucketmap *map)
{
	flush_delayed_work(&map->resize.work);
	map->resize.work.work.func = bm_worker;
	bmt_worker_release(test, map);
}

static void insert(struct kunit *test, struct bucketmap *map, u64 key,
		   gfp_t gfp)
{
	u64 value = bmt_value(key);

	KUNIT_ASSERT_EQ(test, bucketmap_insert(map, &key, BUCKETMAP_WHOLE,
					       &value, gfp), 0);
}

static void insert_many(struct kunit *test, struct bucketmap *map, u64 count,
			gfp_t gfp)
{
	u64 key;

	for (key = 0; key < count; key++)
		insert(test, map, key, gfp);
}

/* No task has grown the table, and the worker was kicked. */
static void expect_left_to_worker(struct kunit *test, struct bucketmap *map,
				  u32 order, u64 count)
{
	KUNIT_EXPECT_EQ(test, bmt_table(map)->order, order);
	KUNIT_EXPECT_EQ(test, map->resize.kicked, BM_KICKED_NOW);
	give_worker_back(test, map);
	KUNIT_EXPECT_GT(test, bmt_table(map)->order, order);
	bmt_check(test, map, 0, count);
	bmt_check_map(test, map);
}

/* Each CPU may hold back changes of the count, half an entry per bucket in all. */
static void insert_grows_small_table(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, 0);
	u64 keys = BM_LOAD_GROW(LARGE);
	u64 key;

	for (key = 0; key < keys; key++) {
		insert(test, map, key, GFP_KERNEL);
		KUNIT_ASSERT_LE(test, key + 1,
				7ULL * bm_table_buckets(bmt_table(map)));
		/* The pool may be low. */
		if (map->resize.kicked == BM_KICKED_NOW)
			bm_worker(&map->resize.work.work);
	}
	give_worker_back(test, map);
	KUNIT_EXPECT_EQ(test, map->resize.retired_count, 0);
	bmt_check(test, map, 0, keys);
	bmt_check_map(test, map);
}

static void first_growth_fills_a_page(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, 0);

	insert_many(test, map, BM_LOAD_GROW(2) + 2, GFP_KERNEL);
	KUNIT_EXPECT_GT(test, bmt_table(map)->order, 2);
	KUNIT_EXPECT_EQ(test, bm_segment_bytes(bmt_table(map), 0), PAGE_SIZE);
	give_worker_back(test, map);
	bmt_check_map(test, map);
}

static void insert_that_may_not_sleep_kicks_worker(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, 0);

	insert_many(test, map, 20, GFP_NOWAIT);
	expect_left_to_worker(test, map, BM_ORDER_MIN, 20);
}

/* The allocation of a table may start filesystem I/O. */
static void insert_that_may_not_start_io_kicks_worker(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, 0);

	insert_many(test, map, 20, GFP_NOFS);
	expect_left_to_worker(test, map, BM_ORDER_MIN, 20);
}

static void insert_leaves_large_table_to_worker(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, BM_LOAD_GROW(LARGE));
	u32 order = bmt_table(map)->order;

	insert_many(test, map, 8 * LARGE, GFP_KERNEL);
	expect_left_to_worker(test, map, order, 8 * LARGE);
}

static void insert_leaves_mappable_map_to_worker(struct kunit *test)
{
	struct bucketmap *map = without_worker(bmt_mappable(test, 0));

	insert_many(test, map, 20, GFP_KERNEL);
	expect_left_to_worker(test, map, BM_ORDER_MIN, 20);
}

static void insert_leaves_locked_table_to_worker(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, 0);

	mutex_lock(&map->resize.lock);
	insert_many(test, map, 20, GFP_KERNEL);
	mutex_unlock(&map->resize.lock);
	expect_left_to_worker(test, map, BM_ORDER_MIN, 20);
}

/* The worker finishes a migration that another task has begun. */
static void insert_leaves_migration_to_worker(struct kunit *test)
{
	struct bucketmap *map = map_without_worker(test, 0);
	struct bm_table *table = bmt_table(map);

	bmt_publish(test, map, 2);
	insert_many(test, map, 40, GFP_KERNEL);
	KUNIT_EXPECT_PTR_EQ(test, bmt_table(map), table);
	expect_left_to_worker(test, map, BM_ORDER_MIN, 40);
}

static struct kunit_case grow_cases[] = {
	KUNIT_CASE(insert_grows_small_table),
	KUNIT_CASE(first_growth_fills_a_page),
	KUNIT_CASE(insert_that_may_not_sleep_kicks_worker),
	KUNIT_CASE(insert_that_may_not_start_io_kicks_worker),
	KUNIT_CASE(insert_leaves_large_table_to_worker),
	KUNIT_CASE(insert_leaves_mappable_map_to_worker),
	KUNIT_CASE(insert_leaves_locked_table_to_worker),
	KUNIT_CASE(insert_leaves_migration_to_worker),
	{}
};

static struct kunit_suite grow_suite = {
	.name = "bucketmap_grow",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = grow_cases,
};

kunit_test_suite(grow_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Resizing: the worker, from the kick to the freeing of the old table.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "common.h"

static u32 buckets_of(struct bucketmap *map)
{
	return bm_table_buckets(bmt_table(map));
}

static void smallest_fitting_order_is_chosen(struct kunit *test)
{
	u32 order;

	KUNIT_EXPECT_EQ(test, bm_load_order(0), BM_ORDER_MIN);
	for (order = BM_ORDER_MIN; order < BM_ORDER_MAX; order++) {
		u64 most = BM_LOAD_GROW(1ULL << order);

		KUNIT_EXPECT_EQ(test, bm_load_order(most), order);
		KUNIT_EXPECT_EQ(test, bm_load_order(most + 1), order + 1);
	}
	KUNIT_EXPECT_EQ(test, bm_load_order(U64_MAX), BM_ORDER_MAX);
}

static void keys_are_found_while_map_grows(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	u64 count;

	KUNIT_EXPECT_EQ(test, buckets_of(map), 4);
	for (count = 0; count < 600; count++) {
		bmt_fill(test, map, count, 1);
		bmt_check(test, map, 0, count + 1);
		bmt_check_absent(test, map, count + 1, 10);
	}
	for (; count < 20000; count += 200) {
		bmt_fill(test, map, count, 200);
		bmt_check(test, map, count - 600, 800);
	}
	bmt_settle(test, map);
	bmt_check(test, map, 0, count);
	bmt_check_map(test, map);
	KUNIT_EXPECT_GE(test, BM_LOAD_GROW(buckets_of(map)), count);
	KUNIT_EXPECT_GE(test, map->resize.grown, 3);
}

/* The worker is held until 300 entries are in 4 buckets. */
static void map_grows_by_several_orders_at_once(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 300);
	KUNIT_EXPECT_EQ(test, buckets_of(map), 4);
	bmt_check(test, map, 0, 300);
	bmt_worker_release(test, map);
	KUNIT_EXPECT_EQ(test, map->resize.grown, 1);
	KUNIT_EXPECT_EQ(test, buckets_of(map), 4 << BM_RESIZE_ORDERS);
	bmt_check(test, map, 0, 300);
	bmt_check_map(test, map);
}

static void overfull_map_grows_until_it_fits(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 450);
	KUNIT_EXPECT_EQ(test, buckets_of(map), 2);
	bmt_worker_release(test, map);
	KUNIT_EXPECT_GE(test, BM_LOAD_GROW(buckets_of(map)), 450ULL);
	bmt_check(test, map, 0, 450);
	bmt_check_map(test, map);
}

static void map_does_not_grow_within_capacity(struct kunit *test)
{
	static const u64 capacities[] = { 13, 26, 1000, 5000, 13312 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(capacities); i++) {
		struct bucketmap *map = bmt_numbers(test, capacities[i]);
		struct bm_table *table = bmt_table(map);

		bmt_fill(test, map, 0, capacities[i]);
		bmt_settle(test, map);
		KUNIT_EXPECT_PTR_EQ(test, bmt_table(map), table);
		KUNIT_EXPECT_EQ(test, bm_resize_progress(map), 0);
		bmt_check(test, map, 0, capacities[i]);
		bmt_check_map(test, map);
	}
}

static void delete_all(struct kunit *test, struct bucketmap *map, u64 first,
		       u64 count)
{
	u64 key;

	for (key = first; key < first + count; key++)
		KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
}

static void map_shrinks_as_it_empties(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 left = 20000;

	bmt_fill(test, map, 0, left);
	while (left) {
		delete_all(test, map, left / 4, left - left / 4);
		left /= 4;
		bmt_settle(test, map);
		KUNIT_EXPECT_LE(test, buckets_of(map),
				max_t(u64, 2 * left, 2));
		bmt_check(test, map, 0, left);
		bmt_check_map(test, map);
	}
	KUNIT_EXPECT_EQ(test, buckets_of(map), 2);
	KUNIT_EXPECT_GE(test, map->resize.shrunk, 5);
}

/* Not even for the pool's index. */
static void shrunk_map_keeps_no_memory_of_large_table(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(1ULL << 15));
	struct bucketmap_geometry geometry;

	bmt_fill(test, map, 0, 1);
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, 0, 0), 0);
	bmt_settle(test, map);
	bucketmap_geometry(map, &geometry);
	KUNIT_EXPECT_EQ(test, geometry.buckets, 2);
	KUNIT_EXPECT_LE(test, geometry.bytes, 8 * PAGE_SIZE);
	bmt_check(test, map, 0, 1);
}

static void map_does_not_shrink_below_capacity(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u32 buckets = buckets_of(map);

	bmt_fill(test, map, 0, 20000);
	bmt_settle(test, map);
	KUNIT_EXPECT_GT(test, buckets_of(map), buckets);
	delete_all(test, map, 0, 20000);
	bmt_settle(test, map);
	KUNIT_EXPECT_EQ(test, buckets_of(map), buckets);
	bmt_check_map(test, map);
}

struct step {
	u32 from;
	u32 to;
};

static const struct step steps[] = {
	{ 8, 9 }, { 6, 10 }, { 10, 9 }, { 10, 6 }, { 9, 5 },
};

static void describe(const struct step *step, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "from %u to %u buckets",
		 1U << step->from, 1U << step->to);
}

KUNIT_ARRAY_PARAM(step, steps, describe);

/* A third of the buckets have been evacuated before the worker runs. */
static void worker_completes_started_migration(struct kunit *test)
{
	const struct step *step = test->param_value;
	struct bucketmap *map;
	struct bm_table *table;
	u64 keys;
	u32 index;

	map = bmt_numbers(test, BM_LOAD_GROW(1ULL << step->from));
	table = bmt_table(map);
	keys = bm_table_buckets(table) * 2;
	bmt_worker_hold(map);
	bmt_fill(test, map, 0, keys);
	map->capacity = BM_LOAD_GROW(1ULL << min(step->from, step->to));
	table = bmt_publish(test, map, step->to);
	for (index = 0; index < 1U << step->from; index += 3)
		bmt_evacuate(test, map, index);
	bmt_worker_release(test, map);
	KUNIT_EXPECT_GE(test, map->resize.grown, step->to > step->from);
	KUNIT_EXPECT_GE(test, map->resize.shrunk, step->to < step->from);
	KUNIT_EXPECT_GE(test, BM_LOAD_GROW(buckets_of(map)), keys);
	bmt_check(test, map, 0, keys);
	bmt_check_map(test, map);
}

/*
 * Writers took all buckets from the sweep counter and could not evacuate some of
 * them, as the pool was empty.
 */
static void worker_evacuates_buckets_that_writers_could_not(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(16));
	struct bm_table *table = bmt_table(map);
	struct bm_table *next;
	u32 drained;
	u64 key;

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 100);
	next = bmt_publish(test, map, 2);
	drained = bmt_pool_drain(next);
	for (key = 0; key < 50; key++) {
		u64 value = bmt_value(key);

		KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key,
							 BUCKETMAP_WHOLE,
							 &value, GFP_NOWAIT));
	}
	KUNIT_EXPECT_GE(test, atomic_read(&table->sweep), 16);
	KUNIT_EXPECT_GT(test, bm_counters_sum(map, BM_EVACUATION_FAILED), 0);
	bmt_check(test, map, 0, 100);
	bm_pool_put(&next->pool, drained);
	bmt_worker_release(test, map);
	KUNIT_EXPECT_EQ(test, map->resize.shrunk, 1);
	bmt_check(test, map, 0, 100);
	bmt_check_map(test, map);
}

static bool retired(struct bucketmap *map, u64 completed)
{
	u32 tries;

	for (tries = 0; tries < 1000; tries++) {
		if (bm_resize_progress(map) != completed)
			return true;
		msleep(20);
	}
	return false;
}

/* A pool at its maximum has the same effect as a failed allocation. */
static void worker_retries_after_failure(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(16));
	struct bm_table *next;
	u32 max, drained;

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 100);
	next = bmt_publish(test, map, 2);
	drained = bmt_pool_drain(next);
	max = next->pool.max;
	next->pool.max = next->pool.allocated;
	bmt_worker_free(map);
	bm_resize_kick(map);
	flush_delayed_work(&map->resize.work);
	KUNIT_EXPECT_EQ(test, bm_resize_progress(map), 0);
	KUNIT_EXPECT_GT(test, bm_counters_sum(map, BM_EVACUATION_FAILED), 0);
	bmt_check(test, map, 0, 100);
	next->pool.max = max;
	bm_pool_put(&next->pool, drained);
	/* Without another kick. */
	KUNIT_EXPECT_TRUE(test, retired(map, 0));
	bmt_settle(test, map);
	bmt_check(test, map, 0, 100);
	bmt_check_map(test, map);
}

/*
 * While the table shrinks to fit a few entries, many are inserted: more than the
 * new table can hold. The rest of the old table must be evacuated nevertheless.
 */
static void insert_burst_does_not_stop_shrink(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(32768));
	u64 key, keys = 6500;
	u64 refused = 0;

	bmt_worker_hold(map);
	map->capacity = 0;
	bmt_fill(test, map, 0, 31);
	bmt_publish(test, map, 4);
	for (key = 31; key < keys; key++) {
		struct bm_table *next = bmt_next(bmt_table(map));
		u64 value = bmt_value(key);

		refused += !!bucketmap_insert(map, &key, BUCKETMAP_WHOLE,
					      &value, GFP_NOWAIT);
		/* Memory is available. */
		if (bm_pool_low(&next->pool))
			bmt_pool_grow(test, next);
	}
	bmt_worker_release(test, map);
	KUNIT_EXPECT_GT(test, bm_resize_progress(map), 0);
	KUNIT_EXPECT_EQ(test, bmt_count(map), keys - refused);
	bmt_check(test, map, 0, 31);
	bmt_check_map(test, map);
}

/**
 * struct late - an insert that might never return
 * @work: runs it
 * @map: the map
 * @key: the key
 * @err: its result
 * @done: completed when it has returned
 */
struct late {
	struct work_struct work;
	struct bucketmap *map;
	u64 key;
	int err;
	struct completion done;
};

static void insert_late(struct work_struct *work)
{
	struct late *late = container_of(work, struct late, work);

	late->err = bmt_put(late->map, late->key);
	complete(&late->done);
}

/* An insert that may sleep adds chunks, but not beyond the pool's maximum. */
static void exhausted_pool_returns_enomem(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct bm_table *table = bmt_table(map);
	struct late late = { .map = map };
	u32 drained;

	bmt_worker_hold(map);
	drained = bmt_pool_drain(table);
	table->pool.max = table->pool.allocated;
	while (bm_tags_empty(bm_table_home(table, 0)->tags) ||
	       bm_tags_empty(bm_table_home(table, 1)->tags)) {
		u64 value = bmt_value(late.key);

		bucketmap_insert(map, &late.key, BUCKETMAP_WHOLE, &value,
				 GFP_NOWAIT);
		late.key++;
	}
	INIT_WORK_ONSTACK(&late.work, insert_late);
	init_completion(&late.done);
	queue_work(system_unbound_wq, &late.work);
	if (!wait_for_completion_timeout(&late.done, 2 * HZ))
		KUNIT_FAIL(test, "the insert does not return");
	else
		KUNIT_EXPECT_EQ(test, late.err, -ENOMEM);
	bm_pool_put(&table->pool, drained);
	flush_work(&late.work);
	destroy_work_on_stack(&late.work);
	bmt_check_map(test, map);
}

static void worker_refills_pool(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(256));
	struct bm_table *table = bmt_table(map);
	u32 drained = bm_pool_take(&table->pool, table->pool.available - 2);
	u64 keys = 0;

	KUNIT_EXPECT_TRUE(test, bm_pool_low(&table->pool));
	/* The first insert that needs an overflow record kicks the worker. */
	while (!bm_counters_sum(map, BM_OVERFLOW_LINKED) && keys < 256 * BM_SLOTS) {
		bmt_fill(test, map, keys, 1);
		keys++;
	}
	bmt_settle(test, map);
	KUNIT_EXPECT_FALSE(test, bm_pool_low(&table->pool));
	KUNIT_EXPECT_EQ(test, table->pool.allocated, 2);
	bm_pool_put(&table->pool, drained);
	bmt_check_map(test, map);
}

static void resize_wait_reports_progress(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	u64 completed = bm_resize_progress(map);

	KUNIT_EXPECT_EQ(test, bm_resize_wait(map, completed), -EAGAIN);
	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 200);
	KUNIT_EXPECT_EQ(test, bm_resize_wait(map, completed), -EAGAIN);
	bmt_worker_free(map);
	KUNIT_EXPECT_EQ(test, bm_resize_wait(map, completed), 0);
	KUNIT_EXPECT_NE(test, bm_resize_progress(map), completed);
	KUNIT_EXPECT_EQ(test, bm_resize_wait(map, completed), 0);
	bmt_check(test, map, 0, 200);
}

/* kmemleak and KASAN verify that both tables and their chunks are freed. */
static void map_can_be_destroyed_during_migration(struct kunit *test)
{
	const struct step *step = test->param_value;
	struct bucketmap *map;
	u32 index, first;
	u64 keys;

	for (first = 0; first < 3; first++) {
		map = bmt_numbers(test, BM_LOAD_GROW(1ULL << step->from));
		keys = BM_LOAD_GROW(buckets_of(map));
		bmt_worker_hold(map);
		bmt_fill(test, map, 0, keys);
		bmt_publish(test, map, step->to);
		for (index = first; index < 1U << step->from; index += 2)
			bmt_evacuate(test, map, index);
		bmt_map_destroy(test, map);
	}
}

/* At random times: before the worker starts, during a migration, between two. */
static void map_can_be_destroyed_while_worker_runs(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 40; i++) {
		struct bucketmap *map = bmt_numbers(test, 26);

		bmt_fill(test, map, 0, 50 + bmt_below(test, 3000));
		if (i % 4 == 3)
			usleep_range(10, 300);
		bmt_map_destroy(test, map);
	}
}

static void resize_grows_and_shrinks_to_capacity(struct kunit *test)
{
	static const u64 capacities[] = {
		5000, 0, 100000, 5000, 0, 20000, 500, 13, 0,
	};
	struct bucketmap *map = bmt_numbers(test, 0);
	u32 i;

	bmt_fill(test, map, 0, 300);
	for (i = 0; i < ARRAY_SIZE(capacities); i++) {
		u64 fits = max_t(u64, capacities[i], 300);

		KUNIT_EXPECT_EQ(test, bucketmap_resize(map, capacities[i], 0), 0);
		bmt_settle(test, map);
		KUNIT_EXPECT_EQ(test, bmt_table(map)->order,
				bm_load_order(fits));
		bmt_check(test, map, 0, 300);
		bmt_check_map(test, map);
	}
}

static struct kunit_case resize_cases[] = {
	KUNIT_CASE(smallest_fitting_order_is_chosen),
	KUNIT_CASE(keys_are_found_while_map_grows),
	KUNIT_CASE(map_grows_by_several_orders_at_once),
	KUNIT_CASE(overfull_map_grows_until_it_fits),
	KUNIT_CASE(map_does_not_grow_within_capacity),
	KUNIT_CASE(map_shrinks_as_it_empties),
	KUNIT_CASE(shrunk_map_keeps_no_memory_of_large_table),
	KUNIT_CASE(map_does_not_shrink_below_capacity),
	KUNIT_CASE_PARAM(worker_completes_started_migration, step_gen_params),
	KUNIT_CASE(worker_evacuates_buckets_that_writers_could_not),
	KUNIT_CASE(worker_retries_after_failure),
	KUNIT_CASE(insert_burst_does_not_stop_shrink),
	KUNIT_CASE(exhausted_pool_returns_enomem),
	KUNIT_CASE(worker_refills_pool),
	KUNIT_CASE(resize_wait_reports_progress),
	KUNIT_CASE_PARAM(map_can_be_destroyed_during_migration,
			 step_gen_params),
	KUNIT_CASE(map_can_be_destroyed_while_worker_runs),
	KUNIT_CASE(resize_grows_and_shrinks_to_capacity),
	{}
};

static struct kunit_suite resize_suite = {
	.name = "bucketmap_resize",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = resize_cases,
};

kunit_test_suite(resize_suite);

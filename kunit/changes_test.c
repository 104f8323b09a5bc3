// SPDX-License-Identifier: GPL-2.0
/*
 * Polling a map for changes.
 */
#include <linux/wait.h>

#include "waiter.h"

#define WHOLE	BUCKETMAP_WHOLE

/* Arms a poller: from now to the end of the case, writers note changes. */
static u64 arm_poller(struct bucketmap *map)
{
	bool polls = map->watch.pollers;

	bm_changes_begin(map, &polls);
	return bm_changes_arm(map);
}

/* An operation is noted if and only if it changes the key. */
static void check_noted(struct kunit *test, const struct bmt_op *operation,
			bool present, bool batched)
{
	struct bucketmap *map = bmt_watched_map(test, present);
	u64 version = arm_poller(map);
	bool changes;

	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
	changes = bmt_watched_operation(test, map, operation, present, batched);
	KUNIT_EXPECT_EQ(test, bm_changes_since(map, version), changes);
	version = arm_poller(map);
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
	bmt_map_destroy(test, map);
}

KUNIT_ARRAY_PARAM(operation, bmt_ops, bmt_op_describe);

static void operation_is_noted_if_it_changes_key(struct kunit *test)
{
	const struct bmt_op *operation = test->param_value;
	u32 i;

	for (i = 0; i < 4; i++)
		check_noted(test, operation, i & 1, i & 2);
}

static void clear_is_noted(struct kunit *test)
{
	struct bucketmap *map = bmt_watched_map(test, true);
	u64 version = arm_poller(map);

	bmt_clear(map);
	KUNIT_EXPECT_TRUE(test, bm_changes_since(map, version));
}

static void max_that_raises_nothing_is_not_noted(struct kunit *test)
{
	struct bucketmap *map = bmt_watched_map(test, true);
	u64 key = BMT_KEY, number = bmt_value(BMT_KEY);
	u64 version = arm_poller(map);

	bucketmap_max(map, &key, 0, number, NULL, GFP_KERNEL);
	bucketmap_max_existing(map, &key, 0, 0, NULL);
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
	bucketmap_max(map, &key, 0, number + 1, NULL, GFP_KERNEL);
	KUNIT_EXPECT_TRUE(test, bm_changes_since(map, version));
}

/* An operation that fails for its window or what it expects; scans, resizes. */
static void nothing_else_is_noted(struct kunit *test)
{
	struct bucketmap *map = bmt_watched_map(test, true);
	struct bucketmap_window invalid = { 1, 8 };
	u64 key = BMT_KEY, value = 5, wrong = 6, previous;
	struct bucketmap_cursor cursor = { };
	u64 version = arm_poller(map);
	u32 i, count;

	for (i = 0; i < BUCKETMAP_OPERATIONS; i++) {
		struct bucketmap_op op = bmt_op_make(i, invalid, &key, &value,
						     &wrong, &previous);

		if (bmt_ops[i].window == BMT_WINDOW_NONE)
			continue;
		KUNIT_EXPECT_EQ(test, -EINVAL,
				bmt_ops[i].call(map, &op, GFP_KERNEL));
		op.window = WHOLE;
		if (op.expected)
			KUNIT_EXPECT_EQ(test, -ECANCELED,
					bmt_ops[i].call(map, &op, GFP_KERNEL));
	}
	KUNIT_EXPECT_EQ(test, 0, bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE,
						&key, &value, 1, &count));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_resize(map, 1000, 0));
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
}

static void clear_of_empty_map_is_not_noted(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u64 version = arm_poller(map);

	bmt_clear(map);
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
}

/* The first change after a poll is noted; later ones cost nothing. */
static void changes_are_noted_once_per_poll(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 version;

	bmt_fill(test, map, 0, 10);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
	version = arm_poller(map);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 1);
	bmt_fill(test, map, 10, 1);
	KUNIT_EXPECT_TRUE(test, bm_changes_since(map, version));
	version = atomic64_read(&map->watch.version);
	bmt_fill(test, map, 11, 10);
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
	version = arm_poller(map);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 1);
	bmt_fill(test, map, 21, 1);
	KUNIT_EXPECT_TRUE(test, bm_changes_since(map, version));
}

static void closed_poller_costs_writers_nothing(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	bool first = false, second = false;

	bm_changes_begin(map, &first);
	bm_changes_begin(map, &first);
	bm_changes_begin(map, &second);
	KUNIT_EXPECT_TRUE(test, first && second);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 1);
	bm_changes_end(map);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 1);
	bm_changes_end(map);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

static int run_poller(void *data)
{
	struct bmt_waiter *waiter = data;
	u64 version = arm_poller(waiter->map);
	long left;

	left = wait_event_interruptible_timeout(*bm_changes_queue(waiter->map),
						bm_changes_since(waiter->map,
								 version),
						100 * HZ);
	waiter->err = left > 0 ? 0 : -ETIME;
	complete(&waiter->finished);
	return 0;
}

static void change_wakes_poller(struct kunit *test)
{
	struct bmt_waiter waiter = { .map = bmt_numbers(test, 0) };

	bmt_waiter_run(test, &waiter, run_poller);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_resize(waiter.map, 1000, 0));
	bmt_expect_waiting(test, &waiter);
	bmt_fill(test, waiter.map, 1, 1);
	bmt_waiter_join(test, &waiter);
}

static struct kunit_case changes_cases[] = {
	KUNIT_CASE_PARAM(operation_is_noted_if_it_changes_key,
			 operation_gen_params),
	KUNIT_CASE(max_that_raises_nothing_is_not_noted),
	KUNIT_CASE(clear_is_noted),
	KUNIT_CASE(nothing_else_is_noted),
	KUNIT_CASE(clear_of_empty_map_is_not_noted),
	KUNIT_CASE(changes_are_noted_once_per_poll),
	KUNIT_CASE(closed_poller_costs_writers_nothing),
	KUNIT_CASE(change_wakes_poller),
	{}
};

static struct kunit_suite changes_suite = {
	.name = "bucketmap_changes",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = changes_cases,
};

kunit_test_suite(changes_suite);

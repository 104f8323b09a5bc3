// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a change of a key.
 */
#include "waiter.h"

#define WHOLE		BUCKETMAP_WHOLE
#define WAITERS		5

/* How often waiters have entered a queue: again after each spurious wake-up. */
static u64 queue_entries(struct bucketmap *map)
{
	u64 times = 0;
	u32 i;

	for (i = 0; i < BM_WATCH_SHARDS; i++) {
		struct bm_watch_shard *shard = &map->watch.shards[i];

		spin_lock_bh(&shard->lock);
		times += shard->entered;
		spin_unlock_bh(&shard->lock);
	}
	return times;
}

/* An operation wakes if and only if it changes the key. */
static void check_wake(struct kunit *test, const struct bmt_op *operation,
		       bool present, bool batched)
{
	struct bucketmap *map = bmt_watched_map(test, present);
	u64 key = BMT_KEY, seen = bmt_value(BMT_KEY), value = 0;
	struct bmt_waiter *waiter;

	waiter = bmt_waiter_start(test, map, &key, WHOLE,
				  present ? &seen : NULL);
	if (!bmt_watched_operation(test, map, operation, present, batched)) {
		bmt_expect_waiting(test, waiter);
		KUNIT_EXPECT_EQ(test, queue_entries(map), 1);
		KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, WHOLE,
							 &value, GFP_KERNEL));
	}
	bmt_waiter_join(test, waiter);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
	bmt_map_destroy(test, map);
}

KUNIT_ARRAY_PARAM(operation, bmt_ops, bmt_op_describe);

static void operation_wakes_waiter_if_it_changes_key(struct kunit *test)
{
	const struct bmt_op *operation = test->param_value;
	u32 i;

	for (i = 0; i < 4; i++)
		check_wake(test, operation, i & 1, i & 2);
}

static void max_that_raises_nothing_wakes_no_waiter(struct kunit *test)
{
	struct bucketmap *map = bmt_watched_map(test, true);
	u64 key = BMT_KEY, seen = bmt_value(BMT_KEY);
	struct bmt_waiter *waiter = bmt_waiter_start(test, map, &key, WHOLE,
						     &seen);

	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &key, 0, seen, NULL,
					       GFP_KERNEL));
	bmt_expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 1);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &key, 0, seen + 1, NULL,
					       GFP_KERNEL));
	bmt_waiter_join(test, waiter);
}

static void batch_wakes_waiters_for_all_keys(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 keys[WAITERS] = { 1, 2, 3, 4, 5 };
	struct bmt_waiter *waiters[WAITERS];
	s32 results[WAITERS];
	const struct bucketmap_op op = {
		.operation = BUCKETMAP_STORE,
		.keys = keys,
		.values = keys,
		.results = results,
	};
	u32 i, finished;

	for (i = 0; i < WAITERS; i++)
		waiters[i] = bmt_waiter_start(test, map, &keys[i], WHOLE, NULL);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &op, WAITERS, &finished,
						 GFP_KERNEL));
	for (i = 0; i < WAITERS; i++)
		bmt_waiter_join(test, waiters[i]);
}

static void clear_wakes_waiter(struct kunit *test)
{
	struct bucketmap *map = bmt_watched_map(test, true);
	u64 key = BMT_KEY, seen = bmt_value(BMT_KEY);
	struct bmt_waiter *waiter = bmt_waiter_start(test, map, &key, WHOLE,
						     &seen);

	bmt_clear(map);
	bmt_waiter_join(test, waiter);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

static void wait_returns_at_once_if_key_differs(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 present = 1, absent = 2, seen = 5;
	u64 deadlines[] = { 0, 1, bmt_after(0), U64_MAX };
	u32 i;

	bmt_fill(test, map, present, 1);
	for (i = 0; i < ARRAY_SIZE(deadlines); i++) {
		KUNIT_EXPECT_EQ(test, 0,
				bucketmap_wait(map, &present, WHOLE, NULL,
					       deadlines[i]));
		KUNIT_EXPECT_EQ(test, 0,
				bucketmap_wait(map, &present, WHOLE, &seen,
					       deadlines[i]));
		KUNIT_EXPECT_EQ(test, 0,
				bucketmap_wait(map, &absent, WHOLE, &seen,
					       deadlines[i]));
	}
}

static void wait_times_out_without_change(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 present = 1, absent = 2, seen = bmt_value(1);
	u64 deadline;

	bmt_fill(test, map, present, 1);
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &present, WHOLE, &seen, 1));
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &absent, WHOLE, NULL,
				       bmt_after(0)));
	deadline = bmt_after(20 * NSEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &absent, WHOLE, NULL, deadline));
	KUNIT_EXPECT_GE(test, ktime_get_ns(), deadline);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

static void wait_outside_value_is_refused(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, seen = 0;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			bucketmap_wait(map, &key,
				       (struct bucketmap_window){ 1, 8 },
				       &seen, 1));
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

/* Not even changes of keys in the same shard or with the same hash. */
static void changes_of_other_keys_do_not_wake(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct bmt_key key = bmt_make_key(map, 3, 0);
	struct bmt_waiter *waiter = bmt_waiter_start(test, map, &key, WHOLE,
						     NULL);
	struct bmt_key other = bmt_make_key(map, 3, 3);

	bmt_put_made(test, map, 4, 1);
	bmt_put_made(test, map, U64_MAX, 2);
	bmt_put_made(test, map, 3, 3);
	KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &other), 0);
	bmt_expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 1);
	bmt_put_made(test, map, 3, 0);
	bmt_waiter_join(test, waiter);
}

/* Clear wakes only waiters for keys in the range that it has walked. */
static void clear_wakes_no_waiter_outside_its_range(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct bucketmap_cursor cursor = { .position = 1ULL << 63 };
	struct bmt_key key = bmt_make_key(map, 3, 0);
	struct bmt_waiter *waiter = bmt_waiter_start(test, map, &key, WHOLE,
						     NULL);

	bmt_put_made(test, map, U64_MAX, 1);
	while (!cursor.end)
		bucketmap_clear(map, &cursor);
	KUNIT_EXPECT_EQ(test, bucketmap_count(map), 0);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 1);
	bmt_put_made(test, map, 4, 2);
	bmt_clear(map);
	bmt_expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 2);
	bmt_put_made(test, map, 3, 0);
	bmt_waiter_join(test, waiter);
}

/* A call that need not wait does not count as a waiter. */
static void waiter_limit_is_enforced(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, seen = 5;

	atomic_set(&map->watch.waiters, BM_WAITERS_MAX);
	KUNIT_EXPECT_EQ(test, -EUSERS,
			bucketmap_wait(map, &key, WHOLE, NULL,
				       bmt_after(BMT_TIMEOUT_NS)));
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &key, WHOLE, NULL, 1));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_wait(map, &key, WHOLE, &seen, 0));
	atomic_set(&map->watch.waiters, BM_WAITERS_MAX - 1);
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &key, WHOLE, NULL,
				       bmt_after(NSEC_PER_MSEC)));
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.waiters),
			BM_WAITERS_MAX - 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

static void change_outside_window_does_not_wake(struct kunit *test)
{
	struct bucketmap_config config = { .key_size = 8, .value_size = 24 };
	struct bucketmap_window middle = { 9, 7 }, before = { 0, 9 };
	struct bucketmap_window behind = { 16, 8 };
	struct bucketmap *map = bmt_map(test, &config);
	u8 value[24] = { }, other[24];
	struct bmt_waiter *waiter;
	u64 key = 1;

	memset(other, 1, sizeof(other));
	KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, value,
						 GFP_KERNEL));
	waiter = bmt_waiter_start(test, map, &key, middle, value);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_replace(map, &key, before, other));
	bmt_expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_replace(map, &key, behind, other));
	bmt_expect_waiting(test, waiter);
	/* The last byte of the window. */
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_replace(map, &key,
					  (struct bucketmap_window){ 15, 1 },
					  other));
	bmt_waiter_join(test, waiter);
}

static void all_waiters_for_key_are_woken(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct bmt_waiter *waiters[WAITERS];
	u64 key = BMT_KEY;
	u32 i;

	for (i = 0; i < WAITERS; i++)
		waiters[i] = bmt_waiter_start(test, map, &key, WHOLE, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), WAITERS);
	bmt_fill(test, map, BMT_KEY, 1);
	for (i = 0; i < WAITERS; i++)
		bmt_waiter_join(test, waiters[i]);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

/* The bucket is evacuated several times during the wait. */
static void wait_continues_across_resizes(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 present = 1, absent = 2, seen = bmt_value(1);
	struct bmt_waiter *waiters[2];
	u32 round;

	bmt_fill(test, map, present, 1);
	waiters[0] = bmt_waiter_start(test, map, &present, WHOLE, &seen);
	waiters[1] = bmt_waiter_start(test, map, &absent, WHOLE, NULL);
	for (round = 0; round < 4; round++)
		KUNIT_ASSERT_EQ(test, 0,
				bucketmap_resize(map, round % 2 ? 0 : 5000, 0));
	bmt_expect_waiting(test, waiters[0]);
	bmt_expect_waiting(test, waiters[1]);
	KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &present), 0);
	bmt_waiter_join(test, waiters[0]);
	bmt_fill(test, map, absent, 1);
	bmt_waiter_join(test, waiters[1]);
}

/* The wait begins in the old table; the change is made in the new one. */
static void change_in_successor_wakes_waiter(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	u64 present = 1, absent = 2, seen = bmt_value(1);
	struct bmt_waiter *waiters[2];

	bmt_worker_hold(map);
	bmt_fill(test, map, present, 1);
	waiters[0] = bmt_waiter_start(test, map, &present, WHOLE, &seen);
	waiters[1] = bmt_waiter_start(test, map, &absent, WHOLE, NULL);
	bmt_publish(test, map, 5);
	bmt_evacuate_all(test, map);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_replace(map, &present, WHOLE,
						   &absent));
	bmt_waiter_join(test, waiters[0]);
	bmt_fill(test, map, absent, 1);
	bmt_waiter_join(test, waiters[1]);
	bmt_worker_release(test, map);
}

static struct kunit_case wait_cases[] = {
	KUNIT_CASE_PARAM(operation_wakes_waiter_if_it_changes_key,
			 operation_gen_params),
	KUNIT_CASE(max_that_raises_nothing_wakes_no_waiter),
	KUNIT_CASE(batch_wakes_waiters_for_all_keys),
	KUNIT_CASE(clear_wakes_waiter),
	KUNIT_CASE(wait_returns_at_once_if_key_differs),
	KUNIT_CASE(wait_times_out_without_change),
	KUNIT_CASE(wait_outside_value_is_refused),
	KUNIT_CASE(changes_of_other_keys_do_not_wake),
	KUNIT_CASE(clear_wakes_no_waiter_outside_its_range),
	KUNIT_CASE(waiter_limit_is_enforced),
	KUNIT_CASE(change_outside_window_does_not_wake),
	KUNIT_CASE(all_waiters_for_key_are_woken),
	KUNIT_CASE(wait_continues_across_resizes),
	KUNIT_CASE(change_in_successor_wakes_waiter),
	{}
};

static struct kunit_suite wait_suite = {
	.name = "bucketmap_wait",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = wait_cases,
};

kunit_test_suite(wait_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Concurrent writers: no write is lost or done twice, and max_entries holds.
 */
#include "threads.h"

#define WHOLE	BUCKETMAP_WHOLE

/* Shared counters */

#define SHARED		700
#define ADDS		30000

static void add_to_shared(struct thread *thread)
{
	while (thread->done < ADDS && keep_going(thread)) {
		u64 key = below(thread, SHARED * (thread->done + 1) / ADDS + 1);

		expect(thread, !bucketmap_add(thread->threads->map, &key, 0, 3,
					      NULL, GFP_KERNEL), key);
		thread->done++;
	}
}

static u64 sum_of_values(struct kunit *test, struct bucketmap *map)
{
	struct bucketmap_cursor cursor = { };
	u64 keys[16], values[16];
	u64 sum = 0;
	u32 i, count;

	while (!cursor.end) {
		KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, &cursor,
							BUCKETMAP_WHOLE, keys,
							values, 16, &count));
		for (i = 0; i < count; i++)
			sum += values[i];
	}
	return sum;
}

static void additions_are_not_lost(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct threads *threads = threads_of(test, map);
	u32 i;

	for (i = 0; i < 3; i++)
		threads_add(threads, add_to_shared);
	threads_finish(threads, 3);
	KUNIT_EXPECT_EQ(test, sum_of_values(test, map), 3 * 3 * ADDS);
	bmt_check_map(test, map);
}

static void swap_one_higher(struct thread *thread)
{
	struct bucketmap *map = thread->threads->map;
	u64 key = 7, value = 0, more;

	while (thread->done < 6000 && keep_going(thread)) {
		more = value + 1;
		if (bucketmap_compare_and_swap(map, &key, WHOLE, &value, &more,
					       &value))
			continue;
		thread->done++;
		value = more;
	}
}

static void compare_and_swap_succeeds_once_per_value(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct threads *threads = threads_of(test, map);
	u64 key = 7, value = 0;

	KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, &value,
						 GFP_KERNEL));
	threads_add(threads, swap_one_higher);
	threads_add(threads, swap_one_higher);
	threads_finish(threads, 2);
	KUNIT_EXPECT_EQ(test, sum_of_values(test, map), 2 * 6000);
}

/* Inserts and deletes of the same keys */

#define RACED	12000

static void insert_same_keys(struct thread *thread)
{
	u64 key;

	for (key = 0; key < RACED && keep_going(thread); key++) {
		int err = bmt_put(thread->threads->map, key);

		expect(thread, !err || err == -EEXIST, key);
		thread->done += !err;
	}
}

static void delete_same_keys(struct thread *thread)
{
	u64 key;

	for (key = 0; key < RACED && keep_going(thread); key++) {
		int err = bucketmap_delete(thread->threads->map, &key);

		expect(thread, !err || err == -ENOENT, key);
		thread->done += !err;
	}
}

static void racing_inserts_and_deletes_succeed_once(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct threads *threads = threads_of(test, map);

	threads_add(threads, insert_same_keys);
	threads_add(threads, insert_same_keys);
	threads_finish(threads, 2);
	KUNIT_EXPECT_EQ(test, threads->list[0].done + threads->list[1].done,
			RACED);
	bmt_check(test, map, 0, RACED);
	bmt_check_map(test, map);

	threads = threads_of(test, map);
	threads_add(threads, delete_same_keys);
	threads_add(threads, delete_same_keys);
	threads_finish(threads, 2);
	KUNIT_EXPECT_EQ(test, threads->list[0].done + threads->list[1].done,
			RACED);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	bmt_check_map(test, map);
}

/* max_entries */

#define LIMIT	50

/* Inserts and deletes twice as many keys as max_entries permits. */
static void insert_at_limit(struct thread *thread)
{
	struct bucketmap *map = thread->threads->map;

	while (thread->done < 20000 && keep_going(thread)) {
		u64 key = below(thread, 2 * LIMIT);
		int err = bmt_put(map, key);

		expect(thread, !err || err == -EEXIST || err == -ENOSPC, key);
		expect(thread, atomic64_read(&map->credit) >= 0, key);
		key = below(thread, 2 * LIMIT);
		if (!below(thread, 3))
			bucketmap_delete(map, &key);
		thread->done++;
	}
}

static void max_entries_holds_under_concurrent_inserts(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.max_entries = LIMIT,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct threads *threads = threads_of(test, map);
	u64 key, credit;

	threads_add(threads, insert_at_limit);
	threads_add(threads, insert_at_limit);
	threads_finish(threads, 2);
	credit = atomic64_read(&map->credit);
	KUNIT_EXPECT_EQ(test, bmt_count(map) + credit, LIMIT);
	for (key = 1000; key < 1000 + credit; key++)
		KUNIT_EXPECT_EQ(test, bmt_put(map, key), 0);
	KUNIT_EXPECT_EQ(test, bmt_put(map, key), -ENOSPC);
	KUNIT_EXPECT_EQ(test, bmt_count(map), LIMIT);
	bmt_check_map(test, map);
}

static struct kunit_case concurrent_write_cases[] = {
	KUNIT_CASE_SLOW(additions_are_not_lost),
	KUNIT_CASE_SLOW(compare_and_swap_succeeds_once_per_value),
	KUNIT_CASE_SLOW(racing_inserts_and_deletes_succeed_once),
	KUNIT_CASE_SLOW(max_entries_holds_under_concurrent_inserts),
	{}
};

static struct kunit_suite concurrent_write_suite = {
	.name = "bucketmap_concurrent_write",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = concurrent_write_cases,
};

kunit_test_suite(concurrent_write_suite);

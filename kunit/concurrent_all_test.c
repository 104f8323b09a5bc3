// SPDX-License-Identifier: GPL-2.0
/*
 * Concurrent readers, writers, scans, resizes, merging and softirqs.
 */
#include <linux/hrtimer.h>

#include "threads.h"

#define WHOLE	BUCKETMAP_WHOLE

#define PERMANENT	20
#define CHURN	40

static void churn(struct thread *thread)
{
	struct bucketmap *map = thread->threads->map;

	while (thread->done < 40000 && keep_going(thread)) {
		u64 key = PERMANENT + below(thread, CHURN);
		int err;

		if (below(thread, 2)) {
			err = bmt_put(map, key);
			expect(thread, !err || err == -EEXIST, key);
		} else {
			err = bucketmap_delete(map, &key);
			expect(thread, !err || err == -ENOENT, key);
		}
		thread->done++;
	}
}

static void look_up_keys(struct thread *thread)
{
	while (keep_going(thread)) {
		u64 key = below(thread, PERMANENT + CHURN);
		u64 value;
		int err;

		err = bucketmap_lookup(thread->threads->map, &key, WHOLE, &value);
		if (err)
			expect(thread, err == -ENOENT && key >= PERMANENT, key);
		else
			expect(thread, value == bmt_value(key), key);
		thread->done++;
	}
}

/* One complete scan, unless the thread is stopped first. */
static void scan_all(struct thread *thread, u32 capacity)
{
	struct bucketmap *map = thread->threads->map;
	struct bucketmap_cursor cursor = { };
	u8 seen[PERMANENT + CHURN] = { };
	u64 keys[8], values[8];
	u64 least = 0, key;
	u32 i, count;

	while (!cursor.end) {
		if (!keep_going(thread))
			return;
		expect(thread, !bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE,
					       keys, values, capacity,
					       &count), 0);
		for (i = 0; i < count; i++) {
			struct bm_key ready;

			key = keys[i];
			bm_key_init(map, &ready, &key);
			expect(thread, key < PERMANENT + CHURN &&
			       !seen[key]++ && ready.hash >= least &&
			       values[i] == bmt_value(key), key);
			least = ready.hash;
		}
	}
	for (key = 0; key < PERMANENT; key++)
		expect(thread, seen[key] == 1, key);
	thread->done++;
}

static void scan_repeatedly(struct thread *thread)
{
	while (keep_going(thread))
		scan_all(thread, 1 + below(thread, 8));
}

static void resize_repeatedly(struct thread *thread)
{
	while (keep_going(thread)) {
		u32 order = BM_ORDER_MIN + below(thread, 7);
		int err = bucketmap_resize(thread->threads->map,
					   BM_LOAD_GROW(1ULL << order), 0);

		expect(thread, !err, order);
		thread->done++;
	}
}

static void check_permanent_keys(struct kunit *test, bool resize)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct threads *threads = threads_of(test, map);

	bmt_fill(test, map, 0, PERMANENT);
	threads_add(threads, churn);
	threads_add(threads, churn);
	threads_add(threads, look_up_keys);
	threads_add(threads, scan_repeatedly);
	if (resize)
		threads_add(threads, resize_repeatedly);
	threads_finish(threads, 2);
	bmt_check(test, map, 0, PERMANENT);
	bmt_check_map(test, map);
	KUNIT_EXPECT_EQ(test, bmt_count(map) +
			bm_counters_sum(map, BM_DELETED),
			bm_counters_sum(map, BM_INSERTED));
}

static void permanent_keys_are_found_during_churn(struct kunit *test)
{
	check_permanent_keys(test, false);
}

static void permanent_keys_are_found_during_resizes(struct kunit *test)
{
	check_permanent_keys(test, true);
}

/* Merging */

#define MERGE_FROM	6
#define MERGE_TO	1
#define MERGE_KEYS	400

/* Evacuates every other bucket, concurrently with the other thread. */
static void evacuate_own_buckets(struct thread *thread)
{
	struct bucketmap *map = thread->threads->map;
	struct bm_table *table = bmt_table(map);
	u32 index = thread->number;

	while (index < bm_table_buckets(table)) {
		int err;

		let_others_run();
		rcu_read_lock();
		err = bm_evacuate(map, table, index, BM_EVACUATED_BY_WRITERS);
		rcu_read_unlock();
		if (err)
			bmt_pool_grow(thread->threads->test, bmt_next(table));
		else
			index += 2;
	}
	thread->done++;
}

static void delete_some(struct thread *thread)
{
	u64 key;

	for (key = 0; key < MERGE_KEYS; key += thread->threads->step) {
		let_others_run();
		expect(thread, !bucketmap_delete(thread->threads->map, &key),
		       key);
	}
	thread->done++;
}

static void buckets_merge_concurrently(struct kunit *test)
{
	u32 round;

	for (round = 0; round < 60; round++) {
		u32 step = round % 3 == 2 ? 3 : MERGE_KEYS;
		struct bucketmap *map;
		struct threads *threads;
		u64 key;

		map = bmt_numbers(test, BM_LOAD_GROW(1ULL << MERGE_FROM));
		threads = threads_of(test, map);
		bmt_worker_hold(map);
		bmt_fill(test, map, 0, MERGE_KEYS);
		bmt_publish(test, map, MERGE_TO);
		threads_add(threads, evacuate_own_buckets);
		threads_add(threads, evacuate_own_buckets);
		threads->step = step;
		threads_add(threads, delete_some);
		threads_join_all(threads, 3);
		for (key = 0; key < MERGE_KEYS; key++) {
			if (key % step)
				bmt_check(test, map, key, 1);
			else
				bmt_check_absent(test, map, key, 1);
		}
		bmt_check_map(test, map);
		bmt_map_destroy(test, map);
	}
}

/* Softirqs */

#define INTERVAL_NS	(100 * NSEC_PER_USEC)

/**
 * struct softirq_timer - a timer that uses a map in its softirq
 * @timer: the timer
 * @map: the map
 * @random: state of its random numbers
 * @left: number of expirations that are left
 * @errors: number of errors found
 * @done: completed at the last expiration
 */
struct softirq_timer {
	struct hrtimer timer;
	struct bucketmap *map;
	struct rnd_state random;
	u32 left;
	u64 errors;
	struct completion done;
};

static enum hrtimer_restart use_map_in_softirq(struct hrtimer *timer)
{
	struct softirq_timer *it = container_of(timer, struct softirq_timer,
						timer);
	u64 key = prandom_u32_state(&it->random) % (PERMANENT + CHURN);
	u64 value;
	int err;

	err = bucketmap_lookup(it->map, &key, WHOLE, &value);
	it->errors += err ? key < PERMANENT : value != bmt_value(key);
	key = prandom_u32_state(&it->random) % CHURN + PERMANENT;
	value = bmt_value(key);
	if (bucketmap_insert(it->map, &key, WHOLE, &value, GFP_NOWAIT))
		bucketmap_delete(it->map, &key);
	if (!--it->left) {
		complete(&it->done);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(timer, ns_to_ktime(INTERVAL_NS));
	return HRTIMER_RESTART;
}

static void softirqs_can_use_map(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct softirq_timer it = { .map = map, .left = 250 };
	struct threads *threads = threads_of(test, map);

	bmt_fill(test, map, 0, PERMANENT);
	prandom_seed_state(&it.random, bmt_random(test));
	init_completion(&it.done);
	hrtimer_init_on_stack(&it.timer, CLOCK_MONOTONIC,
			      HRTIMER_MODE_REL_SOFT);
	it.timer.function = use_map_in_softirq;
	hrtimer_start(&it.timer, ns_to_ktime(INTERVAL_NS), HRTIMER_MODE_REL_SOFT);
	threads_add(threads, churn);
	threads_add(threads, churn);
	threads_add(threads, resize_repeatedly);
	threads_finish(threads, 2);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&it.done,
							     THREADS_TIMEOUT));
	hrtimer_cancel(&it.timer);
	destroy_hrtimer_on_stack(&it.timer);
	KUNIT_EXPECT_EQ(test, it.errors, 0);
	bmt_settle(test, map);
	bmt_check(test, map, 0, PERMANENT);
	bmt_check_map(test, map);
}

static struct kunit_case concurrent_all_cases[] = {
	KUNIT_CASE_SLOW(permanent_keys_are_found_during_churn),
	KUNIT_CASE_SLOW(permanent_keys_are_found_during_resizes),
	KUNIT_CASE_SLOW(buckets_merge_concurrently),
	KUNIT_CASE_SLOW(softirqs_can_use_map),
	{}
};

static struct kunit_suite concurrent_all_suite = {
	.name = "bucketmap_concurrent_all",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = concurrent_all_cases,
};

kunit_test_suite(concurrent_all_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Watching a map: waiting for a change of a key, and polling for any change.
 *
 * A thread waits, and the case makes the change once the thread sleeps. A thread
 * that is never woken times out, and the case fails.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched/task.h>

#include "common.h"

#define WHOLE		BUCKETMAP_WHOLE
#define TIMEOUT_NS	(100ULL * NSEC_PER_SEC)
#define TRIES		5000
#define WAITERS		5

/* The key that is changed, and another key that is present. */
#define KEY		1
#define OTHER		2

/* Arms a poller: from now to the end of the case, writers note changes. */
static u64 arm_poller(struct bucketmap *map)
{
	bool polls = map->watch.pollers;

	bm_changes_begin(map, &polls);
	return bm_changes_arm(map);
}

static u64 after(u64 ns)
{
	return ktime_get_ns() + ns;
}

/**
 * struct waiter - a thread that waits for a key
 * @map: the map
 * @key: the key's bytes
 * @window: the window
 * @seen: the window's content when the wait begins, or NULL for an absent key
 * @task: the thread
 * @finished: completed when the wait has ended
 * @err: result of the wait
 */
struct waiter {
	struct bucketmap *map;
	const void *key;
	struct bucketmap_window window;
	const void *seen;
	struct task_struct *task;
	struct completion finished;
	int err;
};

static int run_waiter(void *data)
{
	struct waiter *waiter = data;

	waiter->err = bucketmap_wait(waiter->map, waiter->key, waiter->window,
				     waiter->seen, after(TIMEOUT_NS));
	complete(&waiter->finished);
	return 0;
}

/* Waits until the thread sleeps; returns false if it does not. */
static bool sleeps(struct task_struct *task)
{
	u32 tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (READ_ONCE(task->__state) & TASK_INTERRUPTIBLE &&
		    !READ_ONCE(task->on_rq))
			return true;
		usleep_range(100, 200);
	}
	return false;
}

/* The thread still waits; after a spurious wake-up it sleeps again. */
static void expect_waiting(struct kunit *test, struct waiter *waiter)
{
	usleep_range(2000, 4000);
	KUNIT_EXPECT_FALSE(test, completion_done(&waiter->finished));
	KUNIT_EXPECT_TRUE(test, sleeps(waiter->task));
}

/* Starts a waiter, and returns when it sleeps. */
static struct waiter *waiter_start(struct kunit *test, struct bucketmap *map,
				   const void *key,
				   struct bucketmap_window window,
				   const void *seen)
{
	struct waiter *waiter = kunit_kzalloc(test, sizeof(*waiter),
					      GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, waiter);
	waiter->map = map;
	waiter->key = key;
	waiter->window = window;
	waiter->seen = seen;
	init_completion(&waiter->finished);
	waiter->task = kthread_create(run_waiter, waiter, "bmt/wait");
	KUNIT_ASSERT_FALSE(test, IS_ERR(waiter->task));
	get_task_struct(waiter->task);
	wake_up_process(waiter->task);
	expect_waiting(test, waiter);
	return waiter;
}

static void waiter_join(struct kunit *test, struct waiter *waiter)
{
	wait_for_completion(&waiter->finished);
	KUNIT_EXPECT_EQ(test, waiter->err, 0);
	kthread_stop(waiter->task);
	put_task_struct(waiter->task);
}

/* Changes */

static int change_store(struct bucketmap *map, u64 key, u64 value)
{
	return bucketmap_store(map, &key, WHOLE, &value, GFP_KERNEL);
}

static int change_insert(struct bucketmap *map, u64 key, u64 value)
{
	return bucketmap_insert(map, &key, WHOLE, &value, GFP_KERNEL);
}

static int change_replace(struct bucketmap *map, u64 key, u64 value)
{
	return bucketmap_replace(map, &key, WHOLE, &value);
}

static int change_load_or_store(struct bucketmap *map, u64 key, u64 value)
{
	u64 previous;

	return bucketmap_load_or_store(map, &key, WHOLE, &value, &previous,
				       GFP_KERNEL);
}

static int change_swap(struct bucketmap *map, u64 key, u64 value)
{
	u64 previous;
	int ret = bucketmap_swap(map, &key, WHOLE, &value, &previous,
				 GFP_KERNEL);

	return ret == 1 ? 0 : ret;
}

static int change_delete(struct bucketmap *map, u64 key, u64 value)
{
	return bucketmap_delete(map, &key);
}

static int change_lookup_and_delete(struct bucketmap *map, u64 key, u64 value)
{
	u64 previous;

	return bucketmap_lookup_and_delete(map, &key, WHOLE, &previous);
}

static int change_compare_and_swap(struct bucketmap *map, u64 key, u64 value)
{
	u64 expected = bmt_value(key);

	return bucketmap_compare_and_swap(map, &key, WHOLE, &expected, &value,
					  NULL);
}

static int change_compare_and_delete(struct bucketmap *map, u64 key, u64 value)
{
	u64 expected = bmt_value(key);

	return bucketmap_compare_and_delete(map, &key, WHOLE, &expected,
					    NULL);
}

static int change_add(struct bucketmap *map, u64 key, u64 value)
{
	return bucketmap_add(map, &key, 0, 5, NULL, GFP_KERNEL);
}

static int change_clear(struct bucketmap *map, u64 key, u64 value)
{
	struct bucketmap_cursor cursor = { };

	while (!cursor.end)
		bucketmap_clear(map, &cursor);
	return 0;
}

static int change_batch(struct bucketmap *map, u64 key, u64 value)
{
	u64 keys[] = { OTHER, key }, values[] = { value, value };
	s32 results[2];
	const struct bucketmap_op op = {
		.operation = BUCKETMAP_STORE,
		.keys = keys,
		.values = values,
		.results = results,
	};
	u32 finished;

	return bucketmap_batch(map, &op, 2, &finished, GFP_KERNEL) ?:
	       results[1];
}

/**
 * struct change_kind - an operation that adds, changes or removes an entry
 * @name: its name
 * @run: runs it; operations without a new value ignore @value
 * @absent: the key is absent before
 */
struct change_kind {
	const char *name;
	int (*run)(struct bucketmap *map, u64 key, u64 value);
	bool absent;
};

static const struct change_kind change_kinds[] = {
	{ "store, new key", change_store, true },
	{ "insert, new key", change_insert, true },
	{ "load or store, new key", change_load_or_store, true },
	{ "swap, new key", change_swap, true },
	{ "add, new key", change_add, true },
	{ "batch, new key", change_batch, true },
	{ "store", change_store },
	{ "replace", change_replace },
	{ "swap", change_swap },
	{ "compare and swap", change_compare_and_swap },
	{ "add", change_add },
	{ "batch", change_batch },
	{ "delete", change_delete },
	{ "lookup and delete", change_lookup_and_delete },
	{ "compare and delete", change_compare_and_delete },
	{ "clear", change_clear },
};

static void change_name(const struct change_kind *kind, char *name)
{
	strscpy(name, kind->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(change, change_kinds, change_name);

static struct bucketmap *map_before(struct kunit *test,
				    const struct change_kind *kind)
{
	struct bucketmap *map = bmt_numbers(test, 0);

	bmt_fill(test, map, OTHER, 1);
	if (!kind->absent)
		bmt_fill(test, map, KEY, 1);
	return map;
}

/* Waiting for a key */

static void every_change_wakes_waiter(struct kunit *test)
{
	const struct change_kind *kind = test->param_value;
	struct bucketmap *map = map_before(test, kind);
	u64 key = KEY, seen = bmt_value(KEY);
	struct waiter *waiter;

	waiter = waiter_start(test, map, &key, WHOLE,
			      kind->absent ? NULL : &seen);
	KUNIT_EXPECT_EQ(test, kind->run(map, KEY, 77), 0);
	waiter_join(test, waiter);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

static void wait_returns_at_once_if_key_differs(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 present = 1, absent = 2, seen = 5;
	u64 deadlines[] = { 0, 1, after(0), U64_MAX };
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
			bucketmap_wait(map, &absent, WHOLE, NULL, after(0)));
	deadline = after(20 * NSEC_PER_MSEC);
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

/* How often waiters have entered a queue; after a spurious wake-up they reenter. */
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

/* Not even changes of keys in the same shard or with the same hash. */
static void changes_of_other_keys_do_not_wake(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct bmt_key key = bmt_make_key(map, 3, 0);
	struct waiter *waiter = waiter_start(test, map, &key, WHOLE, NULL);
	struct bmt_key other = bmt_make_key(map, 3, 3);

	bmt_put_made(test, map, 4, 1);
	bmt_put_made(test, map, U64_MAX, 2);
	bmt_put_made(test, map, 3, 3);
	KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &other), 0);
	expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 1);
	bmt_put_made(test, map, 3, 0);
	waiter_join(test, waiter);
}

/* Clear wakes only waiters for keys in the range that it has walked. */
static void clear_wakes_no_waiter_outside_its_range(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct bucketmap_cursor cursor = { .position = 1ULL << 63 };
	struct bmt_key key = bmt_make_key(map, 3, 0);
	struct waiter *waiter = waiter_start(test, map, &key, WHOLE, NULL);

	bmt_put_made(test, map, U64_MAX, 1);
	while (!cursor.end)
		bucketmap_clear(map, &cursor);
	KUNIT_EXPECT_EQ(test, bucketmap_count(map), 0);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 1);
	bmt_put_made(test, map, 4, 2);
	change_clear(map, KEY, 0);
	expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, queue_entries(map), 2);
	bmt_put_made(test, map, 3, 0);
	waiter_join(test, waiter);
}

/* A call that need not wait does not count as a waiter. */
static void waiter_limit_is_enforced(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, seen = 5;

	atomic_set(&map->watch.waiters, BM_WAITERS_MAX);
	KUNIT_EXPECT_EQ(test, -EUSERS,
			bucketmap_wait(map, &key, WHOLE, NULL,
				       after(TIMEOUT_NS)));
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &key, WHOLE, NULL, 1));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_wait(map, &key, WHOLE, &seen, 0));
	atomic_set(&map->watch.waiters, BM_WAITERS_MAX - 1);
	KUNIT_EXPECT_EQ(test, -ETIME,
			bucketmap_wait(map, &key, WHOLE, NULL,
				       after(NSEC_PER_MSEC)));
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
	struct waiter *waiter;
	u64 key = 1;

	memset(other, 1, sizeof(other));
	KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, value,
						 GFP_KERNEL));
	waiter = waiter_start(test, map, &key, middle, value);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_replace(map, &key, before, other));
	expect_waiting(test, waiter);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_replace(map, &key, behind, other));
	expect_waiting(test, waiter);
	/* The last byte of the window. */
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_replace(map, &key,
					  (struct bucketmap_window){ 15, 1 },
					  other));
	waiter_join(test, waiter);
}

static void all_waiters_for_key_are_woken(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct waiter *waiters[WAITERS];
	u64 key = KEY;
	u32 i;

	for (i = 0; i < WAITERS; i++)
		waiters[i] = waiter_start(test, map, &key, WHOLE, NULL);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), WAITERS);
	bmt_fill(test, map, KEY, 1);
	for (i = 0; i < WAITERS; i++)
		waiter_join(test, waiters[i]);
	KUNIT_EXPECT_EQ(test, atomic_read(&map->watch.interest), 0);
}

/* The bucket is evacuated several times during the wait. */
static void wait_continues_across_resizes(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 present = 1, absent = 2, seen = bmt_value(1);
	struct waiter *waiters[2];
	u32 round;

	bmt_fill(test, map, present, 1);
	waiters[0] = waiter_start(test, map, &present, WHOLE, &seen);
	waiters[1] = waiter_start(test, map, &absent, WHOLE, NULL);
	for (round = 0; round < 4; round++)
		KUNIT_ASSERT_EQ(test, 0,
				bucketmap_resize(map, round % 2 ? 0 : 5000, 0));
	expect_waiting(test, waiters[0]);
	expect_waiting(test, waiters[1]);
	KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &present), 0);
	waiter_join(test, waiters[0]);
	bmt_fill(test, map, absent, 1);
	waiter_join(test, waiters[1]);
}

/* The wait begins in the old table; the change is made in the new one. */
static void change_in_successor_wakes_waiter(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	u64 present = 1, absent = 2, seen = bmt_value(1);
	struct waiter *waiters[2];

	bmt_worker_hold(map);
	bmt_fill(test, map, present, 1);
	waiters[0] = waiter_start(test, map, &present, WHOLE, &seen);
	waiters[1] = waiter_start(test, map, &absent, WHOLE, NULL);
	bmt_publish(test, map, 5);
	bmt_evacuate_all(test, map);
	KUNIT_EXPECT_EQ(test, change_store(map, present, 0), 0);
	waiter_join(test, waiters[0]);
	bmt_fill(test, map, absent, 1);
	waiter_join(test, waiters[1]);
	bmt_worker_release(test, map);
}

/* Polling for changes */

static void every_change_is_noted(struct kunit *test)
{
	const struct change_kind *kind = test->param_value;
	struct bucketmap *map = map_before(test, kind);
	u64 version = arm_poller(map);

	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
	KUNIT_EXPECT_EQ(test, kind->run(map, KEY, 77), 0);
	KUNIT_EXPECT_TRUE(test, bm_changes_since(map, version));
	version = arm_poller(map);
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
}

static void operations_without_effect_are_not_noted(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 present = 1, absent = 2, value = 5, wrong = 6;
	struct bucketmap_cursor cursor = { };
	u64 version;
	u32 count;

	bmt_fill(test, map, present, 1);
	version = arm_poller(map);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_lookup(map, &present, WHOLE,
						  &value));
	KUNIT_EXPECT_EQ(test, -ENOENT, bucketmap_lookup(map, &absent, WHOLE,
							&value));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			bucketmap_insert(map, &present, WHOLE, &value,
					 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, -ENOENT, bucketmap_replace(map, &absent, WHOLE,
							 &value));
	KUNIT_EXPECT_EQ(test, -ENOENT, bucketmap_delete(map, &absent));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_lookup_and_delete(map, &absent, WHOLE,
						    &value));
	KUNIT_EXPECT_EQ(test, -ECANCELED,
			bucketmap_compare_and_swap(map, &present, WHOLE,
						   &wrong, &value, NULL));
	KUNIT_EXPECT_EQ(test, -ECANCELED,
			bucketmap_compare_and_delete(map, &present, WHOLE,
						     &wrong, NULL));
	KUNIT_EXPECT_EQ(test, -EINVAL, bucketmap_add(map, &present, 1, 1, NULL,
						     GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 1,
			bucketmap_load_or_store(map, &present, WHOLE, &wrong,
						&value, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_scan(map, &cursor, &absent, &value,
						1, &count));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_resize(map, 1000, 0));
	KUNIT_EXPECT_FALSE(test, bm_changes_since(map, version));
}

static void clear_of_empty_map_is_not_noted(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u64 version = arm_poller(map);

	change_clear(map, KEY, 0);
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
	struct waiter *waiter = data;
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
	struct waiter waiter = { .map = bmt_numbers(test, 0) };

	init_completion(&waiter.finished);
	waiter.task = kthread_create(run_poller, &waiter, "bmt/poll");
	KUNIT_ASSERT_FALSE(test, IS_ERR(waiter.task));
	get_task_struct(waiter.task);
	wake_up_process(waiter.task);
	expect_waiting(test, &waiter);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_resize(waiter.map, 1000, 0));
	expect_waiting(test, &waiter);
	bmt_fill(test, waiter.map, 1, 1);
	waiter_join(test, &waiter);
}

static struct kunit_case watch_cases[] = {
	KUNIT_CASE_PARAM(every_change_wakes_waiter, change_gen_params),
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
	KUNIT_CASE_PARAM(every_change_is_noted, change_gen_params),
	KUNIT_CASE(operations_without_effect_are_not_noted),
	KUNIT_CASE(clear_of_empty_map_is_not_noted),
	KUNIT_CASE(changes_are_noted_once_per_poll),
	KUNIT_CASE(closed_poller_costs_writers_nothing),
	KUNIT_CASE(change_wakes_poller),
	{}
};

static struct kunit_suite watch_suite = {
	.name = "bucketmap_watch",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = watch_cases,
};

kunit_test_suite(watch_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Failing allocations: each allocation of each operation fails in turn. The
 * operation says so or does without, and the map is as before or as it should
 * be.
 *
 * The kernel lets the Nth allocation of a task fail (fail_nth). The worker's
 * are tested by running it in the case's own task. Whether allocations that may
 * sleep fail as well is set in debugfs; where they do not, or the kernel has no
 * fault injection, the cases are skipped.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "common.h"

/* More than any operation allocates. */
#define NTH_MAX		200

#ifdef CONFIG_FAULT_INJECTION

static void fail_nth(u32 nth)
{
	current->fail_nth = nth;
}

/* Ends what fail_nth() began, and returns whether an allocation failed. */
static bool has_failed(void)
{
	bool failed = !current->fail_nth;

	current->fail_nth = 0;
	return failed;
}

#else

static void fail_nth(u32 nth) { }
static bool has_failed(void) { return false; }

#endif

static void need_failures(struct kunit *test)
{
	void *memory;

	fail_nth(1);
	memory = kmalloc(1, BM_GFP);
	kfree(memory);
	if (!has_failed() || memory)
		kunit_skip(test, "allocations do not fail here");
}

/**
 * struct operation - an operation that may make an entry
 * @name: its name
 * @run: does it with a key that is absent
 */
struct operation {
	const char *name;
	int (*run)(struct bucketmap *map, u64 key);
};

static int run_store(struct bucketmap *map, u64 key)
{
	u64 value = bmt_value(key);

	return bucketmap_store(map, &key, BUCKETMAP_WHOLE, &value, BM_GFP);
}

static int run_insert(struct bucketmap *map, u64 key)
{
	u64 value = bmt_value(key);

	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &value, BM_GFP);
}

static int run_load_or_store(struct bucketmap *map, u64 key)
{
	u64 value = bmt_value(key), previous;

	return bucketmap_load_or_store(map, &key, BUCKETMAP_WHOLE, &value,
				       &previous, BM_GFP);
}

static int run_swap(struct bucketmap *map, u64 key)
{
	u64 value = bmt_value(key), previous;

	return bucketmap_swap(map, &key, BUCKETMAP_WHOLE, &value, &previous,
			      BM_GFP);
}

static int run_add(struct bucketmap *map, u64 key)
{
	return bucketmap_add(map, &key, 0, bmt_value(key), NULL, BM_GFP);
}

static const struct operation operations[] = {
	{ "store", run_store },
	{ "insert", run_insert },
	{ "load or store", run_load_or_store },
	{ "swap", run_swap },
	{ "add", run_add },
};

static void operation_name(const struct operation *operation, char *name)
{
	strscpy(name, operation->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(operation, operations, operation_name);

/* Fills a map until a key finds no room, and returns that key. */
static u64 fill_up(struct kunit *test, struct bucketmap *map)
{
	u64 key;
	int err = 0;

	for (key = 0; !err; key++) {
		u64 value = bmt_value(key);

		err = bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &value,
				       GFP_NOWAIT);
	}
	KUNIT_ASSERT_EQ(test, err, -ENOMEM);
	return key - 1;
}

static void an_entry_is_made_or_the_map_is_as_before(struct kunit *test)
{
	const struct operation *operation = test->param_value;
	u32 nth, refused = 0;
	bool failed = true;

	need_failures(test);
	for (nth = 1; failed && nth < NTH_MAX; nth++) {
		struct bucketmap *map = bmt_numbers(test, 0);
		u32 drained;
		u64 key;
		int err;

		bmt_worker_hold(map);
		drained = bmt_pool_drain(bmt_table(map));
		key = fill_up(test, map);
		fail_nth(nth);
		err = operation->run(map, key);
		failed = has_failed();
		if (err) {
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
			KUNIT_EXPECT_TRUE(test, failed);
			bmt_check_absent(test, map, key, 1);
			refused++;
		}
		bmt_check(test, map, 0, key + !err);
		KUNIT_EXPECT_EQ(test, bmt_count(map), key + !err);
		bm_pool_put(&bmt_table(map)->pool, drained);
		bmt_check_map(test, map);
		bmt_map_destroy(test, map);
	}
	KUNIT_EXPECT_GT(test, refused, 0);
	KUNIT_EXPECT_FALSE(test, failed);
}

static void a_map_is_made_or_nothing_is_left(struct kunit *test)
{
	const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .capacity = 10000,
	};
	struct bucketmap *map;
	u32 nth, refused = 0;
	bool failed = true;

	need_failures(test);
	for (nth = 1; failed && nth < NTH_MAX; nth++) {
		fail_nth(nth);
		map = bucketmap_create(&config);
		failed = has_failed();
		if (IS_ERR(map)) {
			KUNIT_EXPECT_EQ(test, PTR_ERR(map), -ENOMEM);
			refused++;
		} else {
			bucketmap_destroy(map);
		}
	}
	/*
	 * Map, table and records. Locks and chunks come by another way then, and
	 * counters may be had without any allocation.
	 */
	KUNIT_EXPECT_GE(test, refused, 3);
	KUNIT_EXPECT_FALSE(test, failed);
}

/* Runs the worker in this task, with its Nth allocation failing. */
static bool work_with_failure(struct bucketmap *map, u32 nth)
{
	struct work_struct *work = &map->resize.work.work;

	/* What was asked for meanwhile must not run beside it. */
	bmt_worker_hold(map);
	bmt_worker_free(map);
	fail_nth(nth);
	work->func(work);
	return has_failed();
}

static void a_resize_is_made_or_tried_again(struct kunit *test, u64 capacity,
					    u64 fill, u64 keep)
{
	u32 nth, tried_again = 0;
	bool failed = true;

	need_failures(test);
	for (nth = 1; failed && nth < NTH_MAX; nth++) {
		struct bucketmap *map = bmt_numbers(test, capacity);
		u64 key;

		bmt_worker_hold(map);
		bmt_fill(test, map, 0, fill);
		for (key = keep; key < fill; key++)
			KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
		map->capacity = 0;
		failed = work_with_failure(map, nth);
		tried_again += map->resize.failed > 0;
		bmt_check(test, map, 0, keep);
		bmt_settle(test, map);
		bmt_check(test, map, 0, keep);
		bmt_check_map(test, map);
		KUNIT_EXPECT_GT(test, bm_resize_progress(map), 0);
		bmt_map_destroy(test, map);
	}
	KUNIT_EXPECT_GT(test, tried_again, 0);
	KUNIT_EXPECT_FALSE(test, failed);
}

static void a_growth_is_made_or_tried_again(struct kunit *test)
{
	a_resize_is_made_or_tried_again(test, 0, 200, 200);
}

static void a_shrink_is_made_or_tried_again(struct kunit *test)
{
	a_resize_is_made_or_tried_again(test, 5000, 200, 20);
}

static struct kunit_case failure_cases[] = {
	KUNIT_CASE(a_map_is_made_or_nothing_is_left),
	KUNIT_CASE_PARAM(an_entry_is_made_or_the_map_is_as_before,
			 operation_gen_params),
	KUNIT_CASE(a_growth_is_made_or_tried_again),
	KUNIT_CASE(a_shrink_is_made_or_tried_again),
	{}
};

static struct kunit_suite failure_suite = {
	.name = "bucketmap_failure",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = failure_cases,
};

kunit_test_suite(failure_suite);

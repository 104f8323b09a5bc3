// SPDX-License-Identifier: GPL-2.0
/*
 * Failing allocations: each allocation of each operation fails in turn. Either
 * the operation succeeds without it, or it returns an error and the map is
 * unchanged.
 *
 * The kernel can let the Nth allocation of a task fail (fail_nth). To cover the
 * worker's allocations, the case runs the worker in its own task. Whether
 * allocations that may sleep fail too is set in debugfs; where they do not, or
 * without fault injection, the cases are skipped.
 */
#include <linux/sched.h>
#include <linux/slab.h>

#include "common.h"
#include "ops.h"

/* More than any operation allocates. */
#define NTH_MAX		200

#ifdef CONFIG_FAULT_INJECTION

static void fail_nth(u32 nth)
{
	current->fail_nth = nth;
}

/* Disables fail_nth() and returns whether an allocation has failed. */
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

static void require_fault_injection(struct kunit *test)
{
	void *memory;

	fail_nth(1);
	memory = kmalloc(1, BM_GFP);
	kfree(memory);
	if (!has_failed() || memory)
		kunit_skip(test, "allocations do not fail here");
}

KUNIT_ARRAY_PARAM(operation, bmt_ops, bmt_op_describe);

/* Does an operation on an absent key. */
static int run_operation(struct bucketmap *map, const struct bmt_op *operation,
			 u64 key)
{
	u64 value = bmt_value(key), previous;
	const struct bucketmap_op op =
		bmt_op_make(operation - bmt_ops, BUCKETMAP_WHOLE, &key, &value,
			    &value, &previous);

	return operation->call(map, &op, BM_GFP);
}

/* Inserts keys until one is refused, and returns that key. */
static u64 fill_until_refused(struct kunit *test, struct bucketmap *map)
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

static void operation_succeeds_or_changes_nothing(struct kunit *test)
{
	const struct bmt_op *operation = test->param_value;
	u32 nth, refused = 0;
	bool failed = true;

	require_fault_injection(test);
	for (nth = 1; failed && nth < NTH_MAX; nth++) {
		struct bucketmap *map = bmt_numbers(test, 0);
		u32 drained;
		u64 key;
		int err;

		bmt_worker_hold(map);
		drained = bmt_pool_drain(bmt_table(map));
		key = fill_until_refused(test, map);
		/* A writer that finds no memory must not wait for a pass. */
		bmt_worker_hold(map);
		WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
		fail_nth(nth);
		err = run_operation(map, operation, key);
		failed = has_failed();
		if (err) {
			KUNIT_EXPECT_EQ(test, err, operation->creates ?
					-ENOMEM : -ENOENT);
			KUNIT_EXPECT_EQ(test, failed, operation->creates);
			bmt_check_absent(test, map, key, 1);
			refused += failed;
		}
		bmt_check(test, map, 0, key + !err);
		KUNIT_EXPECT_EQ(test, bmt_count(map), key + !err);
		bm_pool_put(&bmt_table(map)->pool, drained);
		bmt_check_map(test, map);
		bmt_map_destroy(test, map);
	}
	KUNIT_EXPECT_EQ(test, refused > 0, operation->creates);
	KUNIT_EXPECT_FALSE(test, failed);
}

static void map_creation_succeeds_or_frees_everything(struct kunit *test)
{
	const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .capacity = 10000,
		.flags = BUCKETMAP_CREATE_MAPPABLE,
	};
	struct bucketmap *map;
	u32 nth, refused = 0;
	bool failed = true;

	require_fault_injection(test);
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
	 * Map, table and records. Locks and chunks have fallbacks, and counters
	 * may need no allocation.
	 */
	KUNIT_EXPECT_GE(test, refused, 3);
	KUNIT_EXPECT_FALSE(test, failed);
}

/* Runs the worker in this task, with its Nth allocation failing. */
static bool run_worker_with_failure(struct bucketmap *map, u32 nth)
{
	struct work_struct *work = &map->resize.work.work;

	/* Queued work must not run concurrently. */
	bmt_worker_hold(map);
	bmt_worker_free(map);
	fail_nth(nth);
	work->func(work);
	return has_failed();
}

static void check_resize_is_retried(struct kunit *test, u64 capacity,
				    u64 fill, u64 keep)
{
	u32 nth, retried = 0;
	bool failed = true;

	require_fault_injection(test);
	for (nth = 1; failed && nth < NTH_MAX; nth++) {
		struct bucketmap *map = bmt_mappable(test, capacity);
		u64 key;

		bmt_worker_hold(map);
		bmt_fill(test, map, 0, fill);
		for (key = keep; key < fill; key++)
			KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
		/* The last pass, which reads the capacity, is over. */
		bmt_worker_hold(map);
		map->capacity = 0;
		failed = run_worker_with_failure(map, nth);
		retried += map->resize.failed > 0;
		bmt_check(test, map, 0, keep);
		bmt_settle(test, map);
		bmt_check(test, map, 0, keep);
		bmt_check_map(test, map);
		KUNIT_EXPECT_GT(test, bm_resize_progress(map), 0);
		bmt_map_destroy(test, map);
	}
	KUNIT_EXPECT_GT(test, retried, 0);
	KUNIT_EXPECT_FALSE(test, failed);
}

static void failed_growth_is_retried(struct kunit *test)
{
	check_resize_is_retried(test, 0, 200, 200);
}

static void failed_shrink_is_retried(struct kunit *test)
{
	check_resize_is_retried(test, 5000, 200, 20);
}

static struct kunit_case failure_cases[] = {
	KUNIT_CASE(map_creation_succeeds_or_frees_everything),
	KUNIT_CASE_PARAM(operation_succeeds_or_changes_nothing,
			 operation_gen_params),
	KUNIT_CASE(failed_growth_is_retried),
	KUNIT_CASE(failed_shrink_is_retried),
	{}
};

static struct kunit_suite failure_suite = {
	.name = "bucketmap_failure",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = failure_cases,
};

kunit_test_suite(failure_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Edge cases of resizing: refused memory, requests that are refused, time out or
 * compete, and callers that wait.
 */
#include "support.h"

#include <pthread.h>

#include <linux/ktime.h>

#include "core/bucket.h"
#include "core/evacuate.h"
#include "maps.h"

/* Memory */

/* Whether splitting the bucket in two takes an overflow record. */
static bool needs_record(struct bucketmap *map, u32 index)
{
	struct bm_table *table = bmt_table(map);
	struct bm_record *record = bm_table_home(table, index);
	u32 shares[2] = { };

	do {
		u64 used = bm_tags_used(record->tags);
		u32 slot;

		bm_for_each_slot(slot, used)
			shares[bm_entry_hash(map, record, slot) >> (table->shift - 1) & 1]++;
		record = bm_chain_next(table, record);
	} while (record);
	return shares[0] > BM_SLOTS || shares[1] > BM_SLOTS;
}

static bool is_evacuated(struct bucketmap *map, u32 index)
{
	return READ_ONCE(bm_table_home(bmt_table(map), index)->head) & BM_HEAD_EVACUATED;
}

/* A bucket that cannot be evacuated for lack of memory does not block others. */
static void buckets_that_need_no_memory_are_evacuated_without_any(void **state)
{
	const u64 count = BM_LOAD_GROW(1024) - 100;
	struct bucketmap *map = make_filled_map(BM_LOAD_GROW(1024), count);
	struct bm_table *next;
	u32 index, remaining = 0;
	u64 passes;

	(void)state;
	bmt_worker_hold(map);
	next = publish(map, 11);
	assert_true(bm_pool_take(&next->pool, next->pool.available));
	for (index = 0; index < 1024; index++)
		remaining += needs_record(map, index);
	assert_in_range(remaining, 1, 200);
	passes = map->resize.passes_started;
	bmt_worker_free(map);
	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, 1);
	bm_resize_kick(map);
	await(READ_ONCE(map->resize.passes_done) > passes);
	for (index = 0; index < 1024; index++)
		assert_true(is_evacuated(map, index) || needs_record(map, index));
	/* At most one allocation fails in each pass. */
	assert_in_range(READ_ONCE(map->resize.failed), 1,
			READ_ONCE(map->resize.passes_started) - passes);
	assert_holds_keys(map, count);
	native_fail_no_more();
	await(buckets_of(map) == 2048);
	assert_holds_keys(map, count);
	bucketmap_destroy(map);
}

/* At the limit of a memory cgroup, for example, each refusal is expensive. */
static void refused_allocation_is_not_retried_at_once(void **state)
{
	struct bucketmap *map;
	struct bm_table *table;

	(void)state;
	native_hash_mask = 0;
	map = make_filled_map(0, BM_SLOTS);
	bmt_worker_hold(map);
	table = bmt_table(map);
	assert_true(bm_pool_take(&table->pool, table->pool.available));
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(insert_key(map, BM_SLOTS), -ENOMEM);
	assert_true(native_fail_no_more());
	assert_true(map->resize.refused_until > 0);

	/* Until then there are no more attempts. */
	map->resize.refused_until = U64_MAX;
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(insert_key(map, BM_SLOTS), -ENOMEM);
	assert_int_equal(native_fail_no_more(), 0);
	map->resize.refused_until = 0;
	assert_int_equal(insert_key(map, BM_SLOTS), 0);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* The worker may have held the memory that a writer was refused. */
static void refusal_ends_when_the_worker_returns_memory(void **state)
{
	struct bucketmap *map = make_filled_map(20, 3);

	(void)state;
	map->resize.refused_until = U64_MAX;
	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, 1);
	assert_int_equal(bucketmap_resize(map, 3000, 0), -ENOMEM);
	assert_true(native_fail_no_more());
	assert_int_equal(map->resize.refused_until, 0);
	bucketmap_destroy(map);
}

/* Resize requests */

static void refused_resize_changes_nothing(void **state)
{
	struct bucketmap_geometry before, after;
	struct bucketmap *map = make_filled_map(20, 3);
	u64 nth;

	(void)state;
	bucketmap_geometry(map, &before);
	for (nth = 1; ; nth++) {
		int err;

		native_fail_nth(NATIVE_FAIL_WORKERS, nth);
		err = bucketmap_resize(map, BM_LOAD_GROW(1ULL << 16), 0);
		native_fail_no_more();
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		bucketmap_geometry(map, &after);
		assert_int_equal(after.capacity, before.capacity);
		settle(map);
		await(buckets_of(map) == before.buckets);
		assert_holds_keys(map, 3);
	}
	/* At least the allocations of one table were refused. */
	assert_true(nth > 4);
	assert_true(buckets_of(map) == 1 << 16);
	bucketmap_destroy(map);
}

static void impossible_resize_is_refused_at_once(void **state)
{
	struct bucketmap_geometry geometry;
	struct bucketmap *map = make_filled_map(20, 3);

	(void)state;
	WRITE_ONCE(*native_parameter_max_bytes, 60UL << 20);
	assert_int_equal(bucketmap_resize(map, BM_LOAD_GROW(1ULL << 20), 0), -ENOMEM);
	WRITE_ONCE(*native_parameter_max_bytes, 0);
	assert_int_equal(bucketmap_resize(map, BM_CAPACITY_MAX + 1, 0), -ENOMEM);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 20);
	assert_int_equal(bm_resize_progress(map), 0);
	bucketmap_destroy(map);
}

static void expired_deadline_starts_no_resize(void **state)
{
	struct bucketmap_geometry geometry;
	struct bucketmap *map = make_filled_map(20, 3);

	(void)state;
	assert_int_equal(bucketmap_resize(map, 100000, 1), -ETIME);
	settle(map);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 20);
	assert_int_equal(bm_resize_progress(map), 0);
	bucketmap_destroy(map);
}

/* The caller times out before the worker reaches the requested size. */
static void timed_out_resize_is_withdrawn(void **state)
{
	struct bucketmap_geometry geometry;
	struct bucketmap *map;
	u64 tries;
	int err = 0;

	(void)state;
	for (tries = 0; err != -ETIME; tries++) {
		map = make_filled_map(20, 3);
		err = bucketmap_resize(map, BM_LOAD_GROW(1ULL << 17), ktime_get_ns() + 200000);
		settle(map);
		bucketmap_geometry(map, &geometry);
		assert_int_equal(geometry.capacity, err ? 20 : BM_LOAD_GROW(1ULL << 17));
		if (err)
			await(buckets_of(map) == 4);
		bucketmap_destroy(map);
		assert_true(tries < 10000);
	}
}

/**
 * struct call - resizes by a thread
 * @map: the map
 * @capacity: the requested capacity
 * @err: result
 */
struct call {
	struct bucketmap *map;
	u64 capacity;
	int err;
};

/* A worker that never does a pass. */
static void do_nothing(struct work_struct *work)
{
	(void)work;
}

static void *call_once(void *argument)
{
	struct call *call = argument;

	native_thread_begin();
	call->err = bucketmap_resize(call->map, call->capacity, 0);
	native_thread_end();
	return NULL;
}

static void *call_resize(void *argument)
{
	struct call *call = argument;
	u32 i;

	native_thread_begin();
	for (i = 0; i < 200 && !call->err; i++)
		call->err = bucketmap_resize(call->map, call->capacity * (i % 2), 0);
	native_thread_end();
	return NULL;
}

static void concurrent_resizes_are_serialized(void **state)
{
	struct call calls[3];
	pthread_t threads[ARRAY_SIZE(calls)];
	struct bucketmap_geometry geometry;
	struct bucketmap *map = make_filled_map(20, 3);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		calls[i] = (struct call){ map, 1000 << i, 0 };
		assert_int_equal(pthread_create(&threads[i], NULL, call_resize, &calls[i]), 0);
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(calls[i].err, 0);
	}
	assert_int_equal(bucketmap_resize(map, 5000, 0), 0);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 5000);
	assert_int_equal(geometry.buckets, 1024);
	assert_holds_keys(map, 3);
	bucketmap_destroy(map);
}

/* The worker is held until both threads have called and this one has timed out. */
static void each_resize_gets_its_own_result(void **state)
{
	struct call other = { .capacity = 3000 };
	struct bucketmap_geometry geometry;
	struct bucketmap *map = make_filled_map(20, 3);
	pthread_t thread;

	(void)state;
	other.map = map;
	bmt_worker_hold(map);
	/* The request stays pending: no pass takes it over. */
	map->resize.work.work.func = do_nothing;
	assert_int_equal(pthread_create(&thread, NULL, call_once, &other), 0);
	await(READ_ONCE(map->capacity) == 3000);
	assert_int_equal(bucketmap_resize(map, 100000, ktime_get_ns() + 10000000), -ETIME);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 3000);
	bmt_worker_hold(map);
	map->resize.work.work.func = bm_worker;
	bmt_worker_free(map);
	bm_resize_kick(map);
	pthread_join(thread, NULL);
	assert_int_equal(other.err, 0);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 3000);
	assert_int_equal(geometry.buckets, 512);

	/* A later request that is refused does not change the capacity. */
	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, 1);
	assert_int_equal(bucketmap_resize(map, 100000, 0), -ENOMEM);
	native_fail_no_more();
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 3000);
	bucketmap_destroy(map);
}

/* The caller's CPU time pays for the migration. */
static void resize_caller_evacuates_buckets(void **state)
{
	struct bucketmap *map = make_filled_map(BM_LOAD_GROW(1ULL << 15), 10);
	u64 tries;

	(void)state;
	for (tries = 0; !bm_counters_sum(map, BM_EVACUATED_BY_WRITERS); tries++) {
		assert_true(tries < 100);
		assert_int_equal(bucketmap_resize(map, BM_LOAD_GROW(1ULL << 16), 0), 0);
		assert_int_equal(bucketmap_resize(map, BM_LOAD_GROW(1ULL << 15), 0), 0);
	}
	bucketmap_destroy(map);
}

/* Waiting for a free slot */

/* The pass of publish_and_rest() may end. */
static bool may_end;

/* Adds chunks to the pool, as the worker does after publishing. */
static void stock(struct bm_table *table)
{
	const u32 plenty = 64;

	while (READ_ONCE(table->pool.available) < plenty) {
		size_t bytes = bm_chunk_bytes(&table->pool);
		void *chunk = bm_chunk_alloc(bytes, GFP_KERNEL);

		assert_false(IS_ERR(chunk));
		assert_int_equal(bm_pool_install(&table->pool, &chunk, bytes, plenty), 0);
	}
}

/* Stands in for the worker: publishes a table, but does not end its pass yet. */
static void publish_and_rest(struct work_struct *work)
{
	struct bm_resize *resize = container_of(to_delayed_work(work), struct bm_resize, work);
	struct bucketmap *map = container_of(resize, struct bucketmap, resize);

	resize->passes_started++;
	sleep_1ms();
	stock(publish(map, 5));
	/* (L) in migrate.c */
	smp_store_release(&resize->progress, resize->progress + 1);
	wake_up_all(&resize->changed);
	await(READ_ONCE(may_end));
	/* (J) in worker.c */
	smp_store_release(&resize->passes_done, resize->passes_started);
	wake_up_all(&resize->changed);
}

static void waiting_insert_continues_when_table_is_published(void **state)
{
	struct bucketmap *map;
	u64 key;

	(void)state;
	/* One bucket of two gets full; a larger table splits it. */
	native_hash_mask = 0x7fffffffffffffffULL;
	map = make_filled_map(0, 0);
	bmt_worker_hold(map);
	map->resize.work.work.func = publish_and_rest;
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
	for (key = 0; key < BM_CHAIN_MAX * BM_SLOTS; key++)
		assert_int_equal(insert_key(map, key), 0);
	assert_int_equal(insert_key(map, key), 0);
	WRITE_ONCE(may_end, true);
	assert_holds_keys(map, key + 1);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_that_need_no_memory_are_evacuated_without_any),
		cmocka_unit_test(refused_allocation_is_not_retried_at_once),
		cmocka_unit_test(refusal_ends_when_the_worker_returns_memory),
		cmocka_unit_test(refused_resize_changes_nothing),
		cmocka_unit_test(impossible_resize_is_refused_at_once),
		cmocka_unit_test(expired_deadline_starts_no_resize),
		cmocka_unit_test(timed_out_resize_is_withdrawn),
		cmocka_unit_test(concurrent_resizes_are_serialized),
		cmocka_unit_test(each_resize_gets_its_own_result),
		cmocka_unit_test(resize_caller_evacuates_buckets),
		cmocka_unit_test(waiting_insert_continues_when_table_is_published),
	};

	return run_core_tests(tests);
}

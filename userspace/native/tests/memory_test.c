// SPDX-License-Identifier: GPL-2.0
/*
 * Memory accounting and limits: a refused operation changes nothing, and all
 * counted memory is uncounted when it is freed. For every group of tests,
 * core_end() verifies that no memory is counted at the end.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include <linux/mm.h>

#include "core/inspect.h"
#include "core/map.h"
#include "core/memory.h"
#include "core/evacuate.h"
#include "native/thread.h"
#include "maps.h"

#define KEYS		3000

/* This test must run first: the parameter has not been set yet. */
static void max_bytes_defaults_to_half_of_memory(void **state)
{
	const struct kernel_param *param = &native_param_max_bytes;

	(void)state;
	assert_int_equal(bm_memory_max_bytes(),
			 native_ram_pages / 2 * PAGE_SIZE);
	assert_int_equal(param->ops->set("0", param), 0);
	bm_memory_init();
	assert_int_equal(bm_memory_max_bytes(), 0);
	assert_int_equal(param->ops->set("4096", param), 0);
	bm_memory_init();
	assert_int_equal(bm_memory_max_bytes(), 4096);
	assert_int_equal(param->ops->set("0", param), 0);
}

static void set_max_bytes(u64 bytes)
{
	WRITE_ONCE(*native_parameter_max_bytes, bytes);
}

/* Retired tables are freed after a grace period. */
static void wait_for_memory(void)
{
	while (bm_memory_bytes())
		sched_yield();
}

static u64 insert_until_refused(struct bucketmap *map)
{
	u64 key = 0;
	int err;

	do {
		err = insert_key(map, key++);
		assert_true(bm_memory_bytes() <= bm_memory_max_bytes());
	} while (!err && key < KEYS);
	assert_int_equal(err, -ENOMEM);
	return key - 1;
}

static void expect_keys(struct bucketmap *map, u64 count)
{
	u64 key, value;

	assert_int_equal(bucketmap_count(map), count);
	for (key = 0; key < KEYS; key++)
		assert_int_equal(bucketmap_lookup(map, &key, BUCKETMAP_WHOLE,
						  &value),
				 key < count ? 0 : -ENOENT);
}

static void max_bytes_refuses_entries_without_losing_any(void **state)
{
	struct bucketmap *map = make_map(&word_config);
	u64 count, more;

	(void)state;
	set_max_bytes(bm_memory_bytes() + 20000);
	count = insert_until_refused(map);
	assert_true(count > 50);
	expect_keys(map, count);

	/* With a higher limit, inserts succeed again. */
	set_max_bytes(0);
	for (more = count; more < KEYS; more++)
		assert_int_equal(insert_key(map, more), 0);
	expect_keys(map, KEYS);
	bucketmap_destroy(map);
}

/* It is cheap, unlike one at the limit of a memory cgroup. */
static void refusal_by_max_bytes_ends_with_the_limit(void **state)
{
	struct bucketmap *map = make_full_map();

	(void)state;
	set_max_bytes(bm_memory_bytes());
	assert_int_equal(insert_key(map, BM_SLOTS), -ENOMEM);
	assert_int_equal(map->resize.refused_until, 0);
	set_max_bytes(0);
	assert_int_equal(insert_key(map, BM_SLOTS), 0);
	free_full_map(map);
}

static void max_bytes_refuses_maps_and_tables(void **state)
{
	struct bucketmap_config large = word_config;
	struct bucketmap_geometry before, after;
	struct bucketmap *map;

	(void)state;
	wait_for_memory();
	map = make_map(&word_config);
	assert_int_equal(insert_key(map, 0), 0);
	bucketmap_geometry(map, &before);
	assert_int_equal(bm_memory_bytes(), before.bytes);
	set_max_bytes(before.bytes + 100);
	large.capacity = KEYS;
	assert_int_equal(PTR_ERR(bucketmap_create(&word_config)), -ENOMEM);
	assert_int_equal(PTR_ERR(bucketmap_create(&large)), -ENOMEM);
	assert_int_equal(bucketmap_resize(map, KEYS, 0), -ENOMEM);
	assert_int_equal(bm_memory_bytes(), before.bytes);
	bucketmap_geometry(map, &after);
	assert_int_equal(after.buckets, before.buckets);

	set_max_bytes(0);
	assert_int_equal(bucketmap_resize(map, KEYS, 0), 0);
	bucketmap_geometry(map, &after);
	assert_true(after.buckets > before.buckets);
	bucketmap_destroy(map);
}

static void set_available(long pages)
{
	WRITE_ONCE(native_available_pages, pages);
}

/* A part of the machine's memory, but at most 1 GB, is left to others. */
static void unavailable_memory_is_refused(void **state)
{
	const unsigned long ram = native_ram_pages;
	const long much = native_available_pages;
	const long gigabyte = (1L << 30) / PAGE_SIZE;

	(void)state;
	set_available(gigabyte + 2);
	assert_false(bm_memory_short(2 * PAGE_SIZE));
	assert_true(bm_memory_short(2 * PAGE_SIZE + 1));
	native_ram_pages = 1600;
	set_available(102);
	assert_false(bm_memory_short(2 * PAGE_SIZE));
	assert_true(bm_memory_short(2 * PAGE_SIZE + 1));
	set_available(-1);
	assert_true(bm_memory_short(0));
	native_ram_pages = ram;
	set_available(much);
}

/* At once: before any lock of its table is allocated. */
static void map_larger_than_memory_is_refused_at_once(void **state)
{
	struct bucketmap_config huge = word_config;
	const long much = native_available_pages;

	(void)state;
	huge.capacity = BM_CAPACITY_MAX;
	set_available((16L << 30) / PAGE_SIZE);
	native_fail_nth(NATIVE_FAIL_SELF, 0);
	assert_int_equal(PTR_ERR(bucketmap_create(&huge)), -ENOMEM);
	/* The map, two allocations of counters, and the table's head. */
	assert_in_range(native_attempts(), 1, 4);
	native_fail_no_more();
	set_available(much);
}

static void inserts_resume_when_memory_is_available(void **state)
{
	const long much = native_available_pages;
	struct bucketmap *map = make_map(&word_config);
	u64 key = 0;
	int err;

	(void)state;
	set_available(0);
	do {
		err = insert_key(map, key);
	} while (!err && ++key < KEYS);
	assert_int_equal(err, -ENOMEM);
	expect_keys(map, key);
	set_available(much);
	while (key < KEYS)
		assert_int_equal(insert_key(map, key++), 0);
	expect_keys(map, KEYS);
	bucketmap_destroy(map);
}

static void dying_map_completes_no_table(void **state)
{
	const struct bm_layout layout = BM_LAYOUT(8, 8);
	const u64 before = bm_memory_bytes();
	bool dying = true;

	(void)state;
	native_fail_nth(NATIVE_FAIL_SELF, 0);
	assert_null(bm_table_alloc(&layout, 12, NULL, 0, &dying, GFP_KERNEL));
	assert_in_range(native_attempts(), 1, 2);
	native_fail_no_more();
	assert_int_equal(bm_memory_bytes(), before);
}

/* Migrates @entries from 1 << @from buckets to 1 << @to, as the worker does. */
static void expect_no_second_chunk(u32 from, u32 to, u64 entries)
{
	struct bucketmap_config filled = word_config;
	struct bm_table *old, *new;
	struct bucketmap *map;
	u64 key;
	u32 index;

	filled.capacity = BM_LOAD_GROW(1ULL << from);
	map = make_map(&filled);
	bm_resize_stop(map);
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
	for (key = 0; key < entries; key++)
		assert_int_equal(insert_key(map, key), 0);
	old = bmt_table(map);
	assert_int_equal(old->order, from);
	new = bm_table_alloc(&map->layout, to, old, entries, NULL, GFP_KERNEL);
	assert_non_null(new);
	rcu_assign_pointer(old->next, new);
	for (index = 0; index < bm_table_buckets(old); index++)
		assert_int_equal(bm_evacuate(map, old, index,
					     BM_EVACUATED_BY_WORKER), 0);
	assert_int_equal(new->pool.allocated, new->pool.initial);
	assert_false(bm_pool_low(&new->pool));
	bucketmap_destroy(map);
}

static void new_table_has_records_for_migration(void **state)
{
	(void)state;
	/* Growing at 6.5 entries per bucket, by one order and by more. */
	expect_no_second_chunk(17, 18, BM_LOAD_GROW(1 << 17));
	expect_no_second_chunk(6, 7, BM_LOAD_GROW(1 << 6));
	expect_no_second_chunk(8, 12, BM_LOAD_GROW(1 << 8));
	/* Shrinking to a table that just fits, and to one that is fuller. */
	expect_no_second_chunk(13, 12, BM_LOAD_GROW(1 << 12));
	expect_no_second_chunk(13, 12, 5 << 12);
	expect_no_second_chunk(13, 9, BM_LOAD_GROW(1 << 9));
}

/*
 * A migration needs a chunk and gets none. The worker cannot complete it, but
 * still answers the resize request.
 */
static void resize_without_memory_is_refused_during_migration(void **state)
{
	struct bucketmap_config half_full = word_config;
	struct bucketmap_geometry geometry;
	struct bm_table *old, *next;
	struct bucketmap *map;
	u32 drained;
	u64 key;

	(void)state;
	half_full.capacity = KEYS;
	map = make_map(&half_full);
	for (key = 0; key < KEYS; key++)
		assert_int_equal(insert_key(map, key), 0);
	old = bmt_table(map);
	next = bm_table_alloc(&map->layout, old->order - 1, old, 0, NULL, GFP_KERNEL);
	assert_non_null(next);
	drained = bm_pool_take(&next->pool, next->pool.available);
	rcu_assign_pointer(old->next, next);

	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, 1);
	assert_int_equal(bucketmap_resize(map, 3 * KEYS, 0), -ENOMEM);
	expect_keys(map, KEYS);
	native_fail_no_more();
	assert_int_equal(bucketmap_resize(map, 3 * KEYS, 0), 0);
	bucketmap_geometry(map, &geometry);
	assert_true(BM_LOAD_GROW(geometry.buckets) >= 3 * KEYS);
	assert_true(drained);
	bucketmap_destroy(map);
}

static void add_chunk(struct bucketmap *map)
{
	struct bm_pool *pool = &bmt_table(map)->pool;
	size_t bytes;
	void *chunk;

	assert_int_equal(bm_pool_missing(pool, &bytes), 0);
	chunk = bm_chunk_alloc(bytes, GFP_KERNEL);
	assert_false(IS_ERR(chunk));
	assert_int_equal(bm_pool_install(pool, &chunk, bytes, 1), 0);
}

/* Stands in for a worker that adds a chunk at the end of a pass. */
static void *end_pass(void *argument)
{
	const struct timespec delay = { .tv_nsec = 20000000 };
	struct bucketmap *map = argument;
	struct bm_resize *resize = &map->resize;

	native_thread_begin();
	nanosleep(&delay, NULL);
	add_chunk(map);
	/* (J) in worker.c */
	smp_store_release(&resize->passes_done, resize->passes_started);
	wake_up_all(&resize->changed);
	native_thread_end();
	return NULL;
}

static void insert_waits_for_running_worker_on_enomem(void **state)
{
	struct bucketmap *map = make_full_map();
	pthread_t worker;

	(void)state;
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(insert_key(map, BM_SLOTS), -ENOMEM);
	assert_int_equal(bucketmap_count(map), BM_SLOTS);
	map->resize.passes_started++;
	assert_int_equal(pthread_create(&worker, NULL, end_pass, map), 0);
	assert_int_equal(insert_key(map, BM_SLOTS), 0);
	pthread_join(worker, NULL);
	native_fail_no_more();
	free_full_map(map);
}

/* Stands in for an insert that grows the table. */
static void *hold_tables(void *argument)
{
	struct bucketmap *map = argument;

	native_thread_begin();
	mutex_lock(&map->resize.lock);
	WRITE_ONCE(map->resize.starved, true);
	while (!READ_ONCE(map->resize.waited))
		sched_yield();
	add_chunk(map);
	mutex_unlock(&map->resize.lock);
	native_thread_end();
	return NULL;
}

static void insert_waits_for_growing_insert_on_enomem(void **state)
{
	struct bucketmap *map = make_full_map();
	pthread_t grower;

	(void)state;
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(pthread_create(&grower, NULL, hold_tables, map), 0);
	while (!READ_ONCE(map->resize.starved))
		sched_yield();
	assert_int_equal(insert_key(map, BM_SLOTS), 0);
	pthread_join(grower, NULL);
	native_fail_no_more();
	free_full_map(map);
}

/* An insert that must not sleep fails at once. */
static void nowait_insert_does_not_wait_for_worker(void **state)
{
	struct bucketmap *map = make_full_map();
	u64 key = BM_SLOTS;

	(void)state;
	map->resize.passes_started++;
	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key,
					  GFP_NOWAIT), -ENOMEM);
	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key,
					  GFP_KERNEL & ~__GFP_DIRECT_RECLAIM),
			 -ENOMEM);
	free_full_map(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(max_bytes_defaults_to_half_of_memory),
		cmocka_unit_test(max_bytes_refuses_entries_without_losing_any),
		cmocka_unit_test(refusal_by_max_bytes_ends_with_the_limit),
		cmocka_unit_test(max_bytes_refuses_maps_and_tables),
		cmocka_unit_test(unavailable_memory_is_refused),
		cmocka_unit_test(map_larger_than_memory_is_refused_at_once),
		cmocka_unit_test(inserts_resume_when_memory_is_available),
		cmocka_unit_test(dying_map_completes_no_table),
		cmocka_unit_test(new_table_has_records_for_migration),
		cmocka_unit_test(resize_without_memory_is_refused_during_migration),
		cmocka_unit_test(insert_waits_for_running_worker_on_enomem),
		cmocka_unit_test(insert_waits_for_growing_insert_on_enomem),
		cmocka_unit_test(nowait_insert_does_not_wait_for_worker),
	};

	return run_core_tests(tests);
}

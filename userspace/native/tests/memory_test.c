// SPDX-License-Identifier: GPL-2.0
/*
 * Memory and its limits, and what signals interrupt: what is refused is refused
 * as a whole, and all memory that was counted is given back. That none is still
 * counted in the end, core_end() proves for every group of tests.
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

#define KEYS		3000

static const struct bucketmap_config config = {
	.key_size = 8, .value_size = 8,
};

/* Nobody has set it yet. */
static void max_bytes_is_half_of_memory_unless_it_is_given(void **state)
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

/* Tables that were retired are freed after a grace period. */
static void wait_for_memory(void)
{
	while (bm_memory_bytes())
		sched_yield();
}

static int insert(struct bucketmap *map, u64 key)
{
	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL);
}

static u64 insert_until_refused(struct bucketmap *map)
{
	u64 key = 0;
	int err;

	do {
		err = insert(map, key++);
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

static void max_bytes_refuses_entries_and_loses_none(void **state)
{
	struct bucketmap *map = make_map(&config);
	u64 count, more;

	(void)state;
	set_max_bytes(bm_memory_bytes() + 20000);
	count = insert_until_refused(map);
	assert_true(count > 50);
	expect_keys(map, count);

	/* It goes on as if nothing had been when there may be more. */
	set_max_bytes(0);
	for (more = count; more < KEYS; more++)
		assert_int_equal(insert(map, more), 0);
	expect_keys(map, KEYS);
	bucketmap_destroy(map);
}

static void max_bytes_refuses_maps_and_tables(void **state)
{
	struct bucketmap_config large = config;
	struct bucketmap_geometry before, after;
	struct bucketmap *map;

	(void)state;
	wait_for_memory();
	map = make_map(&config);
	assert_int_equal(insert(map, 0), 0);
	bucketmap_geometry(map, &before);
	assert_int_equal(bm_memory_bytes(), before.bytes);
	set_max_bytes(before.bytes + 100);
	large.capacity = KEYS;
	assert_int_equal(PTR_ERR(bucketmap_create(&config)), -ENOMEM);
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

/* Of the machine's memory a part, but no more than 1 GB, is left to others. */
static void what_the_machine_cannot_spare_is_refused(void **state)
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

/* At once: no lock of it is there yet. */
static void a_map_larger_than_memory_is_refused_at_once(void **state)
{
	struct bucketmap_config huge = config;
	const long much = native_available_pages;

	(void)state;
	huge.capacity = BM_CAPACITY_MAX;
	set_available((16L << 30) / PAGE_SIZE);
	native_fail_nth(NATIVE_FAIL_SELF, 0);
	assert_int_equal(PTR_ERR(bucketmap_create(&huge)), -ENOMEM);
	/* The map, two of counters, and the table's head. */
	assert_in_range(native_asked(), 1, 4);
	native_fail_no_more();
	set_available(much);
}

static void what_is_refused_for_want_of_memory_is_not_lost(void **state)
{
	const long much = native_available_pages;
	struct bucketmap *map = make_map(&config);
	u64 key = 0;
	int err;

	(void)state;
	set_available(0);
	do {
		err = insert(map, key);
	} while (!err && ++key < KEYS);
	assert_int_equal(err, -ENOMEM);
	expect_keys(map, key);
	set_available(much);
	while (key < KEYS)
		assert_int_equal(insert(map, key++), 0);
	expect_keys(map, KEYS);
	bucketmap_destroy(map);
}

/* Killed at any allocation, it makes hardly one more. */
static void who_is_killed_makes_no_map(void **state)
{
	struct bucketmap_config large = config;
	struct bucketmap *map;
	u64 all, nth;

	(void)state;
	large.capacity = KEYS;
	native_fail_nth(NATIVE_FAIL_SELF, 0);
	bucketmap_destroy(make_map(&large));
	all = native_asked();
	/* Its table has several segments. */
	assert_true(all > 10);
	for (nth = 1; nth <= all; nth++) {
		native_kill_nth(nth);
		map = bucketmap_create(&large);
		assert_true(native_killed);
		native_killed = false;
		if (!IS_ERR(map)) {
			/* Just when all was there. */
			assert_in_range(nth, all - 1, all);
			bucketmap_destroy(map);
			continue;
		}
		assert_int_equal(PTR_ERR(map), -EINTR);
		/* Before the first segment is begun there are some more. */
		assert_true(nth < 6 || native_asked() <= nth + 1);
	}
	native_fail_no_more();
}

static void a_table_that_is_not_needed_is_not_completed(void **state)
{
	const struct bm_layout layout = BM_LAYOUT(8, 8);
	const u64 before = bm_memory_bytes();
	bool dying = true;

	(void)state;
	native_fail_nth(NATIVE_FAIL_SELF, 0);
	assert_null(bm_table_alloc(&layout, 12, NULL, 0, &dying, GFP_KERNEL));
	assert_in_range(native_asked(), 1, 2);
	native_fail_no_more();
	assert_int_equal(bm_memory_bytes(), before);
}

/* Moves all @entries of 1 << @from buckets to 1 << @to, as the worker does. */
static void expect_no_second_chunk(u32 from, u32 to, u64 entries)
{
	struct bucketmap_config filled = config;
	struct bm_table *old, *new;
	struct bucketmap *map;
	u64 key;
	u32 index;

	filled.capacity = BM_LOAD_GROW(1ULL << from);
	map = make_map(&filled);
	bm_resize_stop(map);
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
	for (key = 0; key < entries; key++)
		assert_int_equal(insert(map, key), 0);
	old = rcu_dereference_protected(map->table, true);
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

static void a_table_begins_with_the_records_that_a_migration_needs(void **state)
{
	(void)state;
	/* Growing at 6.5 entries for each bucket, by one and by more. */
	expect_no_second_chunk(17, 18, BM_LOAD_GROW(1 << 17));
	expect_no_second_chunk(6, 7, BM_LOAD_GROW(1 << 6));
	expect_no_second_chunk(8, 12, BM_LOAD_GROW(1 << 8));
	/* Shrinking to one that just fits, and to less than that. */
	expect_no_second_chunk(13, 12, BM_LOAD_GROW(1 << 12));
	expect_no_second_chunk(13, 12, 5 << 12);
	expect_no_second_chunk(13, 9, BM_LOAD_GROW(1 << 9));
}

/*
 * A migration is under way, needs a chunk, and gets none: the worker does not
 * come to look what would fit, and who calls for that is answered all the same.
 */
static void a_resize_without_memory_is_refused_during_a_migration(void **state)
{
	struct bucketmap_config half_full = config;
	struct bucketmap_geometry geometry;
	struct bm_table *old, *next;
	struct bucketmap *map;
	u32 drained;
	u64 key;

	(void)state;
	half_full.capacity = KEYS;
	map = make_map(&half_full);
	for (key = 0; key < KEYS; key++)
		assert_int_equal(insert(map, key), 0);
	old = rcu_dereference_protected(map->table, true);
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

/* Signals */

#define FULL		256	/* entries of a bucket that has no more room */
#define COUNT		96	/* three groups */
#define NEW		40	/* an entry of the second one */
#define UNTOUCHED	12345

/*
 * A batch that has to wait for a larger table. The worker, who has nothing
 * better to offer, may be quicker than the signal.
 */
static void a_signal_ends_a_batch_between_two_entries(void **state)
{
	struct bucketmap *map;
	u64 keys[COUNT], key, tries;
	s32 results[COUNT];
	const struct bucketmap_op columns = {
		.operation = BUCKETMAP_STORE,
		.keys = keys, .values = keys, .results = results,
	};
	u32 finished, i;
	int err = 0;

	(void)state;
	native_hash_mask = 0;
	map = make_map(&config);
	for (key = 0; key < FULL; key++)
		assert_int_equal(insert(map, key), 0);
	/* One entry is new, and those behind it exist. */
	for (i = 0; i < COUNT; i++)
		keys[i] = i == NEW ? FULL : i;
	native_signal = true;
	for (tries = 0; !err && tries < 10000; tries++) {
		for (i = 0; i < COUNT; i++)
			results[i] = UNTOUCHED;
		err = bucketmap_batch(map, &columns, COUNT, &finished,
				      GFP_KERNEL);
		assert_int_equal(finished, err ? NEW : COUNT);
		assert_true(err || results[NEW] == -EMLINK);
	}
	native_signal = false;
	assert_int_equal(err, -EINTR);
	for (i = 0; i < COUNT; i++)
		assert_int_equal(results[i], i < NEW ? 0 : UNTOUCHED);
	assert_int_equal(bucketmap_count(map), FULL);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* A map of one bucket that is full, with nothing in the pool and no worker. */
static struct bucketmap *make_full_map(void)
{
	struct bm_table *table;
	struct bucketmap *map;
	u64 key;

	native_hash_mask = 0;
	map = make_map(&config);
	for (key = 0; key < BM_SLOTS; key++)
		assert_int_equal(insert(map, key), 0);
	bm_resize_stop(map);
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
	table = rcu_dereference_protected(map->table, true);
	assert_true(bm_pool_take(&table->pool, table->pool.available));
	return map;
}

/* As if it were long ago that memory was refused. */
static void forget_refusal(struct bucketmap *map)
{
	map->resize.refused_until = 0;
}

static void free_full_map(struct bucketmap *map)
{
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* The kernel refuses memory to tasks that are killed. */
static void who_is_killed_is_not_told_that_memory_is_short(void **state)
{
	struct bucketmap *map = make_full_map();

	(void)state;
	native_fail_randomly(NATIVE_FAIL_ALL, 1, 1);
	native_signal = true;
	assert_int_equal(insert(map, BM_SLOTS), -ENOMEM);
	native_killed = true;
	assert_int_equal(insert(map, BM_SLOTS), -EINTR);
	native_killed = false;
	native_signal = false;
	native_fail_no_more();
	assert_int_equal(bucketmap_count(map), BM_SLOTS);
	forget_refusal(map);
	assert_int_equal(insert(map, BM_SLOTS), 0);
	free_full_map(map);
}

/* Buckets may be many: whoever is killed does not go on counting them. */
static void who_is_killed_counts_no_more(void **state)
{
	struct bucketmap *map = make_map(&config), *other = make_map(&config);
	struct bm_resize_state resize;
	struct bm_chains chains;
	struct bm_table *table;

	(void)state;
	/* As if a migration ran. */
	table = rcu_dereference_protected(map->table, true);
	rcu_assign_pointer(table->next,
			   rcu_dereference_protected(other->table, true));
	native_signal = true;
	assert_int_equal(bm_inspect_chains(other, &chains), 0);
	assert_int_equal(bm_inspect_resize(map, &resize), 0);
	native_killed = true;
	assert_int_equal(bm_inspect_chains(other, &chains), -EINTR);
	assert_int_equal(bm_inspect_resize(map, &resize), -EINTR);
	native_killed = false;
	native_signal = false;
	RCU_INIT_POINTER(table->next, NULL);
	bucketmap_destroy(map);
	bucketmap_destroy(other);
}

/* Plays the worker that adds a chunk at the end of a look. */
static void *end_pass(void *argument)
{
	const struct timespec while_it_waits = { .tv_nsec = 20000000 };
	struct bucketmap *map = argument;
	struct bm_resize *resize = &map->resize;
	struct bm_table *table;
	size_t bytes;
	void *chunk;

	native_thread_begin();
	table = rcu_dereference_protected(map->table, true);
	nanosleep(&while_it_waits, NULL);
	assert_int_equal(bm_pool_missing(&table->pool, &bytes), 0);
	chunk = bm_chunk_alloc(bytes, GFP_KERNEL);
	assert_int_equal(bm_pool_install(&table->pool, &chunk, bytes, 1),
			 0);
	/* (J) in worker.c */
	smp_store_release(&resize->passes_done, resize->passes_started);
	wake_up_all(&resize->changed);
	native_thread_end();
	return NULL;
}

static void who_finds_no_memory_waits_for_a_worker_who_is_at_work(void **state)
{
	struct bucketmap *map = make_full_map();
	pthread_t worker;

	(void)state;
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(insert(map, BM_SLOTS), -ENOMEM);
	assert_int_equal(bucketmap_count(map), BM_SLOTS);
	map->resize.passes_started++;
	assert_int_equal(pthread_create(&worker, NULL, end_pass, map), 0);
	assert_int_equal(insert(map, BM_SLOTS), 0);
	pthread_join(worker, NULL);
	native_fail_no_more();
	free_full_map(map);
}

/* But not if it must not sleep. */
static void who_must_not_sleep_does_not_wait_for_memory(void **state)
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

static void a_signal_ends_waiting(void **state)
{
	struct bucketmap *map = make_map(&config);
	u64 key = 1, seen = 1;

	(void)state;
	native_signal = true;
	assert_int_equal(bucketmap_wait(map, &key, BUCKETMAP_WHOLE, NULL, 0),
			 -EINTR);
	/* But what has changed already is said first. */
	assert_int_equal(bucketmap_wait(map, &key, BUCKETMAP_WHOLE, &seen, 0),
			 0);
	native_signal = false;
	bucketmap_destroy(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(max_bytes_is_half_of_memory_unless_it_is_given),
		cmocka_unit_test(max_bytes_refuses_entries_and_loses_none),
		cmocka_unit_test(max_bytes_refuses_maps_and_tables),
		cmocka_unit_test(what_the_machine_cannot_spare_is_refused),
		cmocka_unit_test(a_map_larger_than_memory_is_refused_at_once),
		cmocka_unit_test(what_is_refused_for_want_of_memory_is_not_lost),
		cmocka_unit_test(who_is_killed_makes_no_map),
		cmocka_unit_test(a_table_that_is_not_needed_is_not_completed),
		cmocka_unit_test(a_table_begins_with_the_records_that_a_migration_needs),
		cmocka_unit_test(a_resize_without_memory_is_refused_during_a_migration),
		cmocka_unit_test(a_signal_ends_a_batch_between_two_entries),
		cmocka_unit_test(who_is_killed_is_not_told_that_memory_is_short),
		cmocka_unit_test(who_is_killed_counts_no_more),
		cmocka_unit_test(who_finds_no_memory_waits_for_a_worker_who_is_at_work),
		cmocka_unit_test(who_must_not_sleep_does_not_wait_for_memory),
		cmocka_unit_test(a_signal_ends_waiting),
	};

	return run_core_tests(tests);
}

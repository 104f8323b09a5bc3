// SPDX-License-Identifier: GPL-2.0
/*
 * Resizing at its edges: memory that is refused, chains that are full, calls
 * that are refused or given up, and those who wait.
 */
#include "support.h"

#include <pthread.h>
#include <time.h>

#include <linux/ktime.h>

#include "core/bucket.h"
#include "core/inspect.h"
#include "core/evacuate.h"
#include "core/shrink.h"
#include "structure.h"

static const struct bucketmap_config words = {
	.key_size = 8, .value_size = 8,
};

static int put(struct bucketmap *map, u64 key)
{
	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL);
}

static struct bucketmap *filled_map(u64 capacity, u64 count)
{
	struct bucketmap_config config = words;
	struct bucketmap *map;
	u64 key;

	config.capacity = capacity;
	map = make_map(&config);
	for (key = 0; key < count; key++)
		assert_int_equal(put(map, key), 0);
	return map;
}

static void assert_present(struct bucketmap *map, u64 count)
{
	u64 key, value;

	assert_int_equal(bucketmap_count(map), count);
	for (key = 0; key < count; key++) {
		assert_int_equal(bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value), 0);
		assert_int_equal(value, key);
	}
}

static struct bm_table *table_of(struct bucketmap *map)
{
	return rcu_dereference_protected(map->table, true);
}

static u64 buckets_of(struct bucketmap *map)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(map, &geometry);
	return geometry.buckets;
}

static void pause_a_moment(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	nanosleep(&moment, NULL);
}

/* Waits for what must come, for ever. */
#define await(condition) do {						\
	while (!(condition))						\
		pause_a_moment();					\
} while (0)

static void settle(struct bucketmap *map)
{
	bm_resize_kick(map);
	flush_delayed_work(&map->resize.work);
	assert_null(structure_fault(map));
}

/* Memory */

/* The worker stands still until free_worker(). */
static void hold_worker(struct bucketmap *map)
{
	bm_resize_stop(map);
}

static void free_worker(struct bucketmap *map)
{
	WRITE_ONCE(map->resize.dying, false);
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOT);
}

static struct bm_table *make_next(struct bm_table *table, u32 order)
{
	struct bm_table *next = bm_table_alloc(table->layout, order, table, 0, NULL, GFP_KERNEL);

	assert_non_null(next);
	return next;
}

static struct bm_table *publish(struct bucketmap *map, u32 order)
{
	struct bm_table *old = table_of(map);
	struct bm_table *next = make_next(old, order);

	rcu_assign_pointer(old->next, next);
	return next;
}

/* Needs the bucket an overflow record where it is split in two? */
static bool needs_record(struct bucketmap *map, u32 index)
{
	struct bm_table *table = table_of(map);
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

static bool has_moved(struct bucketmap *map, u32 index)
{
	return READ_ONCE(bm_table_home(table_of(map), index)->head) & BM_HEAD_EVACUATED;
}

/* A bucket that cannot be moved for want of memory holds up no other. */
static void without_memory_all_buckets_move_that_need_none(void **state)
{
	const u64 count = BM_LOAD_GROW(1024) - 100;
	struct bucketmap *map = filled_map(BM_LOAD_GROW(1024), count);
	struct bm_table *next;
	u32 index, stay = 0;
	u64 passes;

	(void)state;
	hold_worker(map);
	next = publish(map, 11);
	assert_true(bm_pool_take(&next->pool, next->pool.available));
	for (index = 0; index < 1024; index++)
		stay += needs_record(map, index);
	assert_in_range(stay, 1, 200);
	passes = map->resize.passes_started;
	free_worker(map);
	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, 1);
	bm_resize_kick(map);
	await(READ_ONCE(map->resize.passes_done) > passes);
	for (index = 0; index < 1024; index++)
		assert_true(has_moved(map, index) || needs_record(map, index));
	/* It asks for memory once in each look. */
	assert_in_range(READ_ONCE(map->resize.failed), 1,
			READ_ONCE(map->resize.passes_started) - passes);
	assert_present(map, count);
	native_fail_no_more();
	await(buckets_of(map) == 2048);
	assert_present(map, count);
	bucketmap_destroy(map);
}

/* As at the limit of a memory cgroup, where each refusal is hard work. */
static void a_refusal_of_memory_holds_for_a_while(void **state)
{
	struct bucketmap *map;
	struct bm_table *table;

	(void)state;
	native_hash_mask = 0;
	map = filled_map(0, BM_SLOTS);
	hold_worker(map);
	table = table_of(map);
	assert_true(bm_pool_take(&table->pool, table->pool.available));
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(put(map, BM_SLOTS), -ENOMEM);
	assert_true(native_fail_no_more());
	assert_true(map->resize.refused_until > 0);

	/* Nobody asks for memory in that time. */
	map->resize.refused_until = U64_MAX;
	native_fail_randomly(NATIVE_FAIL_SELF, 1, 1);
	assert_int_equal(put(map, BM_SLOTS), -ENOMEM);
	assert_int_equal(native_fail_no_more(), 0);
	map->resize.refused_until = 0;
	assert_int_equal(put(map, BM_SLOTS), 0);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* Chains */

/* Four hashes, in neighbouring buckets of a table of 256 or more. */
#define FOUR_HASHES	0x0300000000000000ULL

static u64 longest_chain(struct bucketmap *map)
{
	struct bm_chains chains = {};

	bm_inspect_chains(map, &chains);
	return chains.longest;
}

static void a_shrink_that_makes_chains_too_long_is_not_made(void **state)
{
	struct bucketmap *map;
	u64 before;

	(void)state;
	native_hash_mask = FOUR_HASHES;
	map = filled_map(BM_LOAD_GROW(1024), 400);
	before = longest_chain(map);
	assert_in_range(before, 65, 200);
	assert_int_equal(bucketmap_resize(map, 0, 0), -EMLINK);
	assert_int_equal(buckets_of(map), 1024);
	assert_int_equal(longest_chain(map), before);
	assert_present(map, 400);
	settle(map);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

static void a_shrink_goes_as_far_as_chains_permit(void **state)
{
	struct bucketmap *map;

	(void)state;
	native_hash_mask = FOUR_HASHES;
	map = filled_map(BM_LOAD_GROW(1024), 56);
	assert_int_equal(bucketmap_resize(map, 0, 0), 0);
	assert_int_equal(buckets_of(map), 16);
	assert_int_equal(longest_chain(map), 56);
	assert_present(map, 56);
	settle(map);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* Before it is published: nobody is refused for what may never be. */
static void an_insert_that_needs_a_longer_chain_calls_a_shrink_off(void **state)
{
	struct bucketmap *map;
	struct bm_table *table, *next;
	u64 key;

	(void)state;
	native_hash_mask = 0;
	map = filled_map(100, 8 * BM_SLOTS);
	hold_worker(map);
	table = table_of(map);
	assert_int_equal(bm_shrink_prepare(&map->resize, table, 1), 1);
	next = make_next(table, table->order - 1);
	key = 8 * BM_SLOTS;
	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_NOWAIT), 0);
	assert_false(bm_shrink_commit(table, next));
	assert_null(rcu_access_pointer(table->next));
	bm_table_free(next);
	/* What is longer than its share from the start permits none. */
	assert_int_equal(bm_shrink_prepare(&map->resize, table, 1), 0);
	for (key++; key < BM_CHAIN_MAX * BM_SLOTS; key++)
		assert_int_equal(put(map, key), 0);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* While buckets may still join it. */
static void inserts_leave_room_in_a_chain_that_others_join(void **state)
{
	struct bucketmap *map;
	struct bm_table *table, *next;
	u64 key;

	(void)state;
	native_hash_mask = 0;
	map = filled_map(100, 1);
	hold_worker(map);
	table = table_of(map);
	assert_int_equal(bm_shrink_prepare(&map->resize, table, 1), 1);
	next = make_next(table, table->order - 1);
	assert_true(bm_shrink_commit(table, next));
	for (key = 1; key < BM_CHAIN_MAX / 2 * BM_SLOTS; key++)
		assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL), 0);
	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_NOWAIT), -ENOMEM);
	free_worker(map);
	settle(map);
	for (; key < BM_CHAIN_MAX * BM_SLOTS; key++)
		assert_int_equal(put(map, key), 0);
	assert_int_equal(put(map, key), -EMLINK);
	assert_int_equal(bm_counters_sum(map, BM_REFUSED_COLLISIONS), 1);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* Retired tables */

struct holder {
	pthread_barrier_t held;
	bool release;
};

static void *hold_grace_period(void *argument)
{
	struct holder *holder = argument;

	native_thread_begin();
	rcu_read_lock();
	pthread_barrier_wait(&holder->held);
	while (!READ_ONCE(holder->release))
		pause_a_moment();
	rcu_read_unlock();
	native_thread_end();
	return NULL;
}

/* And more than there are places for them wait for it, each in its turn. */
static void a_map_grows_on_while_a_grace_period_lasts(void **state)
{
	struct holder holder = {};
	struct bucketmap *map = filled_map(0, 0);
	pthread_t thread;
	u64 key = 0;

	(void)state;
	pthread_barrier_init(&holder.held, NULL, 2);
	assert_int_equal(pthread_create(&thread, NULL, hold_grace_period, &holder), 0);
	pthread_barrier_wait(&holder.held);
	/* Each time a little more than the table is for. */
	while (READ_ONCE(map->resize.grown) < BM_RETIRED_MAX) {
		u64 most = BM_LOAD_GROW(buckets_of(map)) + 1;

		while (key < most)
			assert_int_equal(put(map, key++), 0);
		await(BM_LOAD_GROW(buckets_of(map)) >= most);
	}
	WRITE_ONCE(holder.release, true);
	pthread_join(thread, NULL);
	while (READ_ONCE(map->resize.grown) < 2 * BM_RETIRED_MAX && key < 2000000)
		assert_int_equal(put(map, key++), 0);
	assert_present(map, key);
	pthread_barrier_destroy(&holder.held);
	bucketmap_destroy(map);
}

/* Calls for a table that fits */

static void a_refused_resize_leaves_the_map_as_it_was(void **state)
{
	struct bucketmap_geometry before, after;
	struct bucketmap *map = filled_map(20, 3);
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
		assert_present(map, 3);
	}
	/* A table or more on the way were refused. */
	assert_true(nth > 4);
	assert_true(buckets_of(map) == 1 << 16);
	bucketmap_destroy(map);
}

static void what_can_never_fit_is_refused_at_once(void **state)
{
	struct bucketmap_geometry geometry;
	struct bucketmap *map = filled_map(20, 3);

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

static void a_deadline_that_has_passed_starts_nothing(void **state)
{
	struct bucketmap_geometry geometry;
	struct bucketmap *map = filled_map(20, 3);

	(void)state;
	assert_int_equal(bucketmap_resize(map, 100000, 1), -ETIME);
	settle(map);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 20);
	assert_int_equal(bm_resize_progress(map), 0);
	bucketmap_destroy(map);
}

/* The caller is gone before the worker has come to the size that it wanted. */
static void a_resize_that_is_given_up_is_withdrawn(void **state)
{
	struct bucketmap_geometry geometry;
	struct bucketmap *map;
	u64 tries;
	int err = 0;

	(void)state;
	for (tries = 0; err != -ETIME; tries++) {
		map = filled_map(20, 3);
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

struct call {
	struct bucketmap *map;
	u64 capacity;
	int err;
};

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

static void resizes_at_the_same_time_are_carried_out_one_by_one(void **state)
{
	struct call calls[3];
	pthread_t threads[ARRAY_SIZE(calls)];
	struct bucketmap_geometry geometry;
	struct bucketmap *map = filled_map(20, 3);
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
	assert_present(map, 3);
	bucketmap_destroy(map);
}

/* The worker is held off until both have called, and the first has given up. */
static void a_call_is_answered_for_itself(void **state)
{
	struct call second = { .capacity = 3000 };
	struct bucketmap_geometry geometry;
	struct bucketmap *map = filled_map(20, 3);
	pthread_t thread;

	(void)state;
	second.map = map;
	hold_worker(map);
	/* It is pending, and nobody takes it over. */
	map->resize.work.work.func = do_nothing;
	assert_int_equal(pthread_create(&thread, NULL, call_once, &second), 0);
	await(READ_ONCE(map->capacity) == 3000);
	assert_int_equal(bucketmap_resize(map, 100000, ktime_get_ns() + 10000000), -ETIME);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 3000);
	hold_worker(map);
	map->resize.work.work.func = bm_worker;
	free_worker(map);
	bm_resize_kick(map);
	pthread_join(thread, NULL);
	assert_int_equal(second.err, 0);
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 3000);
	assert_int_equal(geometry.buckets, 512);

	/* And one that is refused after that keeps what the other got. */
	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, 1);
	assert_int_equal(bucketmap_resize(map, 100000, 0), -ENOMEM);
	native_fail_no_more();
	bucketmap_geometry(map, &geometry);
	assert_int_equal(geometry.capacity, 3000);
	bucketmap_destroy(map);
}

/* On the CPU time of those who want it. */
static void who_waits_for_a_resize_moves_buckets(void **state)
{
	struct bucketmap *map = filled_map(BM_LOAD_GROW(1ULL << 15), 10);
	u64 tries;

	(void)state;
	for (tries = 0; !bm_counters_sum(map, BM_EVACUATED_BY_WRITERS); tries++) {
		assert_true(tries < 100);
		assert_int_equal(bucketmap_resize(map, BM_LOAD_GROW(1ULL << 16), 0), 0);
		assert_int_equal(bucketmap_resize(map, BM_LOAD_GROW(1ULL << 15), 0), 0);
	}
	bucketmap_destroy(map);
}

/* Waiting for room */

static bool may_end;

/* As the worker would do it next. */
static void stock(struct bm_table *table)
{
	const u32 plenty = 64;

	while (READ_ONCE(table->pool.available) < plenty) {
		size_t bytes = bm_chunk_bytes(&table->pool);
		void *chunk = bm_chunk_alloc(bytes, GFP_KERNEL);

		assert_non_null(chunk);
		assert_int_equal(bm_pool_install(&table->pool, &chunk, bytes, plenty), 0);
	}
}

/* In place of the worker: publishes a table, and then takes its time. */
static void publish_and_rest(struct work_struct *work)
{
	struct bm_resize *resize = container_of(to_delayed_work(work), struct bm_resize, work);
	struct bucketmap *map = container_of(resize, struct bucketmap, resize);

	resize->passes_started++;
	pause_a_moment();
	stock(publish(map, 5));
	/* (L) in worker.c */
	smp_store_release(&resize->progress, resize->progress + 1);
	wake_up_all(&resize->changed);
	await(READ_ONCE(may_end));
	/* (J) in worker.c */
	smp_store_release(&resize->passes_done, resize->passes_started);
	wake_up_all(&resize->changed);
}

static void who_waits_for_room_goes_on_when_a_table_is_published(void **state)
{
	struct bucketmap *map;
	u64 key;

	(void)state;
	/* One bucket of two is full; a larger table parts what is in it. */
	native_hash_mask = 0x7fffffffffffffffULL;
	map = filled_map(0, 0);
	hold_worker(map);
	map->resize.work.work.func = publish_and_rest;
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
	for (key = 0; key < BM_CHAIN_MAX * BM_SLOTS; key++)
		assert_int_equal(put(map, key), 0);
	assert_int_equal(put(map, key), 0);
	WRITE_ONCE(may_end, true);
	assert_present(map, key + 1);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_memory_all_buckets_move_that_need_none),
		cmocka_unit_test(a_refusal_of_memory_holds_for_a_while),
		cmocka_unit_test(a_shrink_that_makes_chains_too_long_is_not_made),
		cmocka_unit_test(a_shrink_goes_as_far_as_chains_permit),
		cmocka_unit_test(an_insert_that_needs_a_longer_chain_calls_a_shrink_off),
		cmocka_unit_test(inserts_leave_room_in_a_chain_that_others_join),
		cmocka_unit_test(a_map_grows_on_while_a_grace_period_lasts),
		cmocka_unit_test(a_refused_resize_leaves_the_map_as_it_was),
		cmocka_unit_test(what_can_never_fit_is_refused_at_once),
		cmocka_unit_test(a_deadline_that_has_passed_starts_nothing),
		cmocka_unit_test(a_resize_that_is_given_up_is_withdrawn),
		cmocka_unit_test(resizes_at_the_same_time_are_carried_out_one_by_one),
		cmocka_unit_test(a_call_is_answered_for_itself),
		cmocka_unit_test(who_waits_for_a_resize_moves_buckets),
		cmocka_unit_test(who_waits_for_room_goes_on_when_a_table_is_published),
	};

	return run_core_tests(tests);
}

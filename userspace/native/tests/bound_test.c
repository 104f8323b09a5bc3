// SPDX-License-Identifier: GPL-2.0
/*
 * Work under a lock or in a read section is bounded: the steps of operations are
 * counted in a bucket whose chain has the maximum length.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>

#include <linux/ktime.h>

#include "core/bucket.h"
#include "core/inspect.h"
#include "core/map.h"
#include "core/evacuate.h"
#include "maps.h"

#define ENTRIES		(BM_CHAIN_MAX * BM_SLOTS)

/* Twice as many, so that the map does not grow. */
#define CAPACITY	3000

/* The largest hash: all entries belong to the first bucket. */
#define HASH_MASK	(~0ULL >> 32)

/* How often an operation may walk the chain: a reader retries a few times. */
#define WALKS		4

/* Evacuation walks it once for each destination bucket. */
#define EVACUATE_WALKS	(2 + (1 << BM_RESIZE_ORDERS))

/* Threads that wait for keys, and the steps of a search among them. */
#define WAITERS		50
#define SEARCH		24

/* Steps that do not depend on chains: tables, the pool, counters. */
#define OTHERS		64

static const struct bucketmap_config config = {
	.key_size = 8, .value_size = 8, .capacity = CAPACITY,
};

static int insert(struct bucketmap *map, u64 key)
{
	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL);
}

static struct bucketmap *full_map(void)
{
	struct bucketmap *map;
	u64 key;

	native_hash_mask = HASH_MASK;
	map = make_map(&config);
	for (key = 0; key < ENTRIES; key++)
		assert_int_equal(insert(map, key), 0);
	native_most_steps();
	return map;
}

static void free_map(struct bucketmap *map)
{
	assert_consistent(map);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

static void expect_bound(const char *what, u64 walks)
{
	u64 steps = native_most_steps();

	printf("# %s: %llu steps\n", what, steps);
	assert_in_range(steps, BM_CHAIN_MAX - 1,
			walks * BM_CHAIN_MAX + OTHERS);
}

static void key_operations_are_bounded(void **state)
{
	struct bucketmap *map = full_map();
	u64 key, value, none = ENTRIES;

	(void)state;
	assert_true(insert(map, none) < 0);
	expect_bound("refused insert", WALKS);
	for (key = 0; key <= ENTRIES; key++)
		bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);
	expect_bound("lookup", WALKS);
	for (key = 0; key < ENTRIES; key++)
		assert_int_equal(bucketmap_wait(map, &key, BUCKETMAP_WHOLE,
						&key, 1), -ETIME);
	expect_bound("wait", WALKS);
	for (key = 0; key < ENTRIES; key++)
		assert_int_equal(bucketmap_replace(map, &key, BUCKETMAP_WHOLE,
						   &none), 0);
	expect_bound("replace", WALKS);
	for (key = 0; key < ENTRIES; key++) {
		assert_int_equal(bucketmap_delete(map, &key), 0);
		assert_int_equal(insert(map, key), 0);
	}
	expect_bound("delete and insert", WALKS);
	for (key = 0; key < ENTRIES; key++)
		assert_int_equal(bucketmap_delete(map, &key), 0);
	expect_bound("delete", WALKS);
	free_map(map);
}

static void scan_and_inspection_are_bounded(void **state)
{
	static const u32 capacities[] = { 1, 7, ENTRIES };
	static u64 keys[ENTRIES], values[ENTRIES];
	struct bucketmap *map = full_map();
	struct bm_chains chains;
	u32 i, count;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(capacities); i++) {
		struct bucketmap_cursor cursor = { };

		while (!cursor.end)
			assert_int_equal(bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE, keys, values,
							capacities[i], &count), 0);
		expect_bound("scan", WALKS);
	}
	assert_int_equal(bm_inspect_chains(map, &chains), 0);
	assert_int_equal(chains.longest, ENTRIES);
	expect_bound("inspect", WALKS);
	free_map(map);
}

static void clear(struct bucketmap *map, u64 position)
{
	struct bucketmap_cursor cursor = { .position = position };

	while (!cursor.end)
		bucketmap_clear(map, &cursor);
}

static void clear_is_bounded(void **state)
{
	struct bucketmap *map = full_map();

	(void)state;
	/* Half of the bucket stays. */
	clear(map, HASH_MASK / 2);
	expect_bound("clear of a part", WALKS);
	assert_in_range(bucketmap_count(map), ENTRIES / 4, ENTRIES * 3 / 4);
	free_map(map);

	map = full_map();
	clear(map, 0);
	expect_bound("clear", WALKS);
	assert_int_equal(bucketmap_count(map), 0);
	free_map(map);
}

static void evacuation_is_bounded(void **state)
{
	struct bucketmap *map = full_map();
	u64 capacity, key;

	(void)state;
	for (capacity = CAPACITY; capacity < 256 * CAPACITY; capacity *= 4)
		assert_int_equal(bucketmap_resize(map, capacity, 0), 0);
	expect_bound("growing", EVACUATE_WALKS);
	/* Other buckets must not be merged into a full chain. */
	assert_int_equal(bucketmap_resize(map, 0, 0), -EMLINK);
	for (key = ENTRIES / 4; key < ENTRIES; key++)
		assert_int_equal(bucketmap_delete(map, &key), 0);
	native_most_steps();
	assert_int_equal(bucketmap_resize(map, 0, 0), 0);
	expect_bound("shrinking", EVACUATE_WALKS);
	assert_int_equal(bucketmap_count(map), ENTRIES / 4);
	free_map(map);
}

/**
 * struct waiter - a thread that waits until a key is present
 * @map: the map
 * @key: the key
 * @thread: the thread
 * @err: result of the wait
 */
struct waiter {
	struct bucketmap *map;
	u64 key;
	pthread_t thread;
	int err;
};

static void *wait_for_key(void *argument)
{
	struct waiter *waiter = argument;

	native_thread_begin();
	waiter->err = bucketmap_wait(waiter->map, &waiter->key, BUCKETMAP_WHOLE,
				     NULL, 0);
	native_thread_end();
	return NULL;
}

static u64 hash_of(struct bucketmap *map, u64 number)
{
	struct bm_key key;

	bm_key_init(map, &key, &number);
	return key.hash;
}

/* As the hashes are small, all wait in the same shard. */
static void start_waiters(struct waiter *waiters, struct bucketmap *map,
			  u64 key, u64 step)
{
	struct bm_watch_shard *shard = &map->watch.shards[0];
	u32 i;

	for (i = 0; i < WAITERS; i++, key += step) {
		while (hash_of(map, key) > HASH_MASK)
			key += step;
		waiters[i].map = map;
		waiters[i].key = key;
		assert_int_equal(pthread_create(&waiters[i].thread, NULL,
						wait_for_key, &waiters[i]), 0);
	}
	while (READ_ONCE(shard->asleep) < WAITERS)
		sched_yield();
}

/* After a spurious wake-up a waiter enters the queue again. */
static u64 queue_entries(struct bucketmap *map)
{
	struct bm_watch_shard *shard = &map->watch.shards[0];
	u64 times;

	spin_lock_bh(&shard->lock);
	assert_int_equal(shard->asleep, WAITERS);
	times = shard->entered;
	spin_unlock_bh(&shard->lock);
	return times;
}

static void join_waiters(struct waiter *waiters)
{
	u32 i;

	for (i = 0; i < WAITERS; i++) {
		assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
		assert_int_equal(waiters[i].err, 0);
	}
}

static u64 steps_of_writes(struct bucketmap *map, u64 key)
{
	native_most_steps();
	assert_int_equal(insert(map, key), 0);
	assert_int_equal(bucketmap_replace(map, &key, BUCKETMAP_WHOLE, &key),
			 0);
	assert_int_equal(bucketmap_delete(map, &key), 0);
	return native_most_steps();
}

static void write_skips_waiters_for_other_keys(void **state)
{
	struct waiter waiters[WAITERS];
	struct bucketmap *map;
	u64 steps, before, entered;
	u32 i;

	(void)state;
	native_hash_mask = HASH_MASK;
	map = make_map(&config);
	before = steps_of_writes(map, 0);
	start_waiters(waiters, map, 1, 1);
	entered = queue_entries(map);
	steps = steps_of_writes(map, 0);
	printf("# %llu steps without waiters, %llu with %d\n", before, steps,
	       WAITERS);
	assert_true(steps <= before + SEARCH);
	assert_int_equal(queue_entries(map), entered);
	for (i = 0; i < WAITERS; i++)
		assert_int_equal(insert(map, waiters[i].key), 0);
	join_waiters(waiters);
	assert_null(map->watch.shards[0].keys.rb_node);
	clear(map, 0);
	free_map(map);
}

/* Clear wakes only waiters for keys in the range that it has walked. */
static void clear_skips_waiters_outside_its_range(void **state)
{
	struct waiter waiters[WAITERS];
	struct bucketmap *map;
	u64 key, entered;
	u32 i;

	(void)state;
	/* Half of the hashes are small, the others very large. */
	native_hash_mask = HASH_MASK | 1ULL << 63;
	map = make_map(&config);
	start_waiters(waiters, map, 1000, 1);
	for (key = 0; key < ENTRIES / 2; key++)
		assert_int_equal(insert(map, key), 0);
	entered = queue_entries(map);
	clear(map, HASH_MASK + 1);
	assert_in_range(bucketmap_count(map), 1, ENTRIES / 2 - 1);
	assert_int_equal(queue_entries(map), entered);
	for (i = 0; i < WAITERS; i++)
		assert_int_equal(insert(map, waiters[i].key), 0);
	join_waiters(waiters);
	free_map(map);
}

static void waiter_limit_bounds_wake_ups(void **state)
{
	struct waiter waiters[WAITERS];
	struct bucketmap *map;
	u64 steps, key = 1, none = 2;

	(void)state;
	native_hash_mask = HASH_MASK;
	map = make_map(&config);
	start_waiters(waiters, map, key, 0);
	atomic_fetch_add(BM_WAITERS_MAX - WAITERS, &map->watch.waiters);
	assert_int_equal(bucketmap_wait(map, &none, BUCKETMAP_WHOLE, NULL, 0),
			 -EUSERS);
	/* A call that need not wait does not count as a waiter. */
	assert_int_equal(bucketmap_wait(map, &none, BUCKETMAP_WHOLE, NULL, 1),
			 -ETIME);
	assert_int_equal(bucketmap_wait(map, &none, BUCKETMAP_WHOLE, &none, 0),
			 0);
	atomic_fetch_add(WAITERS - BM_WAITERS_MAX, &map->watch.waiters);
	native_most_steps();
	assert_int_equal(insert(map, key), 0);
	steps = native_most_steps();
	join_waiters(waiters);
	printf("# %d waiters woken in %llu steps\n", WAITERS, steps);
	assert_in_range(steps, WAITERS, 3 * WAITERS + OTHERS);
	assert_int_equal(atomic_read(&map->watch.waiters), 0);
	assert_int_equal(atomic_read(&map->watch.interest), 0);
	free_map(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_operations_are_bounded),
		cmocka_unit_test(scan_and_inspection_are_bounded),
		cmocka_unit_test(clear_is_bounded),
		cmocka_unit_test(evacuation_is_bounded),
		cmocka_unit_test(write_skips_waiters_for_other_keys),
		cmocka_unit_test(clear_skips_waiters_outside_its_range),
		cmocka_unit_test(waiter_limit_bounds_wake_ups),
	};

	return run_core_tests(tests);
}

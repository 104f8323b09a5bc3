// SPDX-License-Identifier: GPL-2.0
/*
 * Maps of u64 keys and values, and control of their worker and tables.
 */
#include "support.h"

#include <time.h>

#include "core/bucket.h"
#include "core/evacuate.h"
#include "maps.h"

const struct bucketmap_config word_config = {
	.key_size = 8, .value_size = 8,
};

/**
 * insert_key() - insert a key whose value is the key
 * @map: the map
 * @key: the key
 *
 * Return: what bucketmap_insert() returns.
 */
int insert_key(struct bucketmap *map, u64 key)
{
	return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL);
}

/**
 * make_filled_map() - create a map that holds keys
 * @capacity: the map's capacity
 * @count: the keys 0 to @count - 1 are inserted
 *
 * Return: the map.
 */
struct bucketmap *make_filled_map(u64 capacity, u64 count)
{
	struct bucketmap_config config = word_config;
	struct bucketmap *map;
	u64 key;

	config.capacity = capacity;
	map = make_map(&config);
	for (key = 0; key < count; key++)
		assert_int_equal(insert_key(map, key), 0);
	return map;
}

/**
 * assert_holds_keys() - assert that a map holds just the given keys
 * @map: the map
 * @count: it must hold the keys 0 to @count - 1
 */
void assert_holds_keys(struct bucketmap *map, u64 count)
{
	u64 key, value;

	assert_int_equal(bucketmap_count(map), count);
	for (key = 0; key < count; key++) {
		assert_int_equal(bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value), 0);
		assert_int_equal(value, key);
	}
}

/**
 * buckets_of() - the number of buckets that a map reports
 * @map: the map
 *
 * Return: the number.
 */
u64 buckets_of(struct bucketmap *map)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(map, &geometry);
	return geometry.buckets;
}

/**
 * sleep_1ms() - sleep for a millisecond
 */
void sleep_1ms(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	nanosleep(&moment, NULL);
}

/**
 * assert_consistent() - let the worker complete what it has begun, and check the map
 * @map: the map, which has no other user
 */
void assert_consistent(struct bucketmap *map)
{
	/* A pass that failed is retried after a delay. */
	while (flush_delayed_work(&map->resize.work))
		;
	assert_null(bmt_map_fault(map));
}

/**
 * settle() - let the worker complete all of its work, and check the map
 * @map: the map, which has no other user
 */
void settle(struct bucketmap *map)
{
	bm_resize_kick(map);
	assert_consistent(map);
}

/**
 * make_next() - allocate a successor of a table
 * @table: the table
 * @order: order of the successor
 *
 * Return: the successor, which is not published.
 */
struct bm_table *make_next(struct bm_table *table, u32 order)
{
	struct bm_table *next = bm_table_alloc(table->layout, order, table, 0, NULL, GFP_KERNEL);

	assert_non_null(next);
	return next;
}

/**
 * publish() - allocate and publish a successor of a map's table
 * @map: the map, whose worker is held
 * @order: order of the successor
 *
 * Return: the successor.
 */
struct bm_table *publish(struct bucketmap *map, u32 order)
{
	struct bm_table *old = bmt_table(map);
	struct bm_table *next = make_next(old, order);

	rcu_assign_pointer(old->next, next);
	return next;
}

/**
 * make_full_map() - create a map in which an insert needs memory
 *
 * All keys have one hash. Their bucket's home record is full, the pool is empty,
 * and the worker is held.
 *
 * Return: the map, to be destroyed by free_full_map().
 */
struct bucketmap *make_full_map(void)
{
	struct bm_table *table;
	struct bucketmap *map;
	u64 key;

	native_hash_mask = 0;
	map = make_map(&word_config);
	for (key = 0; key < BM_SLOTS; key++)
		assert_int_equal(insert_key(map, key), 0);
	bm_resize_stop(map);
	WRITE_ONCE(map->resize.kicked, BM_KICKED_NOW);
	table = bmt_table(map);
	assert_true(bm_pool_take(&table->pool, table->pool.available));
	return map;
}

/**
 * free_full_map() - destroy a map that make_full_map() has created
 * @map: the map
 */
void free_full_map(struct bucketmap *map)
{
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

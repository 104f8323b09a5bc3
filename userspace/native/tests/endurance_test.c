// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a map after long use, and after a long shortage of memory.
 *
 * CHURN in the environment sets how many entries come and go.
 */
#include "support.h"

#include "core/inspect.h"
#include "core/evacuate.h"
#include "maps.h"

#define CHURN		200000
#define RESIDENTS	2000

static void put(struct bucketmap *map, u64 key)
{
	u64 value = ~key;

	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &value, GFP_KERNEL), 0);
}

static void put_many(struct bucketmap *map, u64 first, u64 count)
{
	u64 key;

	for (key = first; key < first + count; key++)
		put(map, key);
}

static void assert_present(struct bucketmap *map, u64 first, u64 count)
{
	u64 key, value;

	for (key = first; key < first + count; key++) {
		assert_int_equal(bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value), 0);
		assert_int_equal(value, ~key);
	}
	assert_int_equal(bucketmap_count(map), count);
}

static struct bucketmap *map_of_numbers(u64 capacity)
{
	const struct bucketmap_config config = {
		.key_size = 8,
		.value_size = 8,
		.capacity = capacity,
	};

	return make_map(&config);
}

/* The number of overflow records of maximally compact chains. */
static u64 records_needed(const struct bm_chains *chains)
{
	u64 needed = 0;
	u32 entries;

	for (entries = BM_SLOTS + 1; entries < BM_CHAINS_MAX; entries++)
		needed += chains->histogram[entries] * (DIV_ROUND_UP(entries, BM_SLOTS) - 1);
	return needed;
}

static void churned_map_is_as_compact_as_new(void **state)
{
	u64 churn = test_number("CHURN", CHURN), key;
	struct bucketmap *map = map_of_numbers(RESIDENTS);
	struct bm_chains chains;
	struct bm_table *table;

	put_many(map, 0, RESIDENTS);
	for (key = 0; key < churn; key++) {
		put(map, key + RESIDENTS);
		assert_int_equal(bucketmap_delete(map, &key), 0);
	}
	settle(map);
	assert_present(map, churn, RESIDENTS);
	assert_int_equal(bm_inspect_chains(map, &chains), 0);
	assert_true(chains.longest < BM_CHAINS_MAX - 1);
	assert_int_equal(chains.records, records_needed(&chains));
	table = rcu_dereference_raw(map->table);
	assert_int_equal(table->pool.allocated, table->pool.initial);
	bucketmap_destroy(map);
}

/* A table of 2048 buckets is migrated in many slices, none of which gets a chunk. */
static void migration_completes_without_any_chunk(void **state)
{
	struct bucketmap *map = map_of_numbers(2048 * 6);
	struct bm_table *old = rcu_dereference_raw(map->table), *next;
	u32 hand;

	put_many(map, 0, RESIDENTS);
	settle(map);
	next = bm_table_alloc(&map->layout, old->order + 1, old, 0, NULL, GFP_KERNEL);
	assert_non_null(next);
	/* An empty pool: below the low-water mark throughout. */
	hand = bm_pool_take(&next->pool, next->pool.available);
	rcu_assign_pointer(old->next, next);
	native_fail_randomly(NATIVE_FAIL_WORKERS, 1, test_seed());
	bm_resize_kick(map);
	flush_delayed_work(&map->resize.work);
	assert_true(native_fail_no_more() > 0);
	assert_ptr_equal(rcu_dereference_raw(map->table), next);
	bm_pool_put(&next->pool, hand);
	settle(map);
	assert_present(map, 0, RESIDENTS);
	bucketmap_destroy(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(churned_map_is_as_compact_as_new),
		cmocka_unit_test(migration_completes_without_any_chunk),
	};

	return run_core_tests(tests);
}

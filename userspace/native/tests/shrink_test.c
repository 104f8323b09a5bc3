// SPDX-License-Identifier: GPL-2.0
/*
 * Shrinking, and the limit on the length of chains.
 */
#include "support.h"

#include "core/bucket.h"
#include "core/inspect.h"
#include "core/evacuate.h"
#include "core/shrink.h"
#include "maps.h"

/* Four hashes, in adjacent buckets of a table of at least 256 buckets. */
#define FOUR_HASHES	0x0300000000000000ULL

static u64 longest_chain(struct bucketmap *map)
{
	struct bm_chains chains = {};

	bm_inspect_chains(map, &chains);
	return chains.longest;
}

static void shrink_beyond_chain_limit_is_refused(void **state)
{
	struct bucketmap *map;
	u64 before;

	(void)state;
	native_hash_mask = FOUR_HASHES;
	map = make_filled_map(BM_LOAD_GROW(1024), 400);
	before = longest_chain(map);
	assert_in_range(before, 65, 200);
	assert_int_equal(bucketmap_resize(map, 0, 0), -EMLINK);
	assert_int_equal(buckets_of(map), 1024);
	assert_int_equal(longest_chain(map), before);
	assert_holds_keys(map, 400);
	settle(map);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

static void shrink_stops_at_chain_limit(void **state)
{
	struct bucketmap *map;

	(void)state;
	native_hash_mask = FOUR_HASHES;
	map = make_filled_map(BM_LOAD_GROW(1024), 56);
	assert_int_equal(bucketmap_resize(map, 0, 0), 0);
	assert_int_equal(buckets_of(map), 16);
	assert_int_equal(longest_chain(map), 56);
	assert_holds_keys(map, 56);
	settle(map);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* Until the new table is published, an insert takes precedence over the shrink. */
static void insert_into_long_chain_cancels_shrink(void **state)
{
	struct bucketmap *map;
	struct bm_table *table, *next;
	u64 key;

	(void)state;
	native_hash_mask = 0;
	map = make_filled_map(100, 8 * BM_SLOTS);
	bmt_worker_hold(map);
	table = bmt_table(map);
	assert_int_equal(bm_shrink_prepare(&map->resize, table, 1), 1);
	next = make_next(table, table->order - 1);
	key = 8 * BM_SLOTS;
	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_NOWAIT), 0);
	assert_false(bm_shrink_commit(table, next));
	assert_null(rcu_access_pointer(table->next));
	bm_table_free(next);
	/* A chain that exceeds its share prevents the next shrink. */
	assert_int_equal(bm_shrink_prepare(&map->resize, table, 1), 0);
	for (key++; key < BM_CHAIN_MAX * BM_SLOTS; key++)
		assert_int_equal(insert_key(map, key), 0);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

/* As long as other buckets may be merged into it. */
static void inserts_leave_space_in_merging_chain(void **state)
{
	struct bucketmap *map;
	struct bm_table *table, *next;
	u64 key;

	(void)state;
	native_hash_mask = 0;
	map = make_filled_map(100, 1);
	bmt_worker_hold(map);
	table = bmt_table(map);
	assert_int_equal(bm_shrink_prepare(&map->resize, table, 1), 1);
	next = make_next(table, table->order - 1);
	assert_true(bm_shrink_commit(table, next));
	for (key = 1; key < BM_CHAIN_MAX / 2 * BM_SLOTS; key++)
		assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL), 0);
	assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &key, GFP_NOWAIT), -ENOMEM);
	bmt_worker_free(map);
	settle(map);
	for (; key < BM_CHAIN_MAX * BM_SLOTS; key++)
		assert_int_equal(insert_key(map, key), 0);
	assert_int_equal(insert_key(map, key), -EMLINK);
	assert_int_equal(bm_counters_sum(map, BM_REFUSED_COLLISIONS), 1);
	bucketmap_destroy(map);
	native_hash_mask = ~0ULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shrink_beyond_chain_limit_is_refused),
		cmocka_unit_test(shrink_stops_at_chain_limit),
		cmocka_unit_test(insert_into_long_chain_cancels_shrink),
		cmocka_unit_test(inserts_leave_space_in_merging_chain),
	};

	return run_core_tests(tests);
}

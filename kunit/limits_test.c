// SPDX-License-Identifier: GPL-2.0
/*
 * Why operations are refused: the limit of entries, and memory that a caller that
 * must not sleep cannot get.
 */
#include <linux/bottom_half.h>

#include "common.h"
#include "ops.h"

#define WHOLE	BUCKETMAP_WHOLE

static struct bucketmap *map_of(struct kunit *test, u64 max_entries)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.max_entries = max_entries,
	};

	return bmt_map(test, &config);
}

/* Each operation that would make an entry is refused. Returns how many did. */
static u64 refuse_all(struct kunit *test, struct bucketmap *map, u64 key)
{
	u64 value = 0, previous, refused = 0;
	u32 i;

	for (i = 0; i < BUCKETMAP_OPERATIONS; i++) {
		const struct bucketmap_op op =
			bmt_op_make(i, WHOLE, &key, &value, &value, &previous);

		if (!bmt_ops[i].creates)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, -ENOSPC,
				    bmt_ops[i].call(map, &op, GFP_KERNEL),
				    "%s", bmt_ops[i].name);
		refused++;
	}
	return refused;
}

static void max_entries_is_exact(struct kunit *test)
{
	static const u64 limits[] = { 1, 2, 7, 8, 9, 100, 1000 };
	u64 key, refused, i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct bucketmap *map = map_of(test, limits[i]);
		u64 most = limits[i], free;

		bmt_fill(test, map, 0, most);
		refused = refuse_all(test, map, most);
		KUNIT_EXPECT_EQ(test, bmt_put(map, 0), -EEXIST);
		bmt_check(test, map, 0, most);
		KUNIT_EXPECT_EQ(test, bmt_count(map), most);
		KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_REFUSED_FULL),
				refused);

		/* Each delete permits one more insert. */
		free = (most + 2) / 3;
		for (key = 0; key < free; key++)
			KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), 0);
		bmt_fill(test, map, most, free);
		KUNIT_EXPECT_EQ(test, bmt_put(map, 2 * most), -ENOSPC);
		bmt_check(test, map, free, most);
		bmt_settle(test, map);
		bmt_check_map(test, map);
	}
}

/* The overflow record that is taken for a refused entry returns to the pool. */
static void refused_entry_uses_no_record(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(struct bmt_key),
		.value_size = sizeof(u64),
		.flags = BUCKETMAP_CREATE_XXH64,
		.max_entries = BM_SLOTS,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bmt_key key;
	u64 value = 0;
	u32 i;

	for (i = 0; i < BM_SLOTS; i++)
		bmt_put_made(test, map, i, i);
	key = bmt_make_key(map, i, i);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				bucketmap_insert(map, &key, WHOLE, &value,
						 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, bm_pool_used(&bmt_table(map)->pool), 0);
	bmt_check_map(test, map);
}

/* Memory */

static void nowait_insert_fails_when_pool_is_empty(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 keys, value;
	int err = 0;

	bmt_worker_hold(map);
	for (keys = 0; keys < 1000 && !err; keys++) {
		value = bmt_value(keys);
		err = bucketmap_insert(map, &keys, WHOLE, &value, GFP_NOWAIT);
	}
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	keys--;
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_REFUSED_MEMORY), 1);
	KUNIT_EXPECT_EQ(test, bmt_count(map), keys);
	bmt_check(test, map, 0, keys);
	bmt_check_absent(test, map, keys, 1);
	bmt_check_map(test, map);

	/* An insert that may sleep adds a chunk; the worker grows the table. */
	bmt_fill(test, map, keys, 1);
	keys++;
	bmt_worker_release(test, map);
	for (; keys < 1000; keys++) {
		value = bmt_value(keys);
		KUNIT_ASSERT_EQ(test, 0, bucketmap_insert(map, &keys, WHOLE,
							  &value, GFP_NOWAIT));
		bmt_settle(test, map);
	}
	bmt_check(test, map, 0, keys);
}

static void nowait_operations_do_not_sleep(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct bucketmap_geometry geometry;
	struct bucketmap_cursor cursor = { };
	u64 key, value, previous;
	u64 errors = 0;
	u32 count;

	for (key = 0; key < 2000; key++) {
		local_bh_disable();
		value = bmt_value(key);
		errors += !!bucketmap_store(map, &key, WHOLE, &value,
					    GFP_NOWAIT);
		errors += !!bucketmap_lookup(map, &key, WHOLE, &value);
		errors += bucketmap_insert(map, &key, WHOLE, &value,
					   GFP_NOWAIT) != -EEXIST;
		errors += !!bucketmap_replace(map, &key, WHOLE, &value);
		errors += bucketmap_swap(map, &key, WHOLE, &value, &previous,
					 GFP_NOWAIT) != 1;
		errors += !!bucketmap_compare_and_swap(map, &key, WHOLE,
						       &value, &value, NULL);
		errors += !!bucketmap_add(map, &key, 0, 0, NULL, GFP_NOWAIT);
		if (key % 3 == 0)
			errors += !!bucketmap_delete(map, &key);
		local_bh_enable();
		if (key % 16 == 0)
			bmt_settle(test, map);
	}
	local_bh_disable();
	while (!cursor.end)
		errors += !!bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE, &key,
					   &value, 1, &count);
	cursor = (struct bucketmap_cursor){ };
	while (!cursor.end)
		bucketmap_clear(map, &cursor);
	bucketmap_geometry(map, &geometry);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, errors, 0);
	KUNIT_EXPECT_EQ(test, geometry.count, 0);
	bmt_settle(test, map);
	bmt_check_map(test, map);
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(max_entries_is_exact),
	KUNIT_CASE(refused_entry_uses_no_record),
	KUNIT_CASE(nowait_insert_fails_when_pool_is_empty),
	KUNIT_CASE(nowait_operations_do_not_sleep),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "bucketmap_limits",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Evacuation to larger and smaller tables. The worker is held: the cases publish
 * the new table and evacuate the buckets one at a time.
 */
#include <linux/mm.h>

#include "model.h"

struct direction {
	u32 from;
	u32 to;
};

static const struct direction directions[] = {
	{ 4, 5 }, { 3, 5 }, { 2, 6 }, { 1, 5 },
	{ 4, 3 }, { 5, 3 }, { 6, 2 }, { 5, 1 },
};

static void describe(const struct direction *direction, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "from %u to %u buckets",
		 1U << direction->from, 1U << direction->to);
}

KUNIT_ARRAY_PARAM(direction, directions, describe);

static struct bucketmap *held_map(struct kunit *test, u32 order)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(1ULL << order));

	bmt_worker_hold(map);
	KUNIT_ASSERT_EQ(test, bmt_table(map)->order, order);
	return map;
}

static struct bucketmap *held_made(struct kunit *test, u32 order)
{
	struct bucketmap *map;

	map = bmt_made(test, sizeof(u64), BM_LOAD_GROW(1ULL << order));
	bmt_worker_hold(map);
	KUNIT_ASSERT_EQ(test, bmt_table(map)->order, order);
	return map;
}

static bool flagged(struct bm_table *table, u32 index)
{
	return bm_table_home(table, index)->head & BM_HEAD_EVACUATED;
}

static u32 count_flagged(struct bm_table *table)
{
	u32 count = 0;
	u32 index;

	for (index = 0; index < bm_table_buckets(table); index++)
		count += flagged(table, index);
	return count;
}

static u32 *shuffled(struct kunit *test, u32 count)
{
	u32 *order = kunit_kcalloc(test, count, sizeof(u32), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, order);
	for (i = 0; i < count; i++) {
		u32 other = bmt_below(test, i + 1);

		order[i] = order[other];
		order[other] = i;
	}
	return order;
}

/* Copies all home records and the first chunk, to compare with later. */
static void *copy_records(struct kunit *test, struct bm_table *table)
{
	size_t records = bm_table_buckets(table) + (1U << table->pool.shift);
	size_t bytes = records * table->layout->record_bytes;
	void *copy = kunit_kmalloc(test, bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, table->segments[0].records, bytes);
	return copy;
}

static bool records_are(struct bm_table *table, const void *copy)
{
	size_t records = bm_table_buckets(table) + (1U << table->pool.shift);

	return !memcmp(copy, table->segments[0].records,
		       records * table->layout->record_bytes);
}

static void keys_are_found_after_each_evacuation(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bucketmap *map = held_map(test, direction->from);
	struct bm_table *table = bmt_table(map);
	u32 buckets = bm_table_buckets(table);
	u32 *order = shuffled(test, buckets);
	u64 keys = 6 * buckets;
	u32 i;

	bmt_fill(test, map, 0, keys);
	bmt_publish(test, map, direction->to);
	for (i = 0; i < buckets; i++) {
		bmt_evacuate(test, map, order[i]);
		KUNIT_ASSERT_TRUE(test, flagged(table, order[i]));
		KUNIT_ASSERT_EQ(test, count_flagged(table), i + 1);
		bmt_check(test, map, 0, keys);
		bmt_check_absent(test, map, keys, keys);
		bmt_check_map(test, map);
	}
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATED_BY_WORKER),
			buckets);
	bmt_worker_release(test, map);
	bmt_check(test, map, 0, keys);
	bmt_check_map(test, map);
}

/*
 * Where buckets merge, the destination is written to after the first bucket has
 * been evacuated and before the others are.
 */
static void writes_succeed_between_evacuations(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bucketmap *map = held_map(test, direction->from);
	u32 buckets = bm_table_buckets(bmt_table(map));
	u32 *order = shuffled(test, buckets);
	struct bmt_model *model;
	u32 i;

	model = bmt_model(test, map, 6 * buckets, U32_MAX);
	bmt_model_steps(test, model, 20 * buckets);
	bmt_publish(test, map, direction->to);
	for (i = 0; i < buckets; i++) {
		bmt_evacuate(test, map, order[i]);
		bmt_model_steps(test, model, 20);
		bmt_check_map(test, map);
		bmt_model_check(test, model);
	}
	bmt_worker_release(test, map);
	bmt_model_steps(test, model, 100);
	bmt_model_check(test, model);
	bmt_model_scan(test, model, 8, NULL);
	bmt_check_map(test, map);
}

/* Two buckets merge; the destination is written to between their evacuations. */
static void bucket_merges_into_used_bucket(struct kunit *test)
{
	struct bucketmap *map = held_made(test, 2);
	struct bmt_key key;
	u64 low = 0, high = 1ULL << 62;
	u32 i;

	for (i = 0; i < 11; i++) {
		bmt_put_made(test, map, low | i, i);
		bmt_put_made(test, map, high | i, i);
	}
	bmt_publish(test, map, 1);
	bmt_evacuate(test, map, 0);
	/* Deletes compact: entries move within the new bucket. */
	for (i = 0; i < 6; i++) {
		key = bmt_make_key(map, low | i, i);
		KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
	}
	for (i = 20; i < 27; i++)
		bmt_put_made(test, map, low | i, i);
	bmt_check_map(test, map);
	bmt_evacuate(test, map, 1);
	for (i = 0; i < 11; i++) {
		KUNIT_EXPECT_EQ(test, i >= 6, bmt_has_made(map, low | i, i));
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, high | i, i));
	}
	for (i = 20; i < 27; i++)
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, low | i, i));
	bmt_check_map(test, map);
}

/* One bucket with 200 entries goes to 16 buckets. */
static void long_chain_is_split(struct kunit *test)
{
	struct bucketmap *map = held_made(test, 1);
	u64 hashes[200];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++) {
		hashes[i] = bmt_random(test) | 1ULL << 63;
		bmt_put_made(test, map, hashes[i], i);
	}
	bmt_publish(test, map, 5);
	bmt_evacuate(test, map, 1);
	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		KUNIT_ASSERT_TRUE(test, bmt_has_made(map, hashes[i], i));
	bmt_check_map(test, map);
}

static void bucket_is_evacuated_once(struct kunit *test)
{
	struct bucketmap *map = held_map(test, 2);
	struct bm_table *table = bmt_table(map);
	struct bm_table *next;
	void *old, *new;

	bmt_fill(test, map, 0, 25);
	next = bmt_publish(test, map, 3);
	bmt_evacuate_all(test, map);
	old = copy_records(test, table);
	new = copy_records(test, next);
	KUNIT_EXPECT_EQ(test, bm_evacuate(map, table, 1, BM_EVACUATED_BY_WORKER),
			0);
	rcu_read_lock();
	bm_evacuate_help(map, bmt_table(map), 0);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(test, records_are(table, old));
	KUNIT_EXPECT_TRUE(test, records_are(next, new));
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATED_BY_WORKER), 4);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATED_BY_WRITERS), 0);
}

static void empty_bucket_is_evacuated(struct kunit *test)
{
	struct bucketmap *map = held_map(test, 3);
	struct bm_table *next = bmt_publish(test, map, 2);
	u32 drained = bmt_pool_drain(next);

	KUNIT_EXPECT_EQ(test, 0, bm_evacuate(map, bmt_table(map), 5,
					     BM_EVACUATED_BY_WORKER));
	KUNIT_EXPECT_TRUE(test, flagged(bmt_table(map), 5));
	bm_pool_put(&next->pool, drained);
}

/**
 * struct shortage - a pool with too few records for an evacuation
 * @from: order of the old table
 * @to: order of the new table
 * @entries: entries of the bucket
 * @available: records in the new table's pool
 */
struct shortage {
	u32 from;
	u32 to;
	u32 entries;
	u32 available;
};

/* One or more records are missing. */
static const struct shortage shortages[] = {
	{ 1, 2, 20, 0 }, { 1, 2, 20, 1 }, { 1, 5, 30, 2 }, { 2, 1, 20, 0 },
	{ 2, 1, 20, 1 }, { 4, 1, 20, 1 },
};

static void describe_shortage(const struct shortage *shortage, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE,
		 "%u entries from %u to %u buckets with %u records",
		 shortage->entries, 1U << shortage->from, 1U << shortage->to, shortage->available);
}

KUNIT_ARRAY_PARAM(shortage, shortages, describe_shortage);

static void evacuation_without_free_records_leaves_bucket_unchanged(struct kunit *test)
{
	const struct shortage *shortage = test->param_value;
	struct bucketmap *map = held_made(test, shortage->from);
	struct bm_table *table = bmt_table(map);
	struct bm_table *next;
	void *old, *new;
	u32 i, rest, drained;

	for (i = 0; i < shortage->entries; i++)
		bmt_put_made(test, map, i, i);
	next = bmt_publish(test, map, shortage->to);
	rest = bm_pool_take(&next->pool, max(shortage->available, 1U));
	drained = bmt_pool_drain(next);
	if (shortage->available)
		bm_pool_put(&next->pool, rest);
	old = copy_records(test, table);
	new = copy_records(test, next);

	KUNIT_EXPECT_EQ(test, -ENOMEM, bm_evacuate(map, table, 0,
						   BM_EVACUATED_BY_WRITERS));
	KUNIT_EXPECT_TRUE(test, records_are(table, old));
	KUNIT_EXPECT_TRUE(test, records_are(next, new));
	KUNIT_EXPECT_EQ(test, next->pool.available, shortage->available);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATION_FAILED), 1);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATED_BY_WRITERS), 0);

	/* The bucket stays in use in the old table. */
	bmt_put_made(test, map, i, i);
	KUNIT_EXPECT_FALSE(test, flagged(table, 0));
	for (i = 0; i <= shortage->entries; i++)
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, i, i));

	bm_pool_put(&next->pool, drained);
	if (!shortage->available)
		bm_pool_put(&next->pool, rest);
	KUNIT_EXPECT_EQ(test, 0, bm_evacuate(map, table, 0,
					     BM_EVACUATED_BY_WRITERS));
	KUNIT_EXPECT_TRUE(test, flagged(table, 0));
	for (i = 0; i <= shortage->entries; i++)
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, i, i));
	bmt_check_map(test, map);
}

static void short_shares_need_no_overflow_records(struct kunit *test)
{
	struct bucketmap *map = held_made(test, 1);
	struct bm_table *next;
	u32 i, drained;

	for (i = 0; i < 32; i++)
		bmt_put_made(test, map, (u64)i << 58, i);
	next = bmt_publish(test, map, 3);
	drained = bmt_pool_drain(next);
	KUNIT_EXPECT_EQ(test, 0, bm_evacuate(map, bmt_table(map), 0,
					     BM_EVACUATED_BY_WORKER));
	bm_pool_put(&next->pool, drained);
	for (i = 0; i < 32; i++)
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, (u64)i << 58, i));
	bmt_check_map(test, map);
}

static void unused_records_are_returned_to_pool(struct kunit *test)
{
	struct bucketmap *map = held_made(test, 2);
	struct bm_table *next;
	u32 i;

	for (i = 0; i < 3; i++)
		bmt_put_made(test, map, i, i);
	next = bmt_publish(test, map, 1);
	bmt_evacuate(test, map, 0);
	KUNIT_EXPECT_EQ(test, bm_pool_used(&next->pool), 0);
	bmt_check_map(test, map);
}

static void records_of_evacuated_bucket_are_not_reused(struct kunit *test)
{
	struct bucketmap *map = held_made(test, 1);
	struct bm_table *table = bmt_table(map);
	u32 i, used;

	for (i = 0; i < 30; i++)
		bmt_put_made(test, map, i, i);
	used = bm_pool_used(&table->pool);
	KUNIT_EXPECT_EQ(test, used, 3);
	bmt_publish(test, map, 2);
	bmt_evacuate(test, map, 0);
	for (i = 0; i < 30; i++) {
		struct bmt_key key = bmt_make_key(map, i, i);

		KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), 0);
	}
	KUNIT_EXPECT_EQ(test, bm_pool_used(&table->pool), used);
	bmt_check_map(test, map);
}

static void write_evacuates_at_most_two_buckets(struct kunit *test)
{
	struct bucketmap *map = held_map(test, 6);
	struct bm_table *table = bmt_table(map);
	u32 buckets = bm_table_buckets(table);
	u64 key, value = 0;
	u32 evacuated = 0;

	bmt_fill(test, map, 0, 300);
	bmt_publish(test, map, 7);
	bmt_check(test, map, 0, 300);
	KUNIT_EXPECT_EQ(test, count_flagged(table), 0);
	for (key = 1000; key < 1000 + buckets; key++) {
		struct bm_key ready;
		u32 now;

		/* Any write helps, whether it succeeds or not. */
		if (key % 2)
			bucketmap_delete(map, &key);
		else
			bucketmap_store(map, &key, BUCKETMAP_WHOLE, &value,
					GFP_KERNEL);
		bm_key_init(map, &ready, &key);
		now = count_flagged(table);
		KUNIT_ASSERT_TRUE(test, flagged(table, bm_table_index(table,
								      ready.hash)));
		KUNIT_ASSERT_LE(test, now, evacuated + 2);
		evacuated = now;
		bmt_check(test, map, 0, 300);
	}
	/* One write per bucket completes the migration. */
	KUNIT_EXPECT_EQ(test, evacuated, buckets);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATED_BY_WRITERS),
			buckets);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_EVACUATED_BY_WORKER), 0);
	bmt_check_map(test, map);
	bmt_worker_release(test, map);
	bmt_check(test, map, 0, 300);
}

/* Writes to an evacuated bucket go to the successor, not to the old table. */
static void writers_follow_evacuated_bucket(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bucketmap *map = held_map(test, direction->from);
	u64 keys = 6 * bm_table_buckets(bmt_table(map));
	struct bm_table *table = bmt_table(map);
	void *old;
	u64 key;

	bmt_fill(test, map, 0, keys);
	bmt_publish(test, map, direction->to);
	bmt_evacuate_all(test, map);
	old = copy_records(test, table);
	for (key = 0; key < keys; key += 2)
		KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
	bmt_fill(test, map, keys, keys / 2);
	for (key = 1; key < keys; key += 2) {
		u64 value = bmt_value(key) - 1;
		u64 previous;

		KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key,
							 BUCKETMAP_WHOLE,
							 &value, GFP_KERNEL));
		KUNIT_ASSERT_EQ(test, 0, bucketmap_add(map, &key, 0, 1,
						       &previous, GFP_KERNEL));
		KUNIT_ASSERT_EQ(test, previous, value);
		bmt_check(test, map, key, 1);
		bmt_check_absent(test, map, key - 1, 1);
	}
	bmt_check(test, map, keys, keys / 2);
	KUNIT_EXPECT_TRUE(test, records_are(table, old));
	bmt_check_map(test, map);
}

/* A bucket may be evacuated again while an operation still uses an old table. */
static void successors_are_followed_in_turn(struct kunit *test)
{
	struct bucketmap *map = held_map(test, 3);
	struct bm_table *first = bmt_table(map);
	struct bm_table *second, *third;
	u32 index;
	u64 key;

	bmt_fill(test, map, 0, 50);
	second = bmt_publish(test, map, 5);
	bmt_evacuate_all(test, map);
	third = bm_table_alloc(&map->layout, 2, second, 0, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, third);
	rcu_assign_pointer(second->next, third);
	for (index = 0; index < bm_table_buckets(second); index += 2)
		KUNIT_ASSERT_EQ(test, 0, bm_evacuate(map, second, index,
						     BM_EVACUATED_BY_WORKER));
	bmt_check(test, map, 0, 50);
	bmt_check_absent(test, map, 50, 50);
	for (key = 0; key < 25; key++)
		KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
	bmt_fill(test, map, 50, 30);
	bmt_check_absent(test, map, 0, 25);
	bmt_check(test, map, 25, 55);
	KUNIT_EXPECT_PTR_EQ(test, bmt_table(map), first);
	bmt_check_map(test, map);
}

static struct kunit_case evacuate_cases[] = {
	KUNIT_CASE_PARAM(keys_are_found_after_each_evacuation,
			 direction_gen_params),
	KUNIT_CASE_PARAM(writes_succeed_between_evacuations,
			 direction_gen_params),
	KUNIT_CASE(bucket_merges_into_used_bucket),
	KUNIT_CASE(long_chain_is_split),
	KUNIT_CASE(bucket_is_evacuated_once),
	KUNIT_CASE(empty_bucket_is_evacuated),
	KUNIT_CASE_PARAM(evacuation_without_free_records_leaves_bucket_unchanged,
			 shortage_gen_params),
	KUNIT_CASE(short_shares_need_no_overflow_records),
	KUNIT_CASE(unused_records_are_returned_to_pool),
	KUNIT_CASE(records_of_evacuated_bucket_are_not_reused),
	KUNIT_CASE(write_evacuates_at_most_two_buckets),
	KUNIT_CASE_PARAM(writers_follow_evacuated_bucket,
			 direction_gen_params),
	KUNIT_CASE(successors_are_followed_in_turn),
	{}
};

static struct kunit_suite evacuate_suite = {
	.name = "bucketmap_evacuate",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = evacuate_cases,
};

kunit_test_suite(evacuate_suite);

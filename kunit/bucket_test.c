// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets: entries in records and chains. All keys are made, so that each has
 * the bucket and the tag that the case needs. The worker is held, so there are
 * always two buckets.
 */
#include "common.h"

#define VALUE_SIZE	24

/* A hash with @tag that belongs to bucket @index of two. */
static u64 hash_in(u32 index, u8 tag)
{
	return (u64)index << 63 | tag;
}

static struct bucketmap *two_buckets(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, VALUE_SIZE, 0);

	KUNIT_ASSERT_EQ(test, bm_table_buckets(bmt_table(map)), 2);
	bmt_worker_hold(map);
	return map;
}

/* Finds a key. There is no other writer, so the place stays valid. */
static void locate(struct bucketmap *map, u64 hash, u64 number,
		   struct bm_bucket *bucket, struct bm_place *place)
{
	struct bmt_key bytes = bmt_make_key(map, hash, number);
	struct bm_key key;

	bm_key_init(map, &key, &bytes);
	bm_rcu_read_lock_bh();
	bm_bucket_lock(map, &map->layout, key.hash, bucket);
	bm_bucket_find(bucket, &map->layout, &key, place);
	bm_bucket_unlock(bucket);
	bm_rcu_read_unlock_bh();
}

static int free_slot(struct bucketmap *map, u64 hash, u64 number, u32 *link)
{
	struct bm_bucket bucket;
	struct bm_place place;

	locate(map, hash, number, &bucket, &place);
	return bm_bucket_free_slot(&bucket, &place, link);
}

static u32 chain_records(struct bucketmap *map, u32 index)
{
	struct bm_table *table = bmt_table(map);
	struct bm_record *record = bm_table_home(table, index);
	u32 records = 0;

	for (; record; record = bm_chain_next(table, record))
		records++;
	return records;
}

static u32 head_seq(struct bucketmap *map, u32 index)
{
	return bm_table_home(bmt_table(map), index)->head & BM_HEAD_SEQ;
}

static int delete_made(struct bucketmap *map, u64 hash, u64 number)
{
	struct bmt_key key = bmt_make_key(map, hash, number);

	return bucketmap_delete(map, &key);
}

static void find_returns_position_of_each_entry(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	struct bm_bucket bucket;
	struct bm_place place;
	u32 i;

	locate(map, hash_in(1, 5), 0, &bucket, &place);
	KUNIT_EXPECT_FALSE(test, bm_place_found(&place));
	KUNIT_EXPECT_PTR_EQ(test, place.record, bucket.home);
	for (i = 0; i < 20; i++)
		bmt_put_made(test, map, hash_in(1, i), i);
	for (i = 0; i < 20; i++) {
		locate(map, hash_in(1, i), i, &bucket, &place);
		KUNIT_EXPECT_PTR_EQ(test, bucket.home,
				    bm_table_home(bmt_table(map), 1));
		KUNIT_EXPECT_EQ(test, place.depth, i / BM_SLOTS);
		KUNIT_EXPECT_EQ(test, place.slot, i % BM_SLOTS);
		KUNIT_EXPECT_EQ(test, !place.before, i < BM_SLOTS);
	}
	/* For an absent key the place is the end of the chain. */
	locate(map, hash_in(1, 7), 8, &bucket, &place);
	KUNIT_EXPECT_FALSE(test, bm_place_found(&place));
	KUNIT_EXPECT_EQ(test, place.depth, 2);
	bmt_check_map(test, map);
}

static void keys_with_equal_tags_are_distinguished(struct kunit *test)
{
	static const u8 tags[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff };
	struct bucketmap *map = two_buckets(test);
	u32 i, number;

	for (number = 0; number < 3; number++) {
		for (i = 0; i < ARRAY_SIZE(tags); i++)
			KUNIT_EXPECT_FALSE(test,
					   bmt_has_made(map,
							hash_in(0, tags[i]),
							number));
		for (i = 0; i < ARRAY_SIZE(tags); i++)
			bmt_put_made(test, map, hash_in(0, tags[i]), number);
	}
	for (i = 0; i < ARRAY_SIZE(tags); i++) {
		for (number = 0; number < 3; number++)
			KUNIT_EXPECT_TRUE(test,
					  bmt_has_made(map,
						       hash_in(0, tags[i]),
						       number));
		KUNIT_EXPECT_FALSE(test, bmt_has_made(map, hash_in(0, tags[i]),
						      3));
		KUNIT_EXPECT_FALSE(test, bmt_has_made(map, hash_in(1, tags[i]),
						      0));
	}
	bmt_check_map(test, map);
}

static void full_bucket_gets_overflow_record(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	u32 i, link;

	for (i = 0; i < BM_SLOTS; i++) {
		KUNIT_EXPECT_EQ(test, free_slot(map, hash_in(0, i), i, &link), 0);
		KUNIT_EXPECT_EQ(test, link, 0);
		bmt_put_made(test, map, hash_in(0, i), i);
	}
	KUNIT_EXPECT_EQ(test, chain_records(map, 0), 1);
	bmt_put_made(test, map, hash_in(0, i), i);
	KUNIT_EXPECT_EQ(test, chain_records(map, 0), 2);
	KUNIT_EXPECT_EQ(test, chain_records(map, 1), 1);
	KUNIT_EXPECT_EQ(test, bm_pool_used(&bmt_table(map)->pool), 1);
	bmt_check_map(test, map);
}

static void empty_pool_returns_eagain(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	u32 i, drained, link = 7;

	for (i = 0; i < BM_SLOTS; i++)
		bmt_put_made(test, map, hash_in(0, i), i);
	drained = bmt_pool_drain(bmt_table(map));
	KUNIT_EXPECT_EQ(test, free_slot(map, hash_in(0, i), i, &link), -EAGAIN);
	KUNIT_EXPECT_EQ(test, link, 0);
	bm_pool_put(&bmt_table(map)->pool, drained);
	KUNIT_EXPECT_EQ(test, free_slot(map, hash_in(0, i), i, &link), 0);
	KUNIT_EXPECT_NE(test, link, 0);
	bm_pool_put(&bmt_table(map)->pool, link);
	bmt_check_map(test, map);
}

/* Removes each entry in turn from chains of up to five records. */
static void removal_keeps_chain_compact(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	u32 most = 4 * BM_SLOTS + 1;
	u32 entries, removed, i;

	for (entries = 1; entries <= most; entries++)
		for (removed = 0; removed < entries; removed++) {
			u32 left = entries - 1;

			for (i = 0; i < entries; i++)
				bmt_put_made(test, map, hash_in(1, i), i);
			KUNIT_ASSERT_EQ(test, 0,
					delete_made(map, hash_in(1, removed),
						    removed));
			KUNIT_ASSERT_EQ(test, chain_records(map, 1),
					max(1U, DIV_ROUND_UP(left, BM_SLOTS)));
			bmt_check_map(test, map);
			for (i = 0; i < entries; i++)
				KUNIT_ASSERT_EQ(test, i != removed,
						bmt_has_made(map,
							     hash_in(1, i), i));
			for (i = 0; i < entries; i++)
				delete_made(map, hash_in(1, i), i);
		}
	KUNIT_EXPECT_EQ(test, bm_pool_used(&bmt_table(map)->pool), 0);
	bmt_check_map(test, map);
}

static void chain_shrinks_when_emptied_in_random_order(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	u32 i, round, left;
	bool there[100];

	for (round = 0; round < 20; round++) {
		for (i = 0; i < ARRAY_SIZE(there); i++) {
			bmt_put_made(test, map, hash_in(0, i), i);
			there[i] = true;
		}
		for (left = ARRAY_SIZE(there); left; left--) {
			KUNIT_ASSERT_EQ(test, chain_records(map, 0),
					DIV_ROUND_UP(left, BM_SLOTS));
			i = bmt_below(test, ARRAY_SIZE(there));
			while (!there[i])
				i = (i + 1) % ARRAY_SIZE(there);
			there[i] = false;
			KUNIT_ASSERT_EQ(test, 0,
					delete_made(map, hash_in(0, i), i));
		}
		bmt_check_map(test, map);
	}
}

static void returned_record_is_reused(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	struct bm_table *table = bmt_table(map);
	struct bm_record *record;
	u32 i, drained;

	for (i = 0; i <= BM_SLOTS; i++)
		bmt_put_made(test, map, hash_in(0, i), i);
	record = bm_chain_next(table, bm_table_home(table, 0));
	drained = bmt_pool_drain(table);
	KUNIT_ASSERT_EQ(test, delete_made(map, hash_in(0, 3), 3), 0);
	KUNIT_EXPECT_EQ(test, table->pool.available, 1);
	KUNIT_EXPECT_NULL(test, memchr_inv(record, 0,
					   map->layout.record_bytes));
	for (i = 0; i <= BM_SLOTS; i++)
		bmt_put_made(test, map, hash_in(1, i), i);
	KUNIT_EXPECT_PTR_EQ(test, record,
			    bm_chain_next(table, bm_table_home(table, 1)));
	KUNIT_EXPECT_EQ(test, table->pool.available, 0);
	bm_pool_put(&table->pool, drained);
	bmt_check_map(test, map);
}

static void removal_uses_write_section(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	u32 seq;

	bmt_put_made(test, map, hash_in(0, 1), 1);
	bmt_put_made(test, map, hash_in(0, 2), 2);
	seq = head_seq(map, 0);
	KUNIT_EXPECT_EQ(test, delete_made(map, hash_in(0, 1), 1), 0);
	KUNIT_EXPECT_EQ(test, head_seq(map, 0), seq + 2);
}

/* Stores into bytes 5 to 18 of a value; returns by how much seq increased. */
static u32 overwrite(struct kunit *test, struct bucketmap *map, u8 *wanted)
{
	struct bmt_key key = bmt_make_key(map, hash_in(0, 9), 4);
	struct bucketmap_window window = { 5, 14 };
	u32 seq = head_seq(map, 0);
	u8 bytes[14];

	prandom_bytes_state(test->priv, bytes, sizeof(bytes));
	memcpy(wanted + 5, bytes, sizeof(bytes));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, window, bytes,
						 GFP_KERNEL));
	return head_seq(map, 0) - seq;
}

static void overwrite_changes_only_its_window(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	struct bmt_key key = bmt_make_key(map, hash_in(0, 9), 4);
	u8 wanted[VALUE_SIZE], got[VALUE_SIZE];
	u32 i;

	for (i = 0; i < 12; i++)
		bmt_put_made(test, map, hash_in(0, i), i);
	prandom_bytes_state(test->priv, wanted, sizeof(wanted));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_insert(map, &key, BUCKETMAP_WHOLE,
						  wanted, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, overwrite(test, map, wanted), 2);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_lookup(map, &key, BUCKETMAP_WHOLE,
						  got));
	KUNIT_EXPECT_MEMEQ(test, got, wanted, sizeof(got));
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, hash_in(0, i), i));
	bmt_check_map(test, map);
}

/* Even for a short window: readers may read a larger one. */
static void overwrite_of_long_value_uses_write_section(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	struct bmt_key key = bmt_make_key(map, hash_in(0, 9), 4);
	struct bucketmap_window window;
	u8 bytes[VALUE_SIZE] = { };

	bmt_put_made(test, map, hash_in(0, 9), 4);
	for (window.offset = 0; window.offset < 16; window.offset++)
		for (window.length = 1; window.length <= 8; window.length++) {
			u32 seq = head_seq(map, 0);

			KUNIT_ASSERT_EQ(test, 0,
					bucketmap_store(map, &key, window,
							bytes, GFP_KERNEL));
			KUNIT_ASSERT_EQ(test, head_seq(map, 0), seq + 2);
		}
}

static void overwrite_of_one_word_uses_no_write_section(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1;
	u32 index, seq[2];
	u64 value;

	KUNIT_ASSERT_EQ(test, bmt_put(map, key), 0);
	for (index = 0; index < 2; index++)
		seq[index] = head_seq(map, index);
	value = 77;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, BUCKETMAP_WHOLE,
						 &value, GFP_KERNEL));
	value = 0;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_lookup(map, &key, BUCKETMAP_WHOLE,
						  &value));
	KUNIT_EXPECT_EQ(test, value, 77);
	for (index = 0; index < 2; index++)
		KUNIT_EXPECT_EQ(test, seq[index], head_seq(map, index));
}

static void seq_wraps_without_changing_chain(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	struct bm_record *home = bm_table_home(bmt_table(map), 0);
	u8 ignored[VALUE_SIZE];
	u32 i;

	for (i = 0; i < 20; i++)
		bmt_put_made(test, map, hash_in(0, i), i);
	home->head = bm_head_with_seq(home->head, 0xfffffffe);
	KUNIT_EXPECT_EQ(test, delete_made(map, hash_in(0, 2), 2), 0);
	KUNIT_EXPECT_EQ(test, head_seq(map, 0), 0);
	bmt_put_made(test, map, hash_in(0, 9), 4);
	home->head = bm_head_with_seq(home->head, 0xfffffffe);
	KUNIT_EXPECT_EQ(test, overwrite(test, map, ignored), 2);
	KUNIT_EXPECT_EQ(test, home->head & BM_HEAD_EVACUATED, 0);
	for (i = 3; i < 20; i++)
		KUNIT_EXPECT_TRUE(test, bmt_has_made(map, hash_in(0, i), i));
	bmt_check_map(test, map);
}

#define COLLIDING	(BM_CHAIN_MAX * BM_SLOTS)

static void check_colliding(struct kunit *test, struct bucketmap *map,
			    u64 hash, u32 count)
{
	u32 wrong = 0;
	u32 i;

	for (i = 0; i < count; i++)
		wrong += !bmt_has_made(map, hash, i);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_FALSE(test, bmt_has_made(map, hash, count));
	KUNIT_EXPECT_EQ(test, bmt_count(map), count);
	bmt_check_map(test, map);
}

static void colliding_keys_fill_chain_up_to_limit(struct kunit *test)
{
	struct bucketmap *map = two_buckets(test);
	u64 hash = bmt_random(test) | 1ULL << 63;
	struct bmt_key key;
	u32 i, link;
	u8 value[VALUE_SIZE] = { };

	for (i = 0; i < COLLIDING; i++)
		bmt_put_made(test, map, hash, i);
	KUNIT_EXPECT_EQ(test, chain_records(map, 1), BM_CHAIN_MAX);
	check_colliding(test, map, hash, COLLIDING);

	KUNIT_EXPECT_EQ(test, free_slot(map, hash, COLLIDING, &link), -EMLINK);
	key = bmt_make_key(map, hash, COLLIDING);
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			bucketmap_insert(map, &key, BUCKETMAP_WHOLE, value,
					 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			bucketmap_store(map, &key, BUCKETMAP_WHOLE, value,
					GFP_NOWAIT));
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_REFUSED_MEMORY), 2);
	check_colliding(test, map, hash, COLLIDING);

	/* Existing keys can be overwritten; a delete frees a slot. */
	key = bmt_make_key(map, hash, 0);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, BUCKETMAP_WHOLE,
						 value, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, delete_made(map, hash, 0), 0);
	bmt_put_made(test, map, hash, 0);
	check_colliding(test, map, hash, COLLIDING);
}

/* Keys with equal hashes share a bucket in a table of any size. */
static void growing_does_not_split_colliding_keys(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, VALUE_SIZE, 0);
	u64 hash = bmt_random(test);
	struct bmt_key key;
	u8 value[VALUE_SIZE] = { };
	u32 i;

	for (i = 0; i < COLLIDING; i++)
		bmt_put_made(test, map, hash, i);
	key = bmt_make_key(map, hash, COLLIDING);
	KUNIT_EXPECT_EQ(test, -EMLINK,
			bucketmap_insert(map, &key, BUCKETMAP_WHOLE, value,
					 GFP_KERNEL));
	bmt_settle(test, map);
	KUNIT_EXPECT_GE(test, BM_LOAD_GROW(bm_table_buckets(bmt_table(map))),
			(u64)COLLIDING);
	check_colliding(test, map, hash, COLLIDING);
	for (i = 0; i < COLLIDING; i++)
		KUNIT_ASSERT_EQ(test, delete_made(map, hash, i), 0);
	bmt_settle(test, map);
	check_colliding(test, map, hash, 0);
}

static struct kunit_case bucket_cases[] = {
	KUNIT_CASE(find_returns_position_of_each_entry),
	KUNIT_CASE(keys_with_equal_tags_are_distinguished),
	KUNIT_CASE(full_bucket_gets_overflow_record),
	KUNIT_CASE(empty_pool_returns_eagain),
	KUNIT_CASE(removal_keeps_chain_compact),
	KUNIT_CASE(chain_shrinks_when_emptied_in_random_order),
	KUNIT_CASE(returned_record_is_reused),
	KUNIT_CASE(removal_uses_write_section),
	KUNIT_CASE(overwrite_changes_only_its_window),
	KUNIT_CASE(overwrite_of_long_value_uses_write_section),
	KUNIT_CASE(overwrite_of_one_word_uses_no_write_section),
	KUNIT_CASE(seq_wraps_without_changing_chain),
	KUNIT_CASE(colliding_keys_fill_chain_up_to_limit),
	KUNIT_CASE(growing_does_not_split_colliding_keys),
	{}
};

static struct kunit_suite bucket_suite = {
	.name = "bucketmap_bucket",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = bucket_cases,
};

kunit_test_suite(bucket_suite);

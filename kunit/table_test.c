// SPDX-License-Identifier: GPL-2.0
/*
 * Tables and their pools.
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "common.h"
#include "core/memory.h"

static void free_table(void *table)
{
	bm_table_free(table);
}

/* A table that @entries are to be migrated to. */
static struct bm_table *table_for(struct kunit *test, u32 key_size,
				  u32 value_size, u32 order, u64 entries)
{
	struct bm_layout *layout;
	struct bm_table *table;
	int err;

	layout = kunit_kzalloc(test, sizeof(*layout), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, layout);
	*layout = (struct bm_layout)BM_LAYOUT(key_size, value_size);
	table = bm_table_alloc(layout, order, NULL, entries, NULL, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, table);
	err = kunit_add_action_or_reset(test, free_table, table);
	KUNIT_ASSERT_EQ(test, err, 0);
	return table;
}

static struct bm_table *table_of(struct kunit *test, u32 key_size,
				 u32 value_size, u32 order)
{
	return table_for(test, key_size, value_size, order, 0);
}

static u32 chunk_records(const struct bm_table *table)
{
	return 1U << table->pool.shift;
}

static u32 initial_records(const struct bm_table *table)
{
	return table->pool.initial << table->pool.shift;
}

/* All records of a segment, including its chunks, are accessible and zero. */
static void check_segment(struct kunit *test, struct bm_table *table,
			  u32 number, u32 chunks)
{
	const struct bm_segment *segment = &table->segments[number];
	u32 bytes = table->layout->record_bytes;
	u32 buckets = 1U << table->segment_shift;
	u32 first = number * buckets, i;
	size_t all = (buckets + (size_t)chunks * chunk_records(table)) * bytes;

	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(segment->records));
	KUNIT_EXPECT_NULL(test, memchr_inv(segment->records, 0, all));
	for (i = 0; i < buckets; i++) {
		void *home = bm_table_home(table, first + i);

		KUNIT_ASSERT_PTR_EQ(test, home,
				    segment->records + (size_t)i * bytes);
		KUNIT_ASSERT_PTR_EQ(test, home,
				    (void *)bm_table_record(table,
							    table->layout,
							    first + i));
		KUNIT_ASSERT_PTR_EQ(test, bm_table_lock(table, first + i),
				    &segment->locks[i << table->lock_shift]);
	}
}

/*
 * Initial chunks are dealt out to the segments, and follow their home records.
 */
static u32 count_chunks(struct bm_table *table, u32 number)
{
	size_t home = (size_t)table->record_bytes << table->segment_shift;
	size_t bytes = (size_t)table->record_bytes << table->pool.shift;
	void *expected = table->segments[number].records + home;
	u32 chunks = 0, i;

	for (i = number; i < table->pool.initial &&
	     table->pool.chunks[i] == expected; i += bm_table_segments(table)) {
		expected += bytes;
		chunks++;
	}
	return chunks;
}

static void check_geometry(struct kunit *test, struct bm_table *table)
{
	u32 bytes = table->layout->record_bytes;
	u32 buckets = bm_table_buckets(table);
	u32 records = initial_records(table);
	u32 number, chunks = 0;

	KUNIT_EXPECT_EQ(test, buckets, 1U << table->order);
	KUNIT_EXPECT_EQ(test, buckets,
			bm_table_segments(table) << table->segment_shift);
	for (number = 0; number < bm_table_segments(table); number++) {
		u32 more = count_chunks(table, number);

		check_segment(test, table, number, more);
		chunks += more;
	}
	KUNIT_EXPECT_EQ(test, chunks, table->pool.initial);
	KUNIT_EXPECT_GE(test, chunks, 1);
	KUNIT_EXPECT_GE(test, bm_table_bytes(table),
			(u64)(buckets + records) * bytes);
	KUNIT_EXPECT_EQ(test, table->pool.allocated, chunks);
	KUNIT_EXPECT_EQ(test, table->pool.available, records);
	KUNIT_EXPECT_EQ(test, bm_pool_used(&table->pool), 0);
	KUNIT_EXPECT_GE(test, chunk_records(table), 2);
	KUNIT_EXPECT_TRUE(test, PAGE_ALIGNED(bm_chunk_bytes(&table->pool)));
	KUNIT_EXPECT_GE(test, bm_chunk_bytes(&table->pool),
			(size_t)chunk_records(table) * bytes);
	/* The pool can grow until all chains have their maximum length. */
	KUNIT_EXPECT_GE(test, (u64)table->pool.max << table->pool.shift,
			(u64)buckets * (BM_CHAIN_MAX - 1));
}

static void geometry_is_consistent_for_every_order(struct kunit *test)
{
	static const u32 sizes[][2] = {
		{ 1, 0 }, { 8, 8 }, { 9, 100 }, { 256, 4096 },
	};
	u32 i, order;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (order = BM_ORDER_MIN; order <= 12; order++) {
			struct bm_table *table;

			if (sizes[i][1] == 4096 && order > 8)
				break;
			table = table_of(test, sizes[i][0], sizes[i][1],
					 order);
			check_geometry(test, table);
			kunit_release_action(test, free_table, table);
		}
}

/* With the largest entries, to need as little memory as possible. */
static void large_table_has_several_segments(struct kunit *test)
{
	u32 value_size = min(4096UL, BM_SEGMENT_BYTES / 32);
	u32 record_bytes = BM_SLOTS * (256 + value_size);
	u32 order = ilog2(BM_SEGMENT_BYTES / record_bytes) + 1;
	struct bm_table *table = table_of(test, 256, value_size, order);
	size_t home = (size_t)table->record_bytes << table->segment_shift;

	KUNIT_EXPECT_EQ(test, bm_table_segments(table), 2);
	KUNIT_EXPECT_LE(test, home, BM_SEGMENT_BYTES);
	KUNIT_EXPECT_GT(test, home, BM_SEGMENT_BYTES / 2);
	check_geometry(test, table);
}

/* Neighbours share no cache line if the table is small. */
static void locks_of_small_table_are_spread(struct kunit *test)
{
	u32 order;

	for (order = 1; order <= 10; order++) {
		struct bm_table *table = table_of(test, 8, 8, order);
		size_t distance = (void *)bm_table_lock(table, 1) -
				  (void *)bm_table_lock(table, 0);

		/* The size of a lock need not be a power of two. */
		if (order <= 8 && sizeof(spinlock_t) > 0 &&
		    sizeof(spinlock_t) <= SMP_CACHE_BYTES)
			KUNIT_EXPECT_GT(test, 2 * distance, SMP_CACHE_BYTES);
		else
			KUNIT_EXPECT_EQ(test, distance, sizeof(spinlock_t));
	}
}

static void smallest_table_fits_in_two_pages(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, BM_ORDER_MIN);

	/* One page of records, and less than one of locks and pointers. */
	KUNIT_EXPECT_LE(test, bm_table_bytes(table), 2 * PAGE_SIZE);
}

/* Its map is being destroyed. */
static void dying_map_gets_no_table(struct kunit *test)
{
	struct bm_layout layout = BM_LAYOUT(8, 8);
	u64 before = bm_memory_bytes();
	bool dying = true;

	KUNIT_EXPECT_NULL(test, bm_table_alloc(&layout, 10, NULL, 0, &dying,
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before);
}

/*
 * The number of initial overflow records depends only on the entries that are to
 * be migrated: a table for few entries is as small as an empty one.
 */
static void initial_pool_size_follows_entries(struct kunit *test)
{
	u64 buckets = 1ULL << 12;
	u32 empty = initial_records(table_for(test, 8, 8, 12, 0));
	u32 fresh = initial_records(table_for(test, 8, 8, 12, 3 * buckets));
	u32 full = initial_records(table_for(test, 8, 8, 12,
					     BM_LOAD_GROW(buckets)));
	u32 most = initial_records(table_for(test, 8, 8, 12, 1000 * buckets));

	KUNIT_EXPECT_EQ(test, fresh, empty);
	/* On average, 20.9 % of the buckets have a second record. */
	KUNIT_EXPECT_GT(test, full, buckets * 209 / 1000);
	KUNIT_EXPECT_LT(test, full, buckets * 400 / 1000);
	KUNIT_EXPECT_LT(test, most, buckets);
}

static void top_hash_bits_choose_bucket(struct kunit *test)
{
	u32 order, i;

	for (order = BM_ORDER_MIN; order < BM_ORDER_MAX; order++) {
		struct bm_table table = {
			.order = order,
			.shift = 64 - order,
		};
		struct bm_table larger = { .shift = 63 - order };

		KUNIT_ASSERT_EQ(test, bm_table_index(&table, 0), 0);
		KUNIT_ASSERT_EQ(test, bm_table_index(&table, ~0ULL),
				bm_table_buckets(&table) - 1);
		for (i = 0; i < 50; i++) {
			u64 hash = bmt_random(test);

			KUNIT_ASSERT_EQ(test, bm_table_index(&table, hash),
					bm_table_index(&larger, hash) / 2);
		}
	}
}

/* Returns the number of records in a list, or -1 if one is invalid. */
static int list_length(struct bm_table *table, u32 link, ulong *taken)
{
	struct bm_record *record;
	int length = 0;

	for (; link; link = bm_head_next(record->head)) {
		record = bm_pool_record(&table->pool, link);
		if (!record || test_and_set_bit(link, taken))
			return -1;
		if (record->tags || record->head & ~BM_HEAD_NEXT)
			return -1;
		length++;
	}
	return length;
}

static ulong *link_map(struct kunit *test, struct bm_table *table)
{
	u32 links = (table->pool.max << table->pool.shift) + 1;
	ulong *map = kunit_kcalloc(test, BITS_TO_LONGS(links), sizeof(ulong),
				   GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, map);
	return map;
}

static void records_are_taken_all_or_none(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 4);
	u32 all = table->pool.available;
	ulong *taken = link_map(test, table);
	u32 first, second;

	KUNIT_EXPECT_EQ(test, bm_pool_take(&table->pool, all + 1), 0);
	KUNIT_EXPECT_EQ(test, table->pool.available, all);
	first = bm_pool_take(&table->pool, all - 1);
	KUNIT_ASSERT_NE(test, first, 0);
	KUNIT_EXPECT_EQ(test, bm_pool_take(&table->pool, 2), 0);
	KUNIT_EXPECT_EQ(test, table->pool.available, 1);
	second = bm_pool_take(&table->pool, 1);
	KUNIT_ASSERT_NE(test, second, 0);
	KUNIT_EXPECT_EQ(test, bm_pool_take(&table->pool, 1), 0);
	KUNIT_EXPECT_EQ(test, bm_pool_used(&table->pool), all);
	KUNIT_EXPECT_EQ(test, list_length(table, first, taken), all - 1);
	KUNIT_EXPECT_EQ(test, list_length(table, second, taken), 1);
}

static void returned_records_are_taken_again(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 4);
	u32 all = table->pool.available;
	u32 fresh, link, i;

	link = bm_pool_take(&table->pool, 3);
	fresh = table->pool.fresh;
	for (i = 0; i < 10; i++) {
		bm_pool_put(&table->pool, link);
		KUNIT_EXPECT_EQ(test, table->pool.available, all);
		link = bm_pool_take(&table->pool, 3);
		KUNIT_ASSERT_NE(test, link, 0);
		KUNIT_EXPECT_EQ(test, table->pool.fresh, fresh);
	}
	bm_pool_put(&table->pool, link);
	bm_pool_put(&table->pool, 0);
	KUNIT_EXPECT_EQ(test, table->pool.available, all);
	KUNIT_EXPECT_EQ(test, bm_pool_used(&table->pool), 0);
	/* From the free list and fresh ones. */
	link = bm_pool_take(&table->pool, all);
	KUNIT_EXPECT_EQ(test, list_length(table, link, link_map(test, table)),
			all);
}

/* Random lists that are taken and returned never share a record. */
static void taken_lists_never_overlap(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 6);
	ulong *taken = link_map(test, table);
	u32 links = (table->pool.max << table->pool.shift) + 1;
	u32 lists[8] = { };
	u32 lengths[8] = { };
	u32 i, at, step;

	for (step = 0; step < 2000; step++) {
		at = bmt_below(test, ARRAY_SIZE(lists));
		bm_pool_put(&table->pool, lists[at]);
		lengths[at] = 1 + bmt_below(test, 6);
		lists[at] = bm_pool_take(&table->pool, lengths[at]);
		if (!lists[at])
			lengths[at] = 0;
		bitmap_zero(taken, links);
		for (i = 0; i < ARRAY_SIZE(lists); i++)
			KUNIT_ASSERT_EQ(test, lengths[i],
					list_length(table, lists[i], taken));
		KUNIT_ASSERT_EQ(test, bitmap_weight(taken, links),
				bm_pool_used(&table->pool));
	}
}

static void chunks_add_records_without_moving_any(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 5);
	u32 records = chunk_records(table);
	u32 initial = table->pool.initial;
	u64 bytes = bm_table_bytes(table);
	ulong *taken = link_map(test, table);
	struct bm_record *first, *last;
	u32 chunks, link;

	first = bm_pool_record(&table->pool, 1);
	last = bm_pool_record(&table->pool, initial * records);
	for (chunks = initial + 1; chunks <= initial + 3; chunks++) {
		KUNIT_ASSERT_NULL(test, bm_pool_record(&table->pool, records *
						       (chunks - 1) + 1));
		bmt_pool_grow(test, table);
		bytes += bm_chunk_bytes(&table->pool);
		KUNIT_EXPECT_EQ(test, bm_table_bytes(table), bytes);
		KUNIT_EXPECT_EQ(test, table->pool.available,
				records * chunks);
		KUNIT_EXPECT_EQ(test, bm_pool_used(&table->pool), 0);
	}
	KUNIT_EXPECT_PTR_EQ(test, bm_pool_record(&table->pool, 1), first);
	KUNIT_EXPECT_PTR_EQ(test, bm_pool_record(&table->pool, initial * records),
			    last);
	link = bm_pool_take(&table->pool, records * (initial + 3));
	KUNIT_EXPECT_EQ(test, list_length(table, link, taken),
			records * (initial + 3));
}

static void chunk_of_wrong_size_is_not_consumed(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 12);
	u32 available = table->pool.available;
	size_t bytes = bm_chunk_bytes(&table->pool) / 2;
	void *chunk = bm_chunk_alloc(bytes, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chunk);
	KUNIT_EXPECT_EQ(test, bm_pool_install(&table->pool, &chunk, bytes,
					      U32_MAX), 0);
	KUNIT_EXPECT_NOT_NULL(test, chunk);
	KUNIT_EXPECT_EQ(test, table->pool.available, available);
	bm_chunk_free(chunk, bytes);
}

static void full_pool_refuses_chunk(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, BM_ORDER_MIN);
	size_t bytes = bm_chunk_bytes(&table->pool);
	ulong *taken = link_map(test, table);
	u32 all = table->pool.max << table->pool.shift;
	void *chunk;

	while (table->pool.allocated < table->pool.max)
		bmt_pool_grow(test, table);
	KUNIT_EXPECT_EQ(test, table->pool.available, all);
	chunk = bm_chunk_alloc(bytes, GFP_KERNEL);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, chunk);
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			bm_pool_install(&table->pool, &chunk, bytes, U32_MAX));
	KUNIT_EXPECT_NOT_NULL(test, chunk);
	bm_chunk_free(chunk, bytes);
	KUNIT_EXPECT_EQ(test, all,
			list_length(table, bmt_pool_drain(table), taken));
	KUNIT_EXPECT_FALSE(test, bm_pool_low(&table->pool));
}

static void out_of_bounds_links_return_null(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 3);
	u32 first = initial_records(table);
	u32 end = table->pool.max << table->pool.shift;

	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, 0));
	KUNIT_EXPECT_NOT_NULL(test, bm_pool_record(&table->pool, 1));
	KUNIT_EXPECT_NOT_NULL(test, bm_pool_record(&table->pool, first));
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, first + 1));
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, end));
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, end + 1));
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, BM_INDEX_MAX));
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, ~0U));
	while (table->pool.allocated < table->pool.max)
		bmt_pool_grow(test, table);
	KUNIT_EXPECT_NOT_NULL(test, bm_pool_record(&table->pool, end));
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, end + 1));
	/* The limit is checked, not only the presence of a chunk. */
	table->pool.max--;
	KUNIT_EXPECT_NULL(test, bm_pool_record(&table->pool, end));
	table->pool.max++;
}

static void pool_is_low_below_half_a_chunk(struct kunit *test)
{
	struct bm_table *table = table_of(test, 8, 8, 5);
	u32 half = chunk_records(table) / 2;

	KUNIT_EXPECT_FALSE(test, bm_pool_low(&table->pool));
	bm_pool_take(&table->pool, initial_records(table) - half);
	KUNIT_EXPECT_FALSE(test, bm_pool_low(&table->pool));
	bm_pool_take(&table->pool, 1);
	KUNIT_EXPECT_TRUE(test, bm_pool_low(&table->pool));
	bmt_pool_grow(test, table);
	KUNIT_EXPECT_FALSE(test, bm_pool_low(&table->pool));
}

static struct kunit_case table_cases[] = {
	KUNIT_CASE(geometry_is_consistent_for_every_order),
	KUNIT_CASE(large_table_has_several_segments),
	KUNIT_CASE(locks_of_small_table_are_spread),
	KUNIT_CASE(smallest_table_fits_in_two_pages),
	KUNIT_CASE(dying_map_gets_no_table),
	KUNIT_CASE(initial_pool_size_follows_entries),
	KUNIT_CASE(top_hash_bits_choose_bucket),
	KUNIT_CASE(records_are_taken_all_or_none),
	KUNIT_CASE(returned_records_are_taken_again),
	KUNIT_CASE(taken_lists_never_overlap),
	KUNIT_CASE(chunks_add_records_without_moving_any),
	KUNIT_CASE(chunk_of_wrong_size_is_not_consumed),
	KUNIT_CASE(full_pool_refuses_chunk),
	KUNIT_CASE(out_of_bounds_links_return_null),
	KUNIT_CASE(pool_is_low_below_half_a_chunk),
	{}
};

static struct kunit_suite table_suite = {
	.name = "bucketmap_table",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = table_cases,
};

kunit_test_suite(table_suite);

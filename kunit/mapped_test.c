// SPDX-License-Identifier: GPL-2.0
/*
 * The mapped map: header page, table pages, and the pages of areas. That
 * processes see these pages is tested end to end.
 */
#include <linux/mm.h>

#include "common.h"

/**
 * struct taken - what was taken out of the mappings
 * @map: the map
 * @word: word of the header page when it was called last
 * @offset: of the area that was taken out last
 * @bytes: its size
 * @count: number of areas taken out
 */
struct taken {
	struct bucketmap *map;
	u64 word;
	u64 offset;
	u64 bytes;
	u32 count;
};

static u64 header_word(const struct bucketmap *map)
{
	return READ_ONCE(map->mapped.header->table);
}

static void take_out(void *owner, u64 offset, u64 bytes)
{
	struct taken *taken = owner;

	taken->word = header_word(taken->map);
	taken->offset = offset;
	taken->bytes = bytes;
	taken->count++;
}

static struct bucketmap *watched_map(struct kunit *test, struct taken *taken)
{
	struct bucketmap *map = bmt_mappable(test, 0);

	*taken = (struct taken){ .map = map };
	bm_mapped_connect(map, take_out, taken);
	return map;
}

static void resize(struct kunit *test, struct bucketmap *map, u64 capacity)
{
	KUNIT_ASSERT_EQ(test, bucketmap_resize(map, capacity, 0), 0);
	bmt_settle(test, map);
}

static u64 start_of(const struct bm_table *table)
{
	return table->page->table & BUCKETMAP_MAPPED_OFFSET;
}

/* The record at an offset of a table's area. */
static void *record_at(const struct bucketmap *map,
		       const struct bm_table *table, u64 offset)
{
	void *page;

	offset += start_of(table);
	page = bm_mapped_page(map, offset - offset % PAGE_SIZE);
	return page && PAGE_ALIGNED(page) ? page + offset % PAGE_SIZE : NULL;
}

/* By the words of uapi/bucketmap_mapped.h. */
static u64 home_offset(const struct bm_table *table, u64 bucket)
{
	const struct bucketmap_mapped_table *page = table->page;

	return page->records + (bucket >> page->segment_shift) *
			       page->segment_bytes +
	       (bucket & ((1ULL << page->segment_shift) - 1)) *
		       table->record_bytes;
}

static u64 overflow_offset(const struct bm_table *table, u64 index)
{
	const struct bucketmap_mapped_table *page = table->page;
	u64 chunk = index >> page->chunk_shift;
	u64 rest = index & ((1ULL << page->chunk_shift) - 1);

	if (chunk >= page->chunks_initial)
		return page->added + (chunk - page->chunks_initial) *
				     page->chunk_bytes +
		       rest * table->record_bytes;
	return page->initial +
	       (chunk & ((1ULL << page->segments_shift) - 1)) *
		       page->segment_bytes +
	       ((chunk >> page->segments_shift << page->chunk_shift) + rest) *
		       table->record_bytes;
}

static void check_area(struct kunit *test, struct bucketmap *map)
{
	struct bm_table *table = bmt_table(map);
	u32 records = table->pool.allocated << table->pool.shift;
	u32 i;

	for (i = 0; i < bm_table_buckets(table); i++)
		KUNIT_ASSERT_PTR_EQ(test,
				    record_at(map, table, home_offset(table, i)),
				    (void *)bm_table_home(table, i));
	for (i = 0; i < records; i++)
		KUNIT_ASSERT_PTR_EQ(test,
				    record_at(map, table,
					      overflow_offset(table, i)),
				    (void *)bm_pool_record(&table->pool, i + 1));
	KUNIT_EXPECT_NULL(test, record_at(map, table,
					  overflow_offset(table, records)));
	KUNIT_EXPECT_LE(test, overflow_offset(table, records),
			table->page->bytes);
}

static void records_are_where_table_page_says(struct kunit *test)
{
	u32 order;

	for (order = BM_ORDER_MIN; order <= 10; order++) {
		struct bucketmap *map;

		map = bmt_mappable(test, BM_LOAD_GROW(1ULL << order));
		KUNIT_EXPECT_EQ(test, bmt_table(map)->order, order);
		bmt_worker_hold(map);
		check_area(test, map);
		bmt_pool_grow(test, bmt_table(map));
		bmt_pool_grow(test, bmt_table(map));
		check_area(test, map);
		bmt_map_destroy(test, map);
	}
}

static void header_page_describes_map(struct kunit *test)
{
	struct bucketmap *map = bmt_mappable(test, 0);
	const struct bucketmap_mapped_header *header = bm_mapped_page(map, 0);
	struct bm_table *table = bmt_table(map);

	KUNIT_EXPECT_EQ(test, header->magic, BUCKETMAP_MAPPED_MAGIC);
	KUNIT_EXPECT_EQ(test, header->record_bytes, table->record_bytes);
	KUNIT_EXPECT_EQ(test, header->slot_bytes, 2 * sizeof(u64));
	KUNIT_EXPECT_EQ(test, header->table, table->page->table);
	KUNIT_EXPECT_EQ(test, header->table & BUCKETMAP_MAPPED_ORDER,
			table->order);
	KUNIT_EXPECT_PTR_EQ(test, bm_mapped_page(map, start_of(table)),
			    (void *)table->page);
	KUNIT_EXPECT_EQ(test, bm_mapped_end(map),
			start_of(table) + table->page->bytes);
}

static void map_is_not_mappable_without_flag(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);

	KUNIT_EXPECT_NULL(test, map->mapped.header);
	KUNIT_EXPECT_NULL(test, bmt_table(map)->page);
	resize(test, map, 1000);
	KUNIT_EXPECT_NULL(test, bmt_table(map)->page);
}

/* Each table has an area of its own, behind all others there ever were. */
static void areas_are_never_reused(struct kunit *test)
{
	struct taken taken;
	struct bucketmap *map = watched_map(test, &taken);
	u64 start, bytes, offset;
	u32 i;

	for (i = 0; i < 20; i++) {
		u32 count = taken.count;

		start = start_of(bmt_table(map));
		bytes = bmt_table(map)->page->bytes;
		resize(test, map, i % 2 ? 0 : 100);
		KUNIT_EXPECT_GE(test, start_of(bmt_table(map)), start + bytes);
		KUNIT_EXPECT_TRUE(test,
				  PAGE_ALIGNED(start_of(bmt_table(map))));
		KUNIT_EXPECT_EQ(test, bm_mapped_end(map),
				start_of(bmt_table(map)) +
				bmt_table(map)->page->bytes);
		KUNIT_EXPECT_EQ(test, taken.count, count + 1);
		KUNIT_EXPECT_EQ(test, taken.offset, start);
		KUNIT_EXPECT_EQ(test, taken.bytes, bytes);
		/* The header page named the new table before. */
		KUNIT_EXPECT_EQ(test, taken.word, header_word(map));
		KUNIT_EXPECT_EQ(test, header_word(map),
				bmt_table(map)->page->table);
		for (offset = 0; offset < bytes; offset += PAGE_SIZE)
			KUNIT_ASSERT_NULL(test,
					  bm_mapped_page(map, start + offset));
	}
}

/* The old table page names the successor, and both tables have their pages. */
static void both_tables_are_mapped_during_migration(struct kunit *test)
{
	struct bucketmap *map = bmt_mappable(test, 26);
	struct bm_table *old = bmt_table(map), *next;

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 20);
	KUNIT_EXPECT_EQ(test, old->page->next, 0);
	next = bmt_publish(test, map, old->order + 1);
	KUNIT_EXPECT_EQ(test, old->page->next, next->page->table);
	KUNIT_EXPECT_EQ(test, header_word(map), old->page->table);
	bmt_evacuate(test, map, 0);
	KUNIT_EXPECT_PTR_EQ(test, bm_mapped_page(map, start_of(old)),
			    (void *)old->page);
	KUNIT_EXPECT_PTR_EQ(test, record_at(map, next, home_offset(next, 1)),
			    (void *)bm_table_home(next, 1));
	bmt_worker_release(test, map);
	bmt_check(test, map, 0, 20);
}

/* When the offsets are used up, readers are sent to the kernel. */
static void tables_without_offsets_are_not_mapped(struct kunit *test)
{
	struct taken taken;
	struct bucketmap *map = watched_map(test, &taken);

	bmt_fill(test, map, 0, 10);
	bmt_settle(test, map);
	map->mapped.end = BIT_ULL(63) - 2 * PAGE_SIZE;
	resize(test, map, 100);
	KUNIT_EXPECT_EQ(test, bmt_table(map)->page->table, 0);
	KUNIT_EXPECT_EQ(test, header_word(map), 0);
	KUNIT_EXPECT_EQ(test, taken.word, 0);
	KUNIT_EXPECT_NULL(test, bm_mapped_page(map, PAGE_SIZE));
	taken.count = 0;
	resize(test, map, 0);
	/* A fault may look at the table all the same. */
	KUNIT_EXPECT_EQ(test, taken.count, 1);
	KUNIT_EXPECT_EQ(test, header_word(map), 0);
	bmt_check(test, map, 0, 10);
	bmt_check_map(test, map);
}

static struct kunit_case mapped_cases[] = {
	KUNIT_CASE(header_page_describes_map),
	KUNIT_CASE(map_is_not_mappable_without_flag),
	KUNIT_CASE(records_are_where_table_page_says),
	KUNIT_CASE(areas_are_never_reused),
	KUNIT_CASE(both_tables_are_mapped_during_migration),
	KUNIT_CASE(tables_without_offsets_are_not_mapped),
	{}
};

static struct kunit_suite mapped_suite = {
	.name = "bucketmap_mapped",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = mapped_cases,
};

kunit_test_suite(mapped_suite);

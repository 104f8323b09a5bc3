// SPDX-License-Identifier: GPL-2.0
/*
 * The mapped map: header page, table pages, and the areas of tables.
 *
 * A process that maps a map reads its records, without a lock, a read section
 * or a reference. The format, and the steps of a lookup, are in
 * uapi/bucketmap_mapped.h; why a lookup is right is in docs/mapped.md.
 *
 * Each table gets an area in the order in which tables are published, behind
 * that of the table before it. Offsets are never reused. They have 63 bits; a
 * table for which none are left has the word 0, and is not mapped.
 *
 * Barriers
 *  (M) Table page, records and copies are complete before a mapped reader finds
 *      the table. By the header page: release of its word, pairs with the
 *      reader's acquire. By the old table: next is stored before the release of
 *      (E), and so before any bucket is flagged; pairs with the reader's
 *      acquire of the head that has the flag.
 *  (N) A table is found by a page fault only as long as it is live: the lock
 *      that take_out() takes after map->table has changed pairs with that of
 *      faults. The header page names the successor before map->table changes:
 *      a reader that sees all ones finds a newer word.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "core/map.h"

/*
 * An area has room for as many overflow records, besides the initial ones, as
 * the table has buckets, and for these chunks at least. A table with more is
 * not one that lookups are fast in: for the rest, readers use system calls.
 */
#define ADDED_MIN	8

static u32 mapped_hash(enum bm_hash_kind kind)
{
	switch (kind) {
	case BM_SIPHASH24:
		return BUCKETMAP_MAPPED_SIPHASH24;
	case BM_XXH64:
		return BUCKETMAP_MAPPED_XXH64;
	case BM_SIPHASH13:
		break;
	}
	return BUCKETMAP_MAPPED_SIPHASH13;
}

static void header_fill(struct bucketmap_mapped_header *header,
			const struct bm_layout *layout,
			const struct bm_hash *hash)
{
	*header = (struct bucketmap_mapped_header){
		.magic		= BUCKETMAP_MAPPED_MAGIC,
		.version	= BUCKETMAP_MAPPED_VERSION,
		.hash		= mapped_hash(hash->kind),
		.hash_key	= { hash->key.key[0], hash->kind == BM_XXH64 ?
				    0 : hash->key.key[1] },
		.key_size	= layout->key_size,
		.value_size	= layout->value_size,
		.record_bytes	= layout->record_bytes,
		.slots		= BM_SLOTS,
		.head_offset	= offsetof(struct bm_record, head),
		.tags_offset	= offsetof(struct bm_record, tags),
		.slots_offset	= offsetof(struct bm_record, slots),
		.slot_bytes	= layout->slot_words * sizeof(u64),
		.key_offset	= 0,
		.value_offset	= layout->key_words * sizeof(u64),
	};
}

/**
 * bm_mapped_init() - make a new map mappable
 * @map: the map; its layout and its hash are set
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
int bm_mapped_init(struct bucketmap *map, gfp_t gfp)
{
	struct bm_mapped *mapped = &map->mapped;

	mapped->header = bm_records_alloc(PAGE_SIZE, gfp);
	if (!mapped->header)
		return -ENOMEM;
	header_fill(mapped->header, &map->layout, &map->hash);
	mapped->end = PAGE_SIZE;
	return 0;
}

/**
 * bm_mapped_exit() - undo bm_mapped_init()
 * @map: the map, mappable or not, which is not mapped any more
 *
 * Context: process context, may sleep.
 */
void bm_mapped_exit(struct bucketmap *map)
{
	vfree(map->mapped.header);
}

/**
 * bm_mapped_connect() - tell a map what takes its tables out of mappings
 * @map: the map, which no other task uses yet
 * @take_out: called when a table was replaced, before it may be freed. It must
 *	first wait for calls of bm_mapped_page() whose result is still in use (N)
 * @owner: argument for @take_out
 *
 * Context: any.
 */
void bm_mapped_connect(struct bucketmap *map,
		       void (*take_out)(void *owner, u64 offset, u64 bytes),
		       void *owner)
{
	map->mapped.take_out = take_out;
	map->mapped.owner = owner;
}

/**
 * bm_mapped_prepare() - allocate the table page of a new table
 * @map: the map
 * @table: the table, which no other task can reach
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
int bm_mapped_prepare(const struct bucketmap *map, struct bm_table *table,
		      gfp_t gfp)
{
	if (!map->mapped.header)
		return 0;
	if (bm_memory_charge(PAGE_SIZE))
		return -ENOMEM;
	table->page = bm_records_alloc(PAGE_SIZE, gfp);
	if (!table->page) {
		bm_memory_uncharge(PAGE_SIZE);
		return -ENOMEM;
	}
	table->bytes += PAGE_SIZE;
	return 0;
}

/* Fills the table page, except for the word. */
static void page_fill(struct bucketmap_mapped_table *page,
		      const struct bm_table *table)
{
	const struct bm_pool *pool = &table->pool;
	size_t home = (size_t)table->record_bytes << table->segment_shift;
	size_t segment = bm_segment_bytes(table, 0);
	u32 added = max_t(u32, bm_table_buckets(table) >> pool->shift,
			  ADDED_MIN);

	page->segment_shift = table->segment_shift;
	page->segments_shift = table->order - table->segment_shift;
	page->segment_bytes = segment;
	page->chunk_shift = pool->shift;
	page->chunk_bytes = bm_chunk_bytes(pool);
	page->chunks_initial = pool->initial;
	page->chunks = min(pool->max, pool->initial + added);

	/* Segments of huge pages are at offsets that permit to map these. */
	page->records = segment % PMD_SIZE ? PAGE_SIZE : PMD_SIZE;
	page->initial = page->records + home;
	page->added = page->records +
		      ((u64)segment << page->segments_shift);
	page->bytes = page->added + (page->chunks - page->chunks_initial) *
				    page->chunk_bytes;
}

/**
 * bm_mapped_place() - give a table its area
 * @map: the map
 * @table: the table, from bm_mapped_prepare(), before it is published
 *
 * A table that is not published after all takes its offsets with it.
 *
 * Context: the worker, or the task that creates the map.
 */
void bm_mapped_place(struct bucketmap *map, struct bm_table *table)
{
	struct bucketmap_mapped_table *page = table->page;
	struct bm_mapped *mapped = &map->mapped;
	u64 start;

	if (!page)
		return;
	page_fill(page, table);
	/* Aligned as the records are. */
	start = ALIGN(mapped->end, page->records);
	if (start > S64_MAX - page->bytes)
		return;
	page->table = start | table->order;
	/* Before (M): a reader that knows the table may map it. */
	WRITE_ONCE(mapped->end, start + page->bytes);
}

/**
 * bm_mapped_name() - name the oldest live table in the header page
 * @map: the map
 * @table: the table, after bm_mapped_place(); if it has replaced another, all
 *	buckets of that are evacuated
 *
 * Context: the worker, or the task that creates the map.
 */
void bm_mapped_name(struct bucketmap *map, const struct bm_table *table)
{
	if (table->page) /* (M) */
		smp_store_release(&map->mapped.header->table,
				  table->page->table);
}

/**
 * bm_mapped_retire() - take a table out of all mappings
 * @map: the map
 * @table: the table, which was replaced, also in the header page
 *
 * Context: the worker. May sleep.
 */
void bm_mapped_retire(struct bucketmap *map, const struct bm_table *table)
{
	const struct bucketmap_mapped_table *page = table->page;

	/* A table without an area is not mapped, but a fault may look at it. */
	if (page && map->mapped.take_out)
		map->mapped.take_out(map->mapped.owner,
				     page->table & BUCKETMAP_MAPPED_OFFSET,
				     page->bytes);
}

/**
 * bm_mapped_end() - return how far a map can be mapped
 * @map: the map, mappable
 *
 * Context: any.
 * Return: the offset behind the area of the newest table.
 */
u64 bm_mapped_end(const struct bucketmap *map)
{
	return READ_ONCE(map->mapped.end);
}

/* Returns the page at an offset of a table's area, or NULL. */
static void *area_page(const struct bm_table *table, u64 offset)
{
	const struct bucketmap_mapped_table *page = table->page;
	void *chunk;
	u64 number;

	if (offset < PAGE_SIZE)
		return table->page;
	if (offset < page->records)
		return NULL;
	if (offset < page->added) {
		offset -= page->records;
		number = offset / page->segment_bytes;
		offset %= page->segment_bytes;
		if (offset >= bm_segment_bytes(table, number))
			return NULL;
		return table->segments[number].records + offset;
	}
	offset -= page->added;
	number = page->chunks_initial + offset / page->chunk_bytes;
	chunk = READ_ONCE(table->pool.chunks[number]);
	return chunk ? chunk + offset % page->chunk_bytes : NULL;
}

/**
 * bm_mapped_page() - find a page of a map by its offset
 * @map: the map, mappable
 * @offset: the offset, below bm_mapped_end(), a multiple of PAGE_SIZE
 *
 * Context: any, with what the map's take_out() waits for held until the page is
 * not used any more.
 * Return: the page, or NULL if there is none at that offset: because the table
 * is retired or was not published, a chunk was not added, or the offset lies
 * behind a part of the area.
 */
void *bm_mapped_page(const struct bucketmap *map, u64 offset)
{
	const struct bm_table *table;

	if (offset < PAGE_SIZE)
		return map->mapped.header;
	/* (N) keeps the tables alive. */
	for (table = rcu_dereference_raw(map->table); table;
	     table = rcu_dereference_raw(table->next)) {
		u64 start = table->page->table & BUCKETMAP_MAPPED_OFFSET;

		if (start && offset >= start &&
		    offset - start < table->page->bytes)
			return area_page(table, offset - start);
	}
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: geometry and memory.
 *
 * Records are allocated in whole zeroed pages that hold nothing else, so that
 * they can be mapped into processes. Locks, and everything else with a kernel
 * pointer in it, are allocated separately.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "core/load.h"
#include "core/memory.h"
#include "core/table.h"

#define COUNT_BATCH_MAX		64U

/*
 * In tables of this order or below, each lock has a cache line of its own: two
 * CPUs that write to different buckets then do not write to the same line. In
 * larger tables it is unlikely that they use neighbouring locks at the same
 * time, and locks in few lines are more often found in the cache.
 */
#define SPREAD_ORDER_MAX	8

static size_t home_bytes(const struct bm_table *table)
{
	return (size_t)table->record_bytes << table->segment_shift;
}

static size_t laid_bytes(const struct bm_table *table)
{
	return (size_t)table->record_bytes << table->pool.shift;
}

static size_t bytes_with(const struct bm_table *table, u32 chunks)
{
	return bm_records_bytes(home_bytes(table) +
				chunks * laid_bytes(table));
}

/*
 * Returns the number of initial chunks, for the entries that will migrate into
 * the table. The average plus four standard deviations is almost always enough.
 * Half a chunk more keeps the pool above the worker's low-water mark. More
 * chunks are free of charge if they fit into the last page of all segments.
 */
static u32 chunks_wanted(const struct bm_table *table, u64 entries)
{
	const struct bm_pool *pool = &table->pool;
	u64 records = bm_load_overflow(bm_table_buckets(table), entries);
	u32 segments = bm_table_segments(table);
	u64 wanted, fitting;

	records += 4 * int_sqrt64(records) + (1U << pool->shift) / 2;
	wanted = DIV_ROUND_UP_ULL(records, 1U << pool->shift);
	fitting = bytes_with(table, wanted / segments) - home_bytes(table);
	fitting = fitting / laid_bytes(table) * segments;
	return min_t(u64, max(wanted, fitting), pool->max);
}

/*
 * Initial chunks are dealt out to the segments, one after the other, so that the
 * number of a chunk gives its segment. Returns how many a segment has.
 */
static u32 segment_chunks(const struct bm_table *table, u32 number)
{
	u32 segments = bm_table_segments(table);

	return (table->pool.initial + segments - 1 - number) / segments;
}

/**
 * bm_segment_bytes() - return the size of a segment's records
 * @table: the table
 * @number: the segment; the first is the largest
 *
 * Context: any.
 * Return: bytes, whole pages.
 */
size_t bm_segment_bytes(const struct bm_table *table, u32 number)
{
	return bytes_with(table, segment_chunks(table, number));
}

/*
 * The pool's maximum is enough for full chains in all buckets of this table and
 * of the old one: even if inserts have filled the new table, the entries that
 * are left in the old one still fit.
 */
static void pool_init(struct bm_table *table, const struct bm_table *old)
{
	u64 chains = bm_table_buckets(table);

	if (old)
		chains += bm_table_buckets(old);
	bm_pool_init(&table->pool, table->layout, table->order, chains);
}

/* Returns log2 of the buckets of a segment. */
static u32 segment_shift(const struct bm_layout *layout, u32 order)
{
	u32 most = max_t(u32, BM_SEGMENT_BYTES / layout->record_bytes, 1);

	return min_t(u32, order, ilog2(most));
}

/*
 * Locks of debug kernels may be larger than a cache line; those of kernels for
 * one CPU have no size at all.
 */
static u32 lock_shift(u32 order)
{
	u32 shift = 0;

	if (order > SPREAD_ORDER_MAX || sizeof(spinlock_t) == 0)
		return 0;
	while (sizeof(spinlock_t) << (shift + 1) <= SMP_CACHE_BYTES)
		shift++;
	return shift;
}

/* Allocates a table without its records, locks and chunks. */
static struct bm_table *table_prepare(const struct bm_layout *layout, u32 order,
				      const struct bm_table *old, gfp_t gfp)
{
	u32 shift = segment_shift(layout, order);
	u32 segments = 1U << (order - shift);
	struct bm_table *table;

	/* Four pointers for each segment: records, locks, and bm_segment. */
	table = kvzalloc(struct_size(table, records, 4 * segments), gfp);
	if (!table)
		return NULL;
	table->layout = layout;
	table->record_bytes = layout->record_bytes;
	table->order = order;
	table->shift = 64 - order;
	table->segment_shift = shift;
	table->chain_max = BM_CHAIN_MAX;
	table->locks = (spinlock_t **)&table->records[segments];
	table->segments = (struct bm_segment *)&table->records[2 * segments];
	table->count_batch = clamp(bm_table_buckets(table) /
				   (2 * num_online_cpus()), 1U, COUNT_BATCH_MAX);
	table->lock_shift = lock_shift(order);
	pool_init(table, old);
	return table;
}

/* Bytes of the locks of a segment. */
static size_t locks_bytes(const struct bm_table *table)
{
	return sizeof(spinlock_t) << table->lock_shift << table->segment_shift;
}

/* Bytes that table_fill() allocates. */
static u64 table_bytes(const struct bm_table *table)
{
	u64 bytes = bm_table_segments(table) * locks_bytes(table) +
		    table->pool.max * sizeof(void *);
	u32 i;

	for (i = 0; i < bm_table_segments(table); i++)
		bytes += bm_segment_bytes(table, i);
	return bytes;
}

static int locks_init(const struct bm_table *table, struct bm_segment *segment,
		      gfp_t gfp)
{
	u32 buckets = 1U << table->segment_shift;
	size_t i;

	segment->locks = kvmalloc_array((size_t)buckets << table->lock_shift,
					sizeof(spinlock_t), gfp);
	if (!segment->locks)
		return -ENOMEM;
	for (i = 0; i < buckets; i++)
		spin_lock_init(&segment->locks[i << table->lock_shift]);
	return 0;
}

/* kvmalloc() is limited to INT_MAX; a table of terabytes needs more. */
static int chunks_init(struct bm_table *table, gfp_t gfp)
{
	struct bm_pool *pool = &table->pool;
	size_t bytes = pool->max * sizeof(void *);

	pool->chunks = bytes <= INT_MAX ? kvzalloc(bytes, gfp) :
			  __vmalloc(bytes, bm_vmalloc_gfp(gfp | __GFP_ZERO));
	return pool->chunks ? 0 : -ENOMEM;
}

/* Places the chunks of a segment behind its home records. */
static void chunks_lay(struct bm_table *table, u32 number)
{
	struct bm_pool *pool = &table->pool;
	void *chunk = table->segments[number].records + home_bytes(table);
	u32 i;

	for (i = number; i < pool->initial; i += bm_table_segments(table)) {
		pool->chunks[i] = chunk;
		chunk += laid_bytes(table);
	}
}

/*
 * Allocates a segment. The records come last: they are the most work, which is
 * wasted if the allocation of the locks fails.
 */
static int segment_alloc(struct bm_table *table, u32 number, gfp_t gfp)
{
	struct bm_segment *segment = &table->segments[number];
	u32 buckets = 1U << table->segment_shift;
	size_t bytes = bm_segment_bytes(table, number);
	size_t home = home_bytes(table);

	/* Others may have taken the memory since bm_memory_charge(). */
	if (bm_memory_short(bytes) || locks_init(table, segment, gfp))
		return -ENOMEM;
	segment->records = bm_records_alloc(bytes, gfp);
	if (!segment->records)
		return -ENOMEM;
	table->records[number] = segment->records - number * home;
	table->locks[number] = segment->locks -
			       ((size_t)number * buckets << table->lock_shift);
	chunks_lay(table, number);
	return 0;
}

static bool must_stop(const bool *dying)
{
	return fatal_signal_pending(current) || (dying && READ_ONCE(*dying));
}

static int table_fill(struct bm_table *table, const bool *dying, gfp_t gfp)
{
	struct bm_pool *pool = &table->pool;
	u32 i;

	if (chunks_init(table, gfp))
		return -ENOMEM;
	for (i = 0; i < bm_table_segments(table); i++) {
		if (must_stop(dying))
			return -EINTR;
		if (segment_alloc(table, i, gfp))
			return -ENOMEM;
		cond_resched();
	}
	pool->allocated = pool->initial;
	pool->available = pool->initial << pool->shift;
	return 0;
}

/**
 * bm_table_alloc() - make an empty table
 * @layout: sizes of keys, values and records; must outlive the table
 * @order: log2 of the number of buckets
 * @old: the table that this one replaces, or NULL
 * @entries: entries that it gets first; the pool has overflow records for them
 * @dying: the table is no longer needed if this becomes true; or NULL
 * @gfp: allocation flags, which must permit to sleep
 *
 * The allocation stops early if @dying becomes true or the calling task is
 * killed.
 *
 * Context: process context, may sleep.
 * Return: the table, or NULL if there is no memory for it, max_bytes permits no
 * more, or the allocation was stopped.
 */
struct bm_table *bm_table_alloc(const struct bm_layout *layout, u32 order,
				const struct bm_table *old, u64 entries,
				const bool *dying, gfp_t gfp)
{
	struct bm_table *table = table_prepare(layout, order, old, gfp);
	u64 bytes;

	if (!table)
		return NULL;
	table->pool.initial = chunks_wanted(table, entries);
	bytes = table_bytes(table);
	if (bm_memory_charge(bytes)) {
		kvfree(table);
		return NULL;
	}
	table->bytes = bytes;
	if (table_fill(table, dying, gfp)) {
		bm_table_free(table);
		return NULL;
	}
	return table;
}

/**
 * bm_table_order_page() - return the order of the largest table in one page
 * @layout: sizes of keys, values and records
 *
 * Context: any.
 * Return: log2 of the number of buckets whose home records, and a chunk, fit in
 * a page; 0 if there is none.
 */
u32 bm_table_order_page(const struct bm_layout *layout)
{
	size_t chunk = (size_t)layout->record_bytes << bm_chunk_shift(layout, 0);
	u32 order = 0;

	while (chunk + ((size_t)layout->record_bytes << (order + 1)) <= PAGE_SIZE)
		order++;
	return order;
}

/**
 * bm_table_possible() - can a table of an order ever be allocated?
 * @layout: sizes of keys, values and records
 * @order: log2 of the number of buckets
 *
 * Context: any.
 * Return: false if its buckets alone exceed max_bytes or the memory of the
 * machine.
 */
bool bm_table_possible(const struct bm_layout *layout, u32 order)
{
	u64 limit = bm_memory_max_bytes();
	u64 bytes = ((u64)layout->record_bytes + sizeof(spinlock_t)) << order;

	return bytes <= (u64)totalram_pages() << PAGE_SHIFT &&
	       (!limit || bytes <= limit);
}

/**
 * bm_table_free() - free a table
 * @table: the table, complete or not, which no task can reach any more
 *
 * Context: process context, may sleep.
 */
void bm_table_free(struct bm_table *table)
{
	struct bm_pool *pool = &table->pool;
	u32 i;

	for (i = pool->initial; i < pool->allocated; i++)
		bm_chunk_free(pool->chunks[i], bm_chunk_bytes(&table->pool));
	for (i = 0; i < bm_table_segments(table); i++) {
		kvfree(table->segments[i].locks);
		vfree(table->segments[i].records);
	}
	kvfree(pool->chunks);
	vfree(table->page);
	bm_memory_uncharge(table->bytes);
	kvfree(table);
}

/**
 * bm_table_bytes() - return the memory usage of a table
 * @table: the table
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: bytes.
 */
u64 bm_table_bytes(struct bm_table *table)
{
	u64 bytes;

	bm_lock(&table->pool.lock);
	bytes = table->bytes +
		(table->pool.allocated - table->pool.initial) *
		bm_chunk_bytes(&table->pool);
	bm_unlock(&table->pool.lock);
	return bytes;
}

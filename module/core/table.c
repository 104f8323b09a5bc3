// SPDX-License-Identifier: GPL-2.0
/*
 * Tables: geometry and memory.
 *
 * Record memory is whole zeroed pages of its own, so that it can be mapped
 * into processes; locks and everything else with a kernel pointer in it lie
 * apart from it.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "core/memory.h"
#include "core/table.h"

/* Chunks hold an eighth as many records as there are buckets, within bounds. */
#define CHUNK_BYTES_MIN		PAGE_SIZE
#define CHUNK_BYTES_MAX		(64 * PAGE_SIZE)
#define CHUNK_ORDER		3

#define COUNT_BATCH_MAX		64U

/* Returns log2 of the records in a chunk. */
static u32 chunk_shift(const struct bm_layout *layout, u32 order)
{
	u32 least = max_t(u32, CHUNK_BYTES_MIN / layout->record_bytes, 2);
	u32 most = max_t(u32, CHUNK_BYTES_MAX / layout->record_bytes, 2);
	u32 shift = order > CHUNK_ORDER ? order - CHUNK_ORDER : 0;

	return clamp_t(u32, shift, ilog2(least), ilog2(most));
}

/*
 * From this size on records lie in large pages, if there are any: most of the
 * time that a lookup in a large table takes, it waits for memory, and for the
 * page table to tell where that is. Their size is a multiple of such pages then;
 * what is left behind the home records is chunks.
 */
#define HUGE_BYTES	(16 * PMD_SIZE)

static size_t records_align(size_t bytes)
{
	return bytes < HUGE_BYTES ? PAGE_ALIGN(bytes) : ALIGN(bytes, PMD_SIZE);
}

static void *records_alloc(size_t bytes, gfp_t gfp)
{
	gfp |= __GFP_ZERO;
	return bytes < HUGE_BYTES ? __vmalloc(bytes, gfp) :
				    vmalloc_huge(bytes, gfp);
}

/*
 * Overflow records that a bucket needs on the average, by the entries for each
 * bucket, in units of 2^-16. A good hash spreads entries as the Poisson
 * distribution says: from the ninth entry on a bucket needs one, from the 17th
 * two, and so on.
 */
static const u32 overflow_by_load[] = {
	0, 1, 16, 250, 1401, 4464, 10023, 17818, 26947
};

#define LOAD_MAX	(ARRAY_SIZE(overflow_by_load) - 1)

/* Between two loads it is less than on the line from one to the other. */
static u64 overflow_records(u64 buckets, u64 entries)
{
	u64 load = min_t(u64, entries * 256 / buckets, LOAD_MAX * 256);
	u32 whole = min_t(u64, load / 256, LOAD_MAX - 1);
	u32 part = load - whole * 256;
	u64 share = overflow_by_load[whole] * (256 - part) +
		    overflow_by_load[whole + 1] * part;

	return (buckets * share) >> (16 + 8);
}

/*
 * Returns how many chunks a table has from the beginning, for the entries that
 * are to move into it. Four standard deviations more than the average are hardly
 * ever needed, and half a chunk more is where the worker begins to care.
 */
static u32 chunks_wanted(const struct bm_table *table, u64 entries)
{
	const struct bm_pool *pool = &table->pool;
	u64 records = overflow_records(bm_table_buckets(table), entries);

	records += 4 * int_sqrt64(records) + (1U << pool->shift) / 2;
	return min_t(u64, DIV_ROUND_UP_ULL(records, 1U << pool->shift),
		     pool->max);
}

/**
 * struct division - how the initial chunks are dealt out to the segments
 * @table: the table
 * @segment: the segment that comes next
 * @wanted: chunks that are still to be dealt out
 * @chunks: chunks that were
 */
struct division {
	const struct bm_table *table;
	u32 segment;
	u32 wanted;
	u32 chunks;
};

/*
 * Each segment gets its share, and as many more as there is room for up to the
 * end of its last page. Returns the bytes of the next segment's records.
 */
static size_t divide(struct division *division)
{
	const struct bm_table *table = division->table;
	u32 left = bm_table_segments(table) - division->segment++;
	size_t home = (size_t)table->record_bytes << table->segment_shift;
	size_t chunk = (size_t)table->record_bytes << table->pool.shift;
	u32 share = DIV_ROUND_UP(division->wanted, left);
	size_t bytes = records_align(home + share * chunk);
	u32 chunks = min_t(u32, (bytes - home) / chunk,
			   table->pool.max - division->chunks);

	division->wanted -= min(division->wanted, chunks);
	division->chunks += chunks;
	return bytes;
}

/*
 * There is room for as many chunks as full chains need in all buckets, and as
 * those of the old table need besides. So a table that is filled by inserts can
 * still take what is left to move there.
 */
static void pool_init(struct bm_table *table, const struct bm_table *old)
{
	struct bm_pool *pool = &table->pool;
	u32 buckets = bm_table_buckets(table);
	u64 chains = (u64)buckets + (old ? bm_table_buckets(old) : 0);

	spin_lock_init(&pool->lock);
	pool->shift = chunk_shift(table->layout, table->order);
	pool->max = min_t(u64, BM_INDEX_MAX >> pool->shift,
			  DIV_ROUND_UP_ULL(chains * BM_CHAIN_MAX,
					   1U << pool->shift));
}

/* Returns log2 of the buckets of a segment. */
static u32 segment_shift(const struct bm_layout *layout, u32 order)
{
	u32 most = max_t(u32, BM_SEGMENT_BYTES / layout->record_bytes, 1);

	return min_t(u32, order, ilog2(most));
}

/* Makes a table without memory for records, locks and chunks. */
static struct bm_table *table_prepare(const struct bm_layout *layout, u32 order,
				      const struct bm_table *old, gfp_t gfp)
{
	u32 shift = segment_shift(layout, order);
	u32 segments = 1U << (order - shift);
	struct bm_table *table;

	/* What it holds of each segment is four pointers. */
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
	pool_init(table, old);
	return table;
}

/* Bytes of all that table_fill() allocates. */
static u64 table_bytes(const struct bm_table *table, u32 wanted)
{
	struct division division = { .table = table, .wanted = wanted };
	u64 bytes = bm_table_buckets(table) * sizeof(spinlock_t) +
		    table->pool.max * sizeof(void *);

	while (division.segment < bm_table_segments(table))
		bytes += divide(&division);
	return bytes;
}

static int locks_init(struct bm_segment *segment, u32 buckets, gfp_t gfp)
{
	u32 i;

	segment->locks = kvmalloc_array(buckets, sizeof(spinlock_t), gfp);
	if (!segment->locks)
		return -ENOMEM;
	for (i = 0; i < buckets; i++)
		spin_lock_init(&segment->locks[i]);
	return 0;
}

/* Of a table of terabytes this is more than kvmalloc() makes. */
static int chunks_init(struct bm_table *table, gfp_t gfp)
{
	struct bm_pool *pool = &table->pool;
	size_t bytes = pool->max * sizeof(void *);

	pool->chunks = bytes <= INT_MAX ? kvzalloc(bytes, gfp) :
			  __vmalloc(bytes, gfp | __GFP_ZERO);
	return pool->chunks ? 0 : -ENOMEM;
}

/* The chunks from @first on, up to @end, lie from @records on. */
static void chunks_lay(struct bm_table *table, void *records, u32 first, u32 end)
{
	struct bm_pool *pool = &table->pool;
	size_t bytes = (size_t)table->record_bytes << pool->shift;

	for (; first < end; first++, records += bytes)
		pool->chunks[first] = records;
}

/*
 * Allocates the next segment. The records last: they are the most work, in vain
 * if the locks fail.
 */
static int segment_alloc(struct bm_table *table, struct division *division,
			 gfp_t gfp)
{
	u32 number = division->segment, chunks = division->chunks;
	struct bm_segment *segment = &table->segments[number];
	u32 buckets = 1U << table->segment_shift;
	size_t home = (size_t)table->record_bytes << table->segment_shift;
	size_t bytes = divide(division);

	/* Others may have taken meanwhile what there was. */
	if (bm_memory_short(bytes) || locks_init(segment, buckets, gfp))
		return -ENOMEM;
	segment->records = records_alloc(bytes, gfp);
	if (!segment->records)
		return -ENOMEM;
	table->records[number] = segment->records - number * home;
	table->locks[number] = segment->locks - (size_t)number * buckets;
	chunks_lay(table, segment->records + home, chunks, division->chunks);
	return 0;
}

static bool must_stop(const bool *dying)
{
	return fatal_signal_pending(current) || (dying && READ_ONCE(*dying));
}

static int table_fill(struct bm_table *table, u32 wanted, const bool *dying,
		      gfp_t gfp)
{
	struct division division = { .table = table, .wanted = wanted };
	struct bm_pool *pool = &table->pool;

	if (chunks_init(table, gfp))
		return -ENOMEM;
	while (division.segment < bm_table_segments(table)) {
		if (must_stop(dying))
			return -EINTR;
		if (segment_alloc(table, &division, gfp))
			return -ENOMEM;
		cond_resched();
	}
	pool->initial = division.chunks;
	pool->allocated = division.chunks;
	pool->available = division.chunks << pool->shift;
	return 0;
}

/**
 * bm_table_alloc() - make an empty table
 * @layout: sizes of keys, values and records; must outlive the table
 * @order: log2 of the number of buckets
 * @old: the table that this one takes over from, or NULL
 * @entries: how many it holds at first: it has overflow records for them
 * @dying: when this becomes true, the table is not needed; or NULL
 * @gfp: allocation flags, which must permit to sleep
 *
 * It stops soon when it is not needed, or the calling task is killed.
 *
 * Context: process context, may sleep.
 * Return: the table, or NULL when there is no memory for it, max_bytes permits
 * no more, or it was stopped.
 */
struct bm_table *bm_table_alloc(const struct bm_layout *layout, u32 order,
				const struct bm_table *old, u64 entries,
				const bool *dying, gfp_t gfp)
{
	struct bm_table *table = table_prepare(layout, order, old, gfp);
	u32 wanted;
	u64 bytes;

	if (!table)
		return NULL;
	wanted = chunks_wanted(table, entries);
	bytes = table_bytes(table, wanted);
	if (bm_memory_charge(bytes)) {
		kvfree(table);
		return NULL;
	}
	table->bytes = bytes;
	if (table_fill(table, wanted, dying, gfp)) {
		bm_table_free(table);
		return NULL;
	}
	return table;
}

/**
 * bm_table_possible() - may there ever be a table of that order?
 * @layout: sizes of keys, values and records
 * @order: log2 of the number of buckets
 *
 * Context: any.
 * Return: false if neither max_bytes nor the machine has room for it, whatever
 * else there is.
 */
bool bm_table_possible(const struct bm_layout *layout, u32 order)
{
	u64 limit = bm_memory_max_bytes();
	u64 bytes = ((u64)layout->record_bytes + sizeof(spinlock_t)) << order;

	return bytes <= (u64)totalram_pages() << PAGE_SHIFT &&
	       (!limit || bytes <= limit);
}

/**
 * bm_table_free() - free a table that nobody can reach any more
 * @table: the table, complete or not
 *
 * Context: process context, may sleep.
 */
void bm_table_free(struct bm_table *table)
{
	struct bm_pool *pool = &table->pool;
	u32 i;

	for (i = pool->initial; i < pool->allocated; i++)
		bm_chunk_free(pool->chunks[i], bm_chunk_bytes(table));
	for (i = 0; i < bm_table_segments(table); i++) {
		kvfree(table->segments[i].locks);
		vfree(table->segments[i].records);
	}
	kvfree(pool->chunks);
	bm_memory_uncharge(table->bytes);
	kvfree(table);
}

/**
 * bm_chunk_bytes() - size of a chunk of the table's pool
 * @table: the table
 *
 * Context: any.
 * Return: bytes, whole pages.
 */
size_t bm_chunk_bytes(const struct bm_table *table)
{
	return PAGE_ALIGN((size_t)table->record_bytes
			  << table->pool.shift);
}

/**
 * bm_chunk_alloc() - make a chunk for a pool
 * @bytes: its size, from bm_chunk_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: the chunk, or NULL when there is no memory for it, or max_bytes
 * permits no more.
 */
void *bm_chunk_alloc(size_t bytes, gfp_t gfp)
{
	void *chunk;

	if (bm_memory_charge(bytes))
		return NULL;
	chunk = records_alloc(bytes, gfp);
	if (!chunk)
		bm_memory_uncharge(bytes);
	return chunk;
}

/**
 * bm_chunk_free() - free a chunk
 * @chunk: from bm_chunk_alloc(), or NULL
 * @bytes: its size
 *
 * Context: process context, may sleep.
 */
void bm_chunk_free(void *chunk, size_t bytes)
{
	if (!chunk)
		return;
	vfree(chunk);
	bm_memory_uncharge(bytes);
}

/**
 * bm_table_bytes() - how much memory a table takes
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
		bm_chunk_bytes(table);
	bm_unlock(&table->pool.lock);
	return bytes;
}

/* Takes one record, whose head is stale. The caller saw that there is one. */
static u32 take_one(struct bm_table *table)
{
	struct bm_pool *pool = &table->pool;
	u32 link = pool->freed;

	lockdep_assert_held(&pool->lock);
	WRITE_ONCE(pool->available, pool->available - 1);
	if (!link)
		return ++pool->fresh;
	pool->freed = bm_head_next(bm_pool_record(table, link)->head);
	return link;
}

/**
 * bm_pool_take() - take overflow records, all or none
 * @table: the table
 * @count: how many, 1 at least
 *
 * The records are empty and linked to each other by next, the last with 0.
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: link to the first record, or 0 when there are not as many.
 */
u32 bm_pool_take(struct bm_table *table, u32 count)
{
	struct bm_pool *pool = &table->pool;
	u32 first = 0;

	bm_lock(&pool->lock);
	if (count <= pool->available) {
		while (count--) {
			u32 link = take_one(table);
			struct bm_record *record;

			record = bm_pool_record(table, link);
			WRITE_ONCE(record->head, bm_head_with_next(0, first));
			first = link;
		}
	}
	bm_unlock(&pool->lock);
	return first;
}

/**
 * bm_pool_put() - give overflow records back
 * @table: the table
 * @link: the first, linked as bm_pool_take() does it; or 0 for none. They
 *	must be empty, and unlinked by a write section that has ended.
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 */
void bm_pool_put(struct bm_table *table, u32 link)
{
	struct bm_pool *pool = &table->pool;

	if (!link)
		return;
	bm_lock(&pool->lock);
	while (link) {
		struct bm_record *record = bm_pool_record(table, link);
		u32 next = bm_head_next(record->head);

		WRITE_ONCE(record->head, bm_head_with_next(0, pool->freed));
		pool->freed = link;
		WRITE_ONCE(pool->available, pool->available + 1);
		link = next;
	}
	bm_unlock(&pool->lock);
}

/**
 * bm_pool_install() - add a chunk of records to the pool
 * @table: the table
 * @chunk: from bm_chunk_alloc(); NULL afterwards if it is the table's now
 * @bytes: its size, as bm_chunk_bytes() was for the table it was made for
 * @enough: with so many records available it needs no chunk
 *
 * A chunk that was made for a table of another size is of no use to this one:
 * the caller frees it then.
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: 0, or -ENOSPC when the table has as many chunks as it can ever use.
 */
int bm_pool_install(struct bm_table *table, void **chunk, size_t bytes,
		    u32 enough)
{
	struct bm_pool *pool = &table->pool;
	int err = 0;

	bm_lock(&pool->lock);
	if (pool->allocated == pool->max) {
		err = -ENOSPC;
	} else if (pool->available < enough &&
		   bytes == bm_chunk_bytes(table)) {
		/* Whoever learns of an index learns it under the lock, or
		 * through a link that is published later.
		 */
		WRITE_ONCE(pool->chunks[pool->allocated], *chunk);
		WRITE_ONCE(pool->allocated, pool->allocated + 1);
		WRITE_ONCE(pool->available,
			   pool->available + (1U << pool->shift));
		*chunk = NULL;
	}
	bm_unlock(&pool->lock);
	return err;
}

/**
 * bm_pool_missing() - what does it take to have a record in the pool?
 * @table: the table
 * @bytes: becomes the size of the chunk that is missing; 0 if none is
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: 0, or -ENOSPC when the table has as many chunks as it can ever use.
 */
int bm_pool_missing(struct bm_table *table, size_t *bytes)
{
	struct bm_pool *pool = &table->pool;
	int err = 0;

	bm_lock(&pool->lock);
	*bytes = pool->available ? 0 : bm_chunk_bytes(table);
	if (*bytes && pool->allocated == pool->max)
		err = -ENOSPC;
	bm_unlock(&pool->lock);
	return err;
}

/**
 * bm_pool_low() - is it time for the worker to add a chunk?
 * @table: the table
 *
 * Context: any. A glance without the lock: whoever finds the pool empty
 * handles that.
 * Return: true when less than half a chunk is left and another may be added.
 */
bool bm_pool_low(struct bm_table *table)
{
	struct bm_pool *pool = &table->pool;

	return READ_ONCE(pool->available) < 1U << (pool->shift - 1) &&
	       READ_ONCE(pool->allocated) < pool->max;
}

/**
 * bm_pool_used() - how many overflow records are in chains
 * @table: the table
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: records.
 */
u32 bm_pool_used(struct bm_table *table)
{
	struct bm_pool *pool = &table->pool;
	u32 used;

	bm_lock(&pool->lock);
	used = (pool->allocated << pool->shift) - pool->available;
	bm_unlock(&pool->lock);
	return used;
}

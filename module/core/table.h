/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables: 1 << order buckets, their locks, and the pool of their overflow
 * records. Memory is never allocated with a bucket's lock held.
 */
#ifndef _BM_CORE_TABLE_H
#define _BM_CORE_TABLE_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cache.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/stddef.h>

#include "core/pool.h"
#include "core/rcu.h"

struct bucketmap_mapped_table;

/* In bm_table.chain_max: an insert may raise the limit. See shrink.c. */
#define BM_CHAIN_GATE	0x80000000U

/*
 * The home records of a segment take at most this many bytes, and more than
 * half of it in a table of several segments. The native tests use small
 * segments.
 */
#ifndef BM_SEGMENT_BYTES
#define BM_SEGMENT_BYTES	(64UL << 20)
#endif

/**
 * struct bm_segment - memory of a power of two of buckets
 * @records: home records, followed by chunks of the pool
 * @locks: one for each bucket
 */
struct bm_segment {
	void *records;
	spinlock_t *locks; /* of the buckets */
};

/**
 * struct bm_table - a table
 * @pool: overflow records
 * @sweep: the bucket that the task that migrates, or a helping writer, evacuates
 *	next
 * @segments: memory of home records and locks. It comes in pieces so that the
 *	allocation of a large table can be stopped in between.
 * @page: the table page (mapped.h); NULL if the map is not mappable
 * @bytes: memory of the table, without chunks that were added later
 * @next: the successor, from the start of a migration on; written once
 * @layout: layout of the map
 * @record_bytes: as in @layout
 * @shift: number of hash bits that do not select the bucket
 * @segment_shift: log2 of the number of buckets in a segment
 * @order: log2 of the number of buckets
 * @chain_max: no insert makes a chain longer than this many records
 * @lock_shift: log2 of the distance between the locks of neighbours, in locks
 * @count_batch: changes of the entry count that a CPU may hold in its batch;
 *	over all CPUs this is half an entry per bucket
 * @locks: as @records, for locks
 * @records: for each segment, the address where the home record of bucket 0
 *	would be if all buckets before the segment were contiguous with it. So
 *	a bucket's index gives its record in one step, in any segment.
 *
 * The members that every operation reads, with the first element of @records,
 * are in one cache line.
 */
struct bm_table {
	struct bm_pool pool;
	atomic_t sweep ____cacheline_aligned_in_smp;
	struct bm_segment *segments;
	struct bucketmap_mapped_table *page;
	size_t bytes;
	struct bm_table __rcu *next ____cacheline_aligned_in_smp;
	const struct bm_layout *layout;
	u32 record_bytes;
	u32 shift;
	u32 segment_shift;
	u32 order;
	u32 chain_max;
	u32 lock_shift;
	s32 count_batch;
	spinlock_t **locks; /* see bucket.h for their order */
	void *records[];
};

static_assert(offsetof(struct bm_table, records) <
	      offsetof(struct bm_table, next) + 64, "a line of 64 bytes");

static inline u32 bm_table_buckets(const struct bm_table *table)
{
	return 1U << table->order;
}

/* The bucket of a hash: its top bits. */
static inline u32 bm_table_index(const struct bm_table *table, u64 hash)
{
	return hash >> table->shift;
}

static inline u32 bm_table_segments(const struct bm_table *table)
{
	return 1U << (table->order - table->segment_shift);
}

/*
 * The element of @records for the segment of a bucket. Most tables have one
 * segment: then the load does not depend on the index.
 */
static __always_inline void *bm_table_base(const struct bm_table *table,
					   u32 index)
{
	if (likely(table->order == table->segment_shift))
		return table->records[0];
	return table->records[index >> table->segment_shift];
}

/* The home record of a bucket, by its index. */
static __always_inline struct bm_record *
bm_table_record(const struct bm_table *table, const struct bm_layout *layout,
		u32 index)
{
	return bm_table_base(table, index) +
	       (size_t)index * layout->record_bytes;
}

static inline struct bm_record *bm_table_home(const struct bm_table *table,
					      u32 index)
{
	return bm_table_base(table, index) +
	       (size_t)index * table->record_bytes;
}

/* The lock of a bucket, by its index. */
static __always_inline spinlock_t *
bm_table_lock(const struct bm_table *table, u32 index)
{
	spinlock_t *locks = table->locks[index >> table->segment_shift];

	return &locks[(size_t)index << table->lock_shift];
}

struct bm_table *bm_table_alloc(const struct bm_layout *layout, u32 order,
				const struct bm_table *old, u64 entries,
				const bool *dying, gfp_t gfp);
void bm_table_free(struct bm_table *table);
size_t bm_segment_bytes(const struct bm_table *table, u32 number);
u64 bm_table_bytes(struct bm_table *table);
u32 bm_table_order_page(const struct bm_layout *layout);
bool bm_table_possible(const struct bm_layout *layout, u32 order);

#endif /* _BM_CORE_TABLE_H */

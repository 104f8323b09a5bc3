/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool of a table: its overflow records. They lie in chunks, which are
 * added one by one. A link names a record: it is the record's index + 1.
 *
 * Locks: bm_pool.lock is innermost. It is taken with or without a bucket's lock
 * held. Memory is never allocated with either held.
 */
#ifndef _BM_CORE_POOL_H
#define _BM_CORE_POOL_H

#include <linux/cache.h>
#include <linux/spinlock.h>

#include "core/record.h"

/* Maximum length of a chain, in records, including the home record. */
#define BM_CHAIN_MAX	32

/**
 * struct bm_pool - overflow records of a table
 * @chunks: the initial ones lie behind the home records of segments, the others
 *	are allocated on demand. Neither the array nor a chunk is moved or freed
 *	while the table lives, so a valid index stays valid.
 * @shift: log2 of the number of records in a chunk
 * @max: maximum number of chunks
 * @initial: number of chunks that lie in segments
 * @record_bytes: size of a record
 * @lock: protects the members below, and writes to the elements of @chunks;
 *	these, @allocated and @available are also read without it. It is in
 *	another cache line than the members that every operation reads.
 * @allocated: number of chunks
 * @fresh: records from this index on were never used and are all zero
 * @freed: link to the first record of the free list, chained by next; or 0
 * @available: number of free records
 */
struct bm_pool {
	void **chunks;
	u32 shift;
	u32 max;
	u32 initial;
	u32 record_bytes;
	spinlock_t lock ____cacheline_aligned_in_smp; /* innermost */
	u32 allocated;
	u32 fresh;
	u32 freed;
	u32 available;
};

/*
 * Finds an overflow record by a link, which must not be 0. Needs no lock: a
 * link always leads to the same record. Returns NULL if the pool has no such
 * record.
 */
static inline struct bm_record *bm_pool_record(const struct bm_pool *pool,
					       u32 link)
{
	u32 index = link - 1;
	u32 offset = index & ((1U << pool->shift) - 1);
	void *chunk;

	if (index >> pool->shift >= pool->max)
		return NULL;
	chunk = READ_ONCE(pool->chunks[index >> pool->shift]);
	if (!chunk)
		return NULL;
	return chunk + (size_t)offset * pool->record_bytes;
}

void bm_pool_init(struct bm_pool *pool, const struct bm_layout *layout,
		  u32 order, u64 chains);
u32 bm_pool_take(struct bm_pool *pool, u32 count);
void bm_pool_put(struct bm_pool *pool, u32 link);
int bm_pool_install(struct bm_pool *pool, void **chunk, size_t bytes,
		    u32 enough);
int bm_pool_missing(struct bm_pool *pool, size_t *bytes);
bool bm_pool_low(struct bm_pool *pool);
u32 bm_pool_used(struct bm_pool *pool);

u32 bm_chunk_shift(const struct bm_layout *layout, u32 order);
size_t bm_chunk_bytes(const struct bm_pool *pool);
void *bm_chunk_alloc(size_t bytes, gfp_t gfp);
void bm_chunk_free(void *chunk, size_t bytes);

#endif /* _BM_CORE_POOL_H */

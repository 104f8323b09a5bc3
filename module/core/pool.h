/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool of a table: where its overflow records come from. They lie in chunks,
 * which are added one by one; a record is named by a link, its index + 1.
 *
 * Locks: bm_pool.lock is innermost, taken with or without a bucket's lock held.
 * Memory is only ever allocated with neither held.
 */
#ifndef _BM_CORE_POOL_H
#define _BM_CORE_POOL_H

#include <linux/cache.h>
#include <linux/spinlock.h>

#include "core/record.h"

/* Records in a chain, the home record included: no chain is ever longer. */
#define BM_CHAIN_MAX	32

/**
 * struct bm_pool - overflow records of a table
 * @chunks: the first lie behind the home records of segments, the others are
 *	allocated as they are needed; neither the array nor a chunk moves or
 *	goes while the table lives, so an index once valid stays so
 * @shift: log2 of the records in a chunk
 * @max: how many chunks there may be
 * @initial: how many lie in segments
 * @record_bytes: size of a record
 * @lock: protects what follows, and writes to @chunks' elements; these,
 *	@allocated and @available are also read without it. Kept apart from what
 *	every operation reads.
 * @allocated: how many there are
 * @fresh: records from here on were never used and are all zero
 * @freed: index + 1 of the first record of the free list, linked by next
 * @available: records that can be taken
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
 * Finds an overflow record by its index + 1, not 0, as a head's next has it.
 * Needs no lock: what an index leads to never changes. Returns NULL when the
 * pool has none of that index.
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

size_t bm_chunk_bytes(const struct bm_pool *pool);
void *bm_chunk_alloc(size_t bytes, gfp_t gfp);
void bm_chunk_free(void *chunk, size_t bytes);

#endif /* _BM_CORE_POOL_H */

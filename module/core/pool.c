// SPDX-License-Identifier: GPL-2.0
/*
 * The pool of a table: overflow records and their chunks.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "core/memory.h"
#include "core/pool.h"
#include "core/rcu.h"

/* A chunk has a record for every eighth bucket, within these bounds. */
#define CHUNK_BYTES_MIN		PAGE_SIZE
#define CHUNK_BYTES_MAX		(64 * PAGE_SIZE)
#define CHUNK_ORDER		3

/**
 * bm_chunk_shift() - return the size of a chunk
 * @layout: sizes of records
 * @order: log2 of the number of the table's buckets
 *
 * Context: any.
 * Return: log2 of its records.
 */
u32 bm_chunk_shift(const struct bm_layout *layout, u32 order)
{
	u32 least = max_t(u32, CHUNK_BYTES_MIN / layout->record_bytes, 2);
	u32 most = max_t(u32, CHUNK_BYTES_MAX / layout->record_bytes, 2);
	u32 shift = order > CHUNK_ORDER ? order - CHUNK_ORDER : 0;

	return clamp_t(u32, shift, ilog2(least), ilog2(most));
}

/**
 * bm_pool_init() - initialize the pool of a new table
 * @pool: the pool, all zero
 * @layout: sizes of records
 * @order: log2 of the number of the table's buckets
 * @chains: number of full chains that the pool's maximum must be enough for
 *
 * Context: any.
 */
void bm_pool_init(struct bm_pool *pool, const struct bm_layout *layout,
		  u32 order, u64 chains)
{
	spin_lock_init(&pool->lock);
	pool->record_bytes = layout->record_bytes;
	pool->shift = bm_chunk_shift(layout, order);
	pool->max = min_t(u64, BM_INDEX_MAX >> pool->shift,
			  DIV_ROUND_UP_ULL(chains * BM_CHAIN_MAX,
					   1U << pool->shift));
}

/**
 * bm_chunk_bytes() - return the size of a chunk
 * @pool: the pool
 *
 * Context: any.
 * Return: bytes, whole pages.
 */
size_t bm_chunk_bytes(const struct bm_pool *pool)
{
	return PAGE_ALIGN((size_t)pool->record_bytes << pool->shift);
}

/**
 * bm_chunk_alloc() - allocate a chunk for a pool
 * @bytes: its size, from bm_chunk_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: the chunk, or ERR_PTR: -EDQUOT as bm_memory_charge(), -ENOMEM if the
 * allocation failed.
 */
void *bm_chunk_alloc(size_t bytes, gfp_t gfp)
{
	int err = bm_memory_charge(bytes);
	void *chunk;

	if (err)
		return ERR_PTR(err);
	chunk = bm_records_alloc(bytes, gfp);
	if (chunk)
		return chunk;
	bm_memory_uncharge(bytes);
	return ERR_PTR(-ENOMEM);
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

/* Takes one record. Its head is stale. The pool must not be empty. */
static u32 take_one(struct bm_pool *pool)
{
	u32 link = pool->freed;

	lockdep_assert_held(&pool->lock);
	WRITE_ONCE(pool->available, pool->available - 1);
	if (!link)
		return ++pool->fresh;
	pool->freed = bm_head_next(bm_pool_record(pool, link)->head);
	return link;
}

/**
 * bm_pool_take() - take overflow records, all or none
 * @pool: the pool
 * @count: how many, at least 1
 *
 * The records are empty and chained by next; that of the last record is 0.
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: link to the first record, or 0 if the pool has fewer than @count.
 */
u32 bm_pool_take(struct bm_pool *pool, u32 count)
{
	u32 first = 0;

	bm_lock(&pool->lock);
	if (count <= pool->available) {
		while (count--) {
			u32 link = take_one(pool);
			struct bm_record *record;

			record = bm_pool_record(pool, link);
			WRITE_ONCE(record->head, bm_head_with_next(0, first));
			first = link;
		}
	}
	bm_unlock(&pool->lock);
	return first;
}

/**
 * bm_pool_put() - return overflow records to the pool
 * @pool: the pool
 * @link: link to the first, chained as by bm_pool_take(); or 0 for none. The
 *	records must be empty, and unlinked by a write section that has ended.
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 */
void bm_pool_put(struct bm_pool *pool, u32 link)
{
	if (!link)
		return;
	bm_lock(&pool->lock);
	while (link) {
		struct bm_record *record = bm_pool_record(pool, link);
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
 * @pool: the pool
 * @chunk: from bm_chunk_alloc(); set to NULL if the pool takes it
 * @bytes: its size, from bm_chunk_bytes() of the pool it was allocated for
 * @enough: the pool needs no chunk if this many records are available
 *
 * A chunk that was allocated for a table of another size does not fit this
 * pool; the caller keeps it and must free it.
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: 0, or -ENOSPC if the pool has its maximum of chunks.
 */
int bm_pool_install(struct bm_pool *pool, void **chunk, size_t bytes,
		    u32 enough)
{
	int err = 0;

	bm_lock(&pool->lock);
	if (pool->allocated == pool->max) {
		err = -ENOSPC;
	} else if (pool->available < enough && bytes == bm_chunk_bytes(pool)) {
		/* No barrier: a link into the chunk is read under the lock, or
		 * is published later.
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
 * bm_pool_missing() - does the pool need a chunk?
 * @pool: the pool
 * @bytes: becomes the size of a chunk if the pool is empty, else 0
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: 0, or -ENOSPC if the pool is empty and has its maximum of chunks.
 */
int bm_pool_missing(struct bm_pool *pool, size_t *bytes)
{
	int err = 0;

	bm_lock(&pool->lock);
	*bytes = pool->available ? 0 : bm_chunk_bytes(pool);
	if (*bytes && pool->allocated == pool->max)
		err = -ENOSPC;
	bm_unlock(&pool->lock);
	return err;
}

/**
 * bm_pool_low() - is the pool below its low-water mark?
 * @pool: the pool
 *
 * Lockless, so it may be wrong: a writer that finds the pool empty adds a chunk
 * itself.
 *
 * Context: any.
 * Return: true if less than half a chunk is left and the worker may add
 * another.
 */
bool bm_pool_low(struct bm_pool *pool)
{
	return READ_ONCE(pool->available) < 1U << (pool->shift - 1) &&
	       READ_ONCE(pool->allocated) < pool->max;
}

/**
 * bm_pool_used() - count the overflow records in chains
 * @pool: the pool
 *
 * Context: any but hard interrupts. Takes and releases the pool's lock.
 * Return: records.
 */
u32 bm_pool_used(struct bm_pool *pool)
{
	u32 used;

	bm_lock(&pool->lock);
	used = (pool->allocated << pool->shift) - pool->available;
	bm_unlock(&pool->lock);
	return used;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for writers: what an insert does that finds no free slot, and how
 * chunks are allocated.
 *
 * Where the pool is empty, a writer adds a chunk itself. Where the chain is as
 * long as it may be, or there is no memory, it waits for the worker, if it may.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "core/bucket.h"
#include "core/load.h"
#include "core/space.h"

/* A refusal of memory holds for so many times as long as it took. */
#define REFUSAL_HOLDS	20

/* Chunks */

/**
 * bm_chunk_make() - make a chunk, charged to the map's memcg
 * @map: the map
 * @bytes: its size, from bm_chunk_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: as bm_chunk_alloc().
 */
void *bm_chunk_make(struct bucketmap *map, size_t bytes, gfp_t gfp)
{
	struct mem_cgroup *before = bm_memcg_begin(&map->memcg, &gfp);
	void *chunk = bm_chunk_alloc(bytes, gfp);

	bm_memcg_end(before);
	return chunk;
}

/**
 * bm_chunk_try() - make a chunk for a writer
 * @map: the map
 * @bytes: its size, from bm_chunk_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * At the limit of a memory cgroup a refusal is a long search for memory, in the
 * cgroup of the map's creator. So it holds for a while, whoever asks.
 *
 * Context: process context, may sleep.
 * Return: the chunk, or ERR_PTR: -ENOMEM, or -EINTR for a killed task, which is
 * refused memory however much there is.
 */
void *bm_chunk_try(struct bucketmap *map, size_t bytes, gfp_t gfp)
{
	u64 *refused_until = &map->resize.refused_until;
	u64 start = ktime_get_ns();
	void *chunk;
	u64 now;

	if (fatal_signal_pending(current))
		return ERR_PTR(-EINTR);
	if (start < READ_ONCE(*refused_until))
		return ERR_PTR(-ENOMEM);
	chunk = bm_chunk_make(map, bytes, gfp);
	if (chunk)
		return chunk;
	if (fatal_signal_pending(current))
		return ERR_PTR(-EINTR);
	/* To be refused by max_bytes costs nothing. */
	now = ktime_get_ns();
	if (bm_memory_permits(bytes))
		WRITE_ONCE(*refused_until, now + REFUSAL_HOLDS * (now - start));
	return ERR_PTR(-ENOMEM);
}

/* Free slots */

/* Adds a chunk to the pool of the table that holds @hash's bucket. */
static int add_chunk(struct bucketmap *map, u64 hash, gfp_t gfp)
{
	struct bm_bucket bucket;
	size_t bytes;
	void *chunk;
	int err;

	bm_rcu_read_lock_bh();
	bm_bucket_lock(map, &map->layout, hash, &bucket);
	err = bm_pool_missing(&bucket.table->pool, &bytes);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	if (err || !bytes)
		return err;

	chunk = bm_chunk_try(map, bytes, gfp);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);
	bm_rcu_read_lock_bh();
	bm_bucket_lock(map, &map->layout, hash, &bucket);
	/* Of those who found the pool empty, one adds a chunk. */
	err = bm_pool_install(&bucket.table->pool, &chunk, bytes, 1);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	bm_chunk_free(chunk, bytes);
	return err;
}

/*
 * The same when there was no memory for it. The worker may have taken for a
 * larger table what was missing, or have added a chunk.
 */
static int add_chunk_later(struct bucketmap *map, u64 hash, u64 progress,
			   gfp_t gfp)
{
	int err = bm_resize_join(map, progress);

	if (bm_resize_progress(map) != progress)
		return 0;
	return err ? err : add_chunk(map, hash, gfp);
}

/*
 * The worker may start filesystem I/O to get memory: only a caller that might
 * do so itself waits for it.
 */
static bool may_wait(gfp_t gfp)
{
	gfp = current_gfp_context(gfp);
	return gfpflags_allow_blocking(gfp) && gfp & __GFP_FS;
}

/*
 * Is the table as it is to stay? Else a chain may be full because the table is
 * too small, or because memory is missing to move what is in it.
 */
static bool is_settled(struct bucketmap *map)
{
	struct bm_table *table;
	bool settled;

	rcu_read_lock();
	table = rcu_dereference(map->table);
	settled = !rcu_access_pointer(table->next) &&
		  READ_ONCE(table->chain_max) == BM_CHAIN_MAX &&
		  bm_count_estimate(map) <=
			BM_LOAD_GROW(bm_table_buckets(table));
	rcu_read_unlock();
	return settled;
}

/**
 * bm_space_make() - make a free slot for an insert that found none
 * @map: the map
 * @hash: hash of its key
 * @missing: what bm_bucket_free_slot() returned, the second time
 * @progress: bm_resize_progress() before that
 * @gfp: allocation flags
 *
 * Context: process or softirq context, without any lock held. Sleeps only if
 * @gfp permits it.
 * Return: 0 when it is worth trying again; -EINTR if a signal came, or the task
 * was killed; else why the insert is to be refused unless it succeeds now:
 * -EMLINK for keys that collide, -ENOMEM for want of memory.
 */
int bm_space_make(struct bucketmap *map, u64 hash, int missing, u64 progress,
		  gfp_t gfp)
{
	int err = -ENOMEM;

	if (missing == -EAGAIN && gfpflags_allow_blocking(gfp))
		err = add_chunk(map, hash, gfp);
	if (may_wait(gfp)) {
		if (missing == -EMLINK || err == -ENOSPC)
			err = bm_resize_wait(map, progress);
		else if (err == -ENOMEM)
			err = add_chunk_later(map, hash, progress, gfp);
	}
	if (!err || err == -EINTR)
		return err;
	/* Because of the keys that collide with it, or of memory. */
	return missing == -EMLINK && is_settled(map) ? -EMLINK : -ENOMEM;
}

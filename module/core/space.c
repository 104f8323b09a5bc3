// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for writers: free slots for inserts, and allocation of chunks.
 *
 * If the pool is empty, an insert adds a chunk itself. If the chain has its
 * maximum length, or there is no memory, it waits for the worker if it may
 * sleep.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "core/bucket.h"
#include "core/load.h"
#include "core/space.h"

/* An allocation failure holds this many times as long as the attempt took. */
#define REFUSAL_HOLDS	20

/* Chunks */

/**
 * bm_chunk_make() - allocate a chunk, charged to the map's memcg
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

/*
 * Allocates a chunk for a writer. At the limit of a memory cgroup, an allocation
 * fails only after a long reclaim in the cgroup of the map's creator. So a
 * failure holds for a while, for all writers of the map. A refusal by max_bytes
 * is cheap and does not hold.
 *
 * Returns the chunk, or ERR_PTR: -ENOMEM, or -EINTR for a killed task, whose
 * allocations fail however much memory there is.
 */
static void *chunk_try(struct bucketmap *map, size_t bytes, gfp_t gfp)
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
	if (!IS_ERR(chunk))
		return chunk;
	if (fatal_signal_pending(current))
		return ERR_PTR(-EINTR);
	now = ktime_get_ns();
	if (PTR_ERR(chunk) == -ENOMEM)
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

	chunk = chunk_try(map, bytes, gfp);
	if (IS_ERR(chunk))
		return PTR_ERR(chunk);
	bm_rcu_read_lock_bh();
	bm_bucket_lock(map, &map->layout, hash, &bucket);
	/* If several writers found the pool empty, one of them adds a chunk. */
	err = bm_pool_install(&bucket.table->pool, &chunk, bytes, 1);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	bm_chunk_free(chunk, bytes);
	return err;
}

/*
 * Retries add_chunk() after an allocation failure. The worker may have taken
 * the memory for a larger table, or have added a chunk.
 */
static int add_chunk_later(struct bucketmap *map, u64 hash, u64 progress,
			   gfp_t gfp)
{
	int err = bm_resize_join(map, progress);

	if (bm_resize_progress(map) != progress)
		return 0;
	return err ? err : add_chunk(map, hash, gfp);
}

/**
 * bm_may_wait() - may a writer wait for a larger table?
 * @gfp: its allocation flags
 *
 * The allocation of tables may start filesystem I/O, so only a caller that may
 * start it too waits for one, or makes one.
 *
 * Context: any.
 * Return: true if it may.
 */
bool bm_may_wait(gfp_t gfp)
{
	gfp = current_gfp_context(gfp);
	return gfpflags_allow_blocking(gfp) && gfp & __GFP_FS;
}

/*
 * Will the table stay as it is? If not, a chain may be full because the table
 * is too small, or because there is no memory to evacuate the bucket.
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
 * @hash: hash of the key
 * @missing: what the last call of bm_bucket_free_slot() returned
 * @progress: bm_resize_progress() before that call
 * @gfp: allocation flags
 *
 * Context: process or softirq context, without any lock held. Sleeps only if
 * @gfp permits it.
 * Return: 0 if the insert should be retried; -EINTR if a signal arrived, or the
 * task was killed; else the error of the insert unless its last try succeeds:
 * -EMLINK for keys that collide, -ENOMEM for lack of memory.
 */
int bm_space_make(struct bucketmap *map, u64 hash, int missing, u64 progress,
		  gfp_t gfp)
{
	int err = -ENOMEM;

	if (missing == -EAGAIN && gfpflags_allow_blocking(gfp))
		err = add_chunk(map, hash, gfp);
	if (bm_may_wait(gfp)) {
		if (missing == -EMLINK || err == -ENOSPC)
			err = bm_resize_wait(map, progress);
		else if (err == -ENOMEM)
			err = add_chunk_later(map, hash, progress, gfp);
	}
	if (!err || err == -EINTR)
		return err;
	/* A full chain in a table that may change is a lack of memory. */
	return missing == -EMLINK && is_settled(map) ? -EMLINK : -ENOMEM;
}

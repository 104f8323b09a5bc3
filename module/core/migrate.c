// SPDX-License-Identifier: GPL-2.0
/*
 * Migrations: publish a successor of the map's table, evacuate its buckets, put
 * the successor in its place, retire it. Growing and shrinking differ only in
 * the order of the new table and in the conditions of shrink.c.
 *
 * All of this is done by the holder of bm_resize.lock: the worker (worker.c), or
 * an insert that grows a small table (grow.c). So the map has one publisher at a
 * time. It may allocate memory, and wait for grace periods.
 *
 * Barriers
 *  (E) A table is complete before it is reachable: rcu_assign_pointer() of
 *      map->table and of next, pairs with rcu_dereference().
 *  (L) A task that sees the progress sees the published table: release of
 *      progress, pairs with the acquire in bm_resize_progress().
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "core/evacuate.h"
#include "core/migrate.h"
#include "core/shrink.h"
#include "core/space.h"

/*
 * In smaller tables, the holder of bm_resize.lock is done before others could
 * help.
 */
#define EVACUATED_ALONE	(16 * BM_SLICE)

static void note_longest(u64 *longest, u64 start)
{
	u64 took = ktime_get_ns() - start;

	if (took > *longest)
		WRITE_ONCE(*longest, took);
}

static void note_event(u64 *events)
{
	WRITE_ONCE(*events, *events + 1);
}

static void note_progress(struct bm_resize *resize)
{
	/* (L) */
	smp_store_release(&resize->progress, resize->progress + 1);
	wake_up_all(&resize->changed);
}

/*
 * The order of the largest table that takes one page, or less if that would be
 * too large for so few entries, and shrink soon.
 */
static u32 page_order(const struct bucketmap *map, u64 entries)
{
	u32 order = bm_table_order_page(&map->layout);

	while (order && entries < BM_LOAD_SHRINK(1ULL << order))
		order--;
	return order;
}

/**
 * bm_wanted_order() - choose the size of the map's table
 * @map: the map, whose bm_resize.lock is held
 * @order: log2 of the current number of buckets
 * @fit: choose the smallest one for the entries, even if the table could stay
 *
 * Context: process context.
 * Return: log2 of the number of buckets that it should have, which may be
 * @order.
 */
u32 bm_wanted_order(struct bucketmap *map, u32 order, bool fit)
{
	u64 entries = percpu_counter_sum_positive(&map->count);
	u32 least = max_t(s32, READ_ONCE(map->order_min),
			  (s32)order - BM_RESIZE_ORDERS);
	u32 most = min_t(u32, order + BM_RESIZE_ORDERS, BM_ORDER_MAX);
	u32 wanted;

	if (fit)
		return min(max(least, bm_load_order(entries)), most);
	wanted = bm_load_wanted(entries, order, least, most);
	if (wanted <= order)
		return wanted;
	/* More buckets in one page cost their locks only. */
	return max(wanted, min(page_order(map, entries), most));
}

static struct bm_table *make_table(struct bucketmap *map, struct bm_table *old,
				   u32 order, gfp_t gfp)
{
	struct mem_cgroup *before = bm_memcg_begin(&map->memcg, &gfp);
	u64 entries = percpu_counter_sum_positive(&map->count);
	struct bm_table *table = bm_table_alloc(&map->layout, order, old,
						entries, &map->resize.dying,
						gfp);

	if (table && bm_mapped_prepare(map, table, gfp)) {
		bm_table_free(table);
		table = NULL;
	}
	bm_memcg_end(before);
	return table;
}

/**
 * bm_migration_refused() - note that there is no memory for a table or a chunk
 * @resize: the map's resize state, whose lock is held
 *
 * What the attempt took is free again, so writers may try again.
 *
 * Context: process context.
 * Return: -ENOMEM.
 */
int bm_migration_refused(struct bm_resize *resize)
{
	WRITE_ONCE(resize->refused_until, 0);
	resize->starved = true;
	note_event(&resize->failed);
	return -ENOMEM;
}

/* Adds a chunk to a pool. */
static int grow_pool(struct bucketmap *map, struct bm_table *table)
{
	size_t bytes = bm_chunk_bytes(&table->pool);
	void *chunk;
	int err;

	if (map->resize.starved)
		return -ENOMEM;
	chunk = bm_chunk_make(map, bytes, BM_GFP);
	if (IS_ERR(chunk)) {
		/* Allocations of a killed insert fail however much memory
		 * there is.
		 */
		if (fatal_signal_pending(current))
			return -ENOMEM;
		return bm_migration_refused(&map->resize);
	}
	err = bm_pool_install(&table->pool, &chunk, bytes, U32_MAX);
	bm_chunk_free(chunk, bytes);
	return err;
}

/**
 * bm_pool_refill() - add chunks to a pool until it is above the low-water mark
 * @map: the map, whose bm_resize.lock is held
 * @table: the pool's table
 *
 * Context: process context, may sleep.
 * Return: 0, or -ENOMEM.
 */
int bm_pool_refill(struct bucketmap *map, struct bm_table *table)
{
	while (bm_pool_low(&table->pool))
		if (grow_pool(map, table) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

/* Do the entries need a larger table, or will they soon? */
static bool fills_up(struct bucketmap *map, struct bm_table *table)
{
	return percpu_counter_sum_positive(&map->count) >
	       BM_LOAD_FRESH(bm_table_buckets(table));
}

/**
 * bm_pool_stock_up() - add the records that writers may need before a larger
 *	table is published
 * @map: the map, whose bm_resize.lock is held
 * @old: its table
 *
 * While the worker allocates a table, it does not refill the pool of the old
 * one, and writers go on filling its chains: at 6.5 entries per bucket a fifth of
 * the buckets have a second record, at 8 entries a third, and by then the new
 * table is published.
 *
 * Context: process context, may sleep.
 */
void bm_pool_stock_up(struct bucketmap *map, struct bm_table *old)
{
	u32 wanted = bm_table_buckets(old) / 8;

	if (!fills_up(map, old))
		return;
	while (READ_ONCE(old->pool.available) < wanted &&
	       !READ_ONCE(map->resize.dying)) {
		if (grow_pool(map, old))
			return;
		cond_resched();
	}
}

/**
 * bm_migration_begin() - publish a successor of the map's table
 * @map: the map, whose bm_resize.lock is held
 * @old: its table
 * @order: log2 of the number of the new table's buckets
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep. The caller has made sure that one more
 * table can be retired.
 * Return: 0; -ENOMEM; -EAGAIN if an insert has opened the gate of a table that
 * shrinks.
 */
int bm_migration_begin(struct bucketmap *map, struct bm_table *old, u32 order,
		       gfp_t gfp)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table;
	u64 start;

	start = ktime_get_ns();
	table = make_table(map, old, order, gfp);
	if (!table)
		return -ENOMEM;
	note_longest(&resize->allocation_ns, start);
	bm_mapped_place(map, table);
	if (order > old->order) {
		bm_mapped_succeed(old, table); /* (E) */
	} else if (!bm_shrink_commit(old, table)) {
		bm_table_free(table);
		return -EAGAIN;
	}
	note_progress(resize);
	return 0;
}

/* Evacuates a bucket, and grows the successor's pool as needed. */
static int evacuate_bucket(struct bucketmap *map, struct bm_table *from,
			   struct bm_table *to, u32 index)
{
	int err;

	do {
		err = bm_evacuate(map, from, index, BM_EVACUATED_BY_WORKER);
	} while (err == -ENOMEM && !grow_pool(map, to));
	return err;
}

/* Evacuates the buckets of a slice. Returns how many could not be evacuated. */
static u32 evacuate_slice(struct bucketmap *map, struct bm_table *from,
			  u32 begin, u32 end)
{
	struct bm_table *to = bm_next_locked(map, from);
	u64 start = ktime_get_ns();
	u32 index, left = 0;

	for (index = begin; index < end; index++)
		left += !!evacuate_bucket(map, from, to, index);
	note_longest(&map->resize.step_ns, start);
	cond_resched();
	bm_pool_refill(map, from);
	bm_pool_refill(map, to);
	return left;
}

/*
 * Callers that wait for the table evacuate its buckets on their own CPU time.
 * The worker waits as long as they make progress.
 */
static void let_waiters_evacuate(struct bm_resize *resize, struct bm_table *from)
{
	int before;

	if (bm_table_buckets(from) < EVACUATED_ALONE)
		return;
	do {
		before = atomic_read(&from->sweep);
		if (!atomic_read(&resize->evacuators) || READ_ONCE(resize->dying))
			return;
		schedule_timeout_uninterruptible(1);
	} while (atomic_read(&from->sweep) != before);
}

/*
 * Evacuates all buckets that other tasks do not. Slices are taken from the same
 * counter that writers take single buckets from. A second sweep over the table
 * evacuates buckets that were taken and could not be evacuated, or have not
 * been yet.
 */
static int evacuate_all(struct bucketmap *map, struct bm_table *from)
{
	const bool *dying = &map->resize.dying;
	u32 buckets = bm_table_buckets(from);
	u32 index, left = 0;

	let_waiters_evacuate(&map->resize, from);
	while (!READ_ONCE(*dying) &&
	       (index = bm_slice_take(from)) < buckets)
		evacuate_slice(map, from, index,
			       min(index + BM_SLICE, buckets));
	for (index = 0; !READ_ONCE(*dying) && index < buckets;
	     index += BM_SLICE)
		left += evacuate_slice(map, from, index,
				       min(index + BM_SLICE, buckets));
	if (READ_ONCE(*dying))
		return -ESHUTDOWN;
	return left ? -ENOMEM : 0;
}

/*
 * Replaces the old table by the new one. All buckets of the old one are
 * flagged: this task has seen each flag by an acquire, or with the bucket's lock
 * held.
 */
static void replace_table(struct bucketmap *map, struct bm_table *old)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table = bm_next_locked(map, old);

	bm_mapped_name(map, table);
	/* (E) */
	rcu_assign_pointer(map->table, table);
	bm_shrink_cancel(table);
	note_event(table->order > old->order ? &resize->grown :
					       &resize->shrunk);
	note_progress(resize);
	bm_mapped_retire(map, old);
	bm_retire(resize, old);
}

/**
 * bm_migration_finish() - evacuate all buckets, and replace the table
 * @map: the map, whose bm_resize.lock is held
 * @old: its table, which has a successor
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOMEM if some buckets could not be evacuated: the migration goes
 * on; -ESHUTDOWN if the map is being destroyed.
 */
int bm_migration_finish(struct bucketmap *map, struct bm_table *old)
{
	int err = evacuate_all(map, old);

	if (!err)
		replace_table(map, old);
	return err;
}

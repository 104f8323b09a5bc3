// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one for each map. Only the worker allocates, publishes and
 * retires the map's tables.
 *
 * In a pass the worker computes the exact number of entries. If another table
 * size fits better, it allocates a table, publishes it as the successor of the
 * old one, evacuates the buckets that no other task has evacuated, sets
 * map->table to the new one, and frees the old one after a grace period.
 * Growing and shrinking differ only in the order of the new table and in the
 * conditions of shrink.c. Allocation failure is never reported to writers:
 * chains absorb the load, and the worker retries later. After an allocation
 * failure, the pass allocates no more memory except for a smaller table, and
 * evacuates what it can without.
 *
 * Barriers
 *  (E) A table is complete before it is reachable: rcu_assign_pointer() of
 *      map->table and of next, pairs with rcu_dereference().
 *  (F) kicked is cleared before the pass reads the map: the fully ordered
 *      xchg() pairs with the smp_mb() in bm_resize_kick() and
 *      bm_resize_kick_later(). If a task finds kicked still set, the pass sees
 *      what the task wrote before.
 *  (J) A pass that starts after a caller has read passes_started sees all that
 *      the caller wrote before: smp_mb() in bm_pass_await() pairs with the
 *      xchg() of (F). A task that sees the end of the pass also sees its
 *      effects: release and acquire of passes_done. waited is cleared before
 *      passes_started is incremented: a task that waits for the pass after that
 *      sets waited later (release and acquire of passes_started). The smp_mb()
 *      after the worker has delayed its next pass pairs with the one in
 *      bm_pass_await() after waited: either the caller queues the work later,
 *      or the worker sees that a task waits.
 *  (L) A task that sees the progress sees the published table: release of
 *      progress, pairs with the acquire in bm_resize_progress().
 */
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "core/evacuate.h"
#include "core/shrink.h"
#include "core/space.h"

/*
 * Allocation attempts under memory pressure slow down the whole machine, so the
 * delay doubles after each failure.
 */
#define RETRY_SOON	msecs_to_jiffies(50)
#define RETRY_LATE	msecs_to_jiffies(5000)

/* In smaller tables, the worker is done before others could help. */
#define EVACUATED_ALONE	(16 * BM_SLICE)

/* How often the worker polls for the end of a grace period. */
#define GRACE		msecs_to_jiffies(10)

/* Only the worker changes map->table and next, so it needs no read section. */
static struct bm_table *worker_table(struct bucketmap *map)
{
	return rcu_dereference_protected(map->table, true);
}

static struct bm_table *worker_next(struct bm_table *table)
{
	return rcu_dereference_protected(table->next, true);
}

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

/* Returns the order that the map's table should have, which may be @order. */
static u32 wanted_order(struct bucketmap *map, u32 order, bool fit)
{
	u64 entries = percpu_counter_sum_positive(&map->count);
	u32 least = max_t(s32, READ_ONCE(map->order_min),
			  (s32)order - BM_RESIZE_ORDERS);
	u32 most = min_t(u32, order + BM_RESIZE_ORDERS, BM_ORDER_MAX);

	if (fit)
		return min(max(least, bm_load_order(entries)), most);
	return bm_load_wanted(entries, order, least, most);
}

static struct bm_table *make_table(struct bucketmap *map, struct bm_table *old,
				   u32 order)
{
	gfp_t gfp = BM_GFP;
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

/* What the attempt took is free again, so writers may try again. */
static int refused(struct bm_resize *resize)
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
	if (IS_ERR(chunk))
		return refused(&map->resize);
	err = bm_pool_install(&table->pool, &chunk, bytes, U32_MAX);
	bm_chunk_free(chunk, bytes);
	return err;
}

/* Adds chunks to a pool until it is above the low-water mark. */
static int refill(struct bucketmap *map, struct bm_table *table)
{
	while (bm_pool_low(&table->pool))
		if (grow_pool(map, table) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

/*
 * While the worker allocates the new table, it does not refill the pool of the
 * old one, and writers go on filling its chains. So it first adds the records
 * that they may need: at 6.5 entries per bucket a fifth of the buckets have a
 * second record, at 8 entries a third, and by then the new table is published.
 */
static void stock_up(struct bucketmap *map, struct bm_table *old)
{
	u32 wanted = bm_table_buckets(old) / 8;

	while (READ_ONCE(old->pool.available) < wanted &&
	       !READ_ONCE(map->resize.dying)) {
		if (grow_pool(map, old))
			return;
		cond_resched();
	}
}

/* Do the entries need a larger table, or will they soon? */
static bool fills_up(struct bucketmap *map, struct bm_table *table)
{
	return percpu_counter_sum_positive(&map->count) >
	       BM_LOAD_FRESH(bm_table_buckets(table));
}

/* Allocates a table and publishes it as the successor of @old. */
static int publish(struct bucketmap *map, struct bm_table *old, u32 order)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table;
	u64 start;

	if (resize->starved && order > old->order)
		return -ENOMEM;
	bm_retired_limit(resize);
	if (order > old->order && fills_up(map, old))
		stock_up(map, old);
	start = ktime_get_ns();
	table = make_table(map, old, order);
	/* Retired tables may hold the memory that is missing. */
	if (!table && bm_retired_await(resize))
		table = make_table(map, old, order);
	if (!table)
		return refused(resize);
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
	struct bm_table *to = worker_next(from);
	u64 start = ktime_get_ns();
	u32 index, left = 0;

	for (index = begin; index < end; index++)
		left += !!evacuate_bucket(map, from, to, index);
	note_longest(&map->resize.step_ns, start);
	cond_resched();
	refill(map, from);
	refill(map, to);
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
 * flagged: the worker has seen each flag by an acquire, or with the bucket's
 * lock held.
 */
static void replace_table(struct bucketmap *map, struct bm_table *old)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table = worker_next(old);

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

/*
 * Returns 1 if chains are too long for the table to shrink, and -EAGAIN if an
 * insert has opened the gate. After that the table shrinks by fewer orders at
 * once, which makes this less likely.
 */
static int shrink_table(struct bucketmap *map, struct bm_table *table,
			u32 order)
{
	struct bm_resize *resize = &map->resize;
	u32 orders = bm_shrink_prepare(resize, table,
				       min(table->order - order,
					   resize->orders_max));
	int err;

	if (!orders)
		return 1;
	err = publish(map, table, table->order - orders);
	if (err)
		bm_shrink_cancel(table);
	resize->orders_max = err == -EAGAIN ? max(orders - 1, 1U) :
					      BM_RESIZE_ORDERS;
	return err;
}

/*
 * Returns the error for a shrink that the chains do not permit: -EMLINK for
 * collisions. A burst of inserts since the entries were counted also makes long
 * chains, until the table grows; then it is -EAGAIN.
 */
static int shrink_refusal(struct bucketmap *map, struct bm_table *table)
{
	bool too_large = wanted_order(map, table->order, true) < table->order;

	return too_large && bm_shrink_blocked(&map->resize, table) ? -EMLINK :
								     -EAGAIN;
}

/*
 * Chooses the size of the table, and publishes a successor if it should be
 * another one. Returns 1 if the table can stay, or cannot be improved.
 */
static int choose_table(struct bucketmap *map, struct bm_table *table)
{
	bool fitting = bm_fit_wanted(map);
	u32 order = wanted_order(map, table->order, fitting);
	int err = 1;

	if (order > table->order)
		return publish(map, table, order);
	if (order < table->order)
		err = shrink_table(map, table, order);
	if (fitting && err == -EAGAIN)
		bm_fit_answer(map, -EAGAIN);
	if (fitting && err == 1)
		bm_fit_answer(map, order < table->order ?
				   shrink_refusal(map, table) : 0);
	return err == -EAGAIN ? 1 : err;
}

/* Takes one step of a pass. Returns 1 if there was nothing to do. */
static int resize_step(struct bucketmap *map)
{
	struct bm_table *table = worker_table(map);
	int err;

	if (worker_next(table)) {
		err = evacuate_all(map, table);
		if (!err)
			replace_table(map, table);
		return err;
	}
	err = choose_table(map, table);
	if (err <= 0)
		return err;
	err = refill(map, table);
	return err ? err : 1;
}

/* Returns 1 if nothing is left to do, else an errno. */
static int run_pass(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;
	int err = 0;

	resize->starved = false;
	bm_fit_take(map);
	while (!err && !READ_ONCE(resize->dying)) {
		err = resize_step(map);
		/* A RESIZE call does not wait until there is memory: it fails,
		 * and the map goes back to the size that it needs.
		 */
		if (err < 0 && bm_fit_wanted(map)) {
			bm_fit_answer(map, -ENOMEM);
			if (!worker_next(worker_table(map)))
				err = 0;
		}
	}
	return err;
}

/*
 * Delays the next pass after an allocation failure. Kicks do not start it
 * earlier; a task that waits for a pass does.
 */
static void put_off(struct bm_resize *resize)
{
	resize->retry_delay = clamp(2 * resize->retry_delay, RETRY_SOON,
				    RETRY_LATE);
	bm_worker_queue(resize, BM_KICKED_NOW, resize->retry_delay);
	smp_mb(); /* (J) */
	if (READ_ONCE(resize->waited))
		bm_worker_queue(resize, BM_KICKED_NOW, 0);
}

/**
 * bm_worker() - run a pass
 * @work: the worker of the map
 *
 * Context: process context, in a workqueue.
 */
void bm_worker(struct work_struct *work)
{
	struct bm_resize *resize = container_of(to_delayed_work(work),
						struct bm_resize, work);
	struct bucketmap *map = container_of(resize, struct bucketmap, resize);
	int err;

	WRITE_ONCE(resize->waited, false);
	/* (J) */
	smp_store_release(&resize->passes_started, resize->passes_started + 1);
	xchg(&resize->kicked, BM_KICKED_NOT); /* (F), (J) */
	err = run_pass(map);
	/* (J) */
	smp_store_release(&resize->passes_done, resize->passes_started);
	wake_up_all(&resize->changed);
	if (READ_ONCE(resize->dying))
		return;
	if (err > 0) {
		resize->retry_delay = 0;
		if (bm_retired_poll(resize))
			queue_delayed_work(bm_workqueue, &resize->work, GRACE);
		return;
	}
	bm_retired_await(resize);
	put_off(resize);
}

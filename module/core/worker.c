// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one for each map, the only one that makes, publishes and retires
 * its tables.
 *
 * When it is asked to look, it adds up the exact count, and if another table
 * would suit better: makes it, publishes it as the successor of the old one,
 * moves all buckets that nobody else has moved, lets map->table point to the new
 * one, and frees the old one when a grace period has passed. Growing and
 * shrinking differ in nothing but the new table's order, and in what shrink.c
 * asks for. Missing memory is no error for anybody: chains absorb the load, and
 * the worker tries again later. Once memory was refused, it asks for no more in
 * that look but for a smaller table, and moves what can be moved without.
 *
 * Barriers
 *  (E) A table is complete before there is a way to it: rcu_assign_pointer()
 *      of map->table and of next, pairs with rcu_dereference().
 *  (F) asked is cleared before the worker looks at the map: the fully ordered
 *      xchg() pairs with the smp_mb() in bm_resize_kick(). Whoever finds it
 *      still set wrote before the worker looks.
 *  (J) A look that begins after a caller has read passes_started sees all that it
 *      wrote before: smp_mb() in bm_pass_await() pairs with the xchg() of (F). What
 *      it brought about is there for whoever sees that it has ended: release and
 *      acquire of passes_done. waited is cleared before passes_started: who waits
 *      for the look after that sets it later (release and acquire of
 *      passes_started). The smp_mb() after the worker has put off its next look
 *      pairs with the one in bm_pass_await() after waited: either the caller queues
 *      the work later, or the worker sees that the caller waits.
 *  (L) A published table is there for whoever sees the progress: release of
 *      progress, pairs with the acquire in bm_resize_progress().
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "core/evacuate.h"
#include "core/shrink.h"
#include "core/space.h"

/* Trying to get memory is work for everybody: each time wait twice as long. */
#define RETRY_SOON	msecs_to_jiffies(50)
#define RETRY_LATE	msecs_to_jiffies(5000)

/* Tables that are smaller are moved before anybody else could. */
#define EVACUATED_ALONE	(16 * BM_SLICE)

/* When the worker looks again whether a grace period has passed. */
#define GRACE		msecs_to_jiffies(10)

/* The worker alone changes map->table and next, so it may read them freely. */
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

/* Returns the order that the map's table should have, or the one it has. */
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

	bm_memcg_end(before);
	return table;
}

static int refused(struct bm_resize *resize)
{
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
	if (!chunk)
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
 * Writers fill the old table's chains while the new one is made, and nobody
 * refills its pool meanwhile. So it gets what they may take until then: at
 * 6.5 entries per bucket a fifth of the buckets have a second record, at 8, when
 * the new table has long been there, a third.
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

/* Do the entries call for a larger table, or will they soon? */
static bool fills_up(struct bucketmap *map, struct bm_table *table)
{
	return percpu_counter_sum_positive(&map->count) >
	       BM_LOAD_FRESH(bm_table_buckets(table));
}

/* Makes a table and publishes it as the successor of @old. */
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
	/* The tables that were retired may have what is missing. */
	if (!table && bm_retired_await(resize))
		table = make_table(map, old, order);
	if (!table)
		return refused(resize);
	note_longest(&resize->allocation_ns, start);
	if (order > old->order) {
		/* (E) */
		rcu_assign_pointer(old->next, table);
	} else if (!bm_shrink_commit(old, table)) {
		bm_table_free(table);
		return -EAGAIN;
	}
	note_progress(resize);
	return 0;
}

/* Moves a bucket, however many records that takes. */
static int evacuate_bucket(struct bucketmap *map, struct bm_table *from,
			   struct bm_table *to, u32 index)
{
	int err;

	do {
		err = bm_evacuate(map, from, index, BM_EVACUATED_BY_WORKER);
	} while (err == -ENOMEM && !grow_pool(map, to));
	return err;
}

/* Moves the buckets of a slice that can be moved, and returns how many cannot. */
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
 * Those who wait for the table move its buckets on their own CPU time, and the
 * worker holds back as long as they do.
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
 * Moves what nobody else moves. The slices are dealt out by the same counter
 * that writers take single buckets from; what was taken and could not be moved,
 * or has not been yet, the second pass finds.
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
 * Lets the new table take the place of the old one. All buckets of the old one
 * are flagged: the worker has seen each, by an acquire or under its lock.
 */
static void replace_table(struct bucketmap *map, struct bm_table *old)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table = worker_next(old);

	/* (E) */
	rcu_assign_pointer(map->table, table);
	bm_shrink_cancel(table);
	note_event(table->order > old->order ? &resize->grown :
					       &resize->shrunk);
	note_progress(resize);
	bm_retire(resize, old);
}

/*
 * Returns 1 when the chains do not permit that the table shrinks, and -EAGAIN
 * when an insert has called it off: by less at once that is less likely.
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
 * What to say of a shrink that the chains do not permit. A burst of inserts since
 * the entries were counted makes long chains too, until the table grows.
 */
static int shrink_refusal(struct bucketmap *map, struct bm_table *table)
{
	bool too_large = wanted_order(map, table->order, true) < table->order;

	return too_large && bm_shrink_blocked(&map->resize, table) ? -EMLINK :
								     -EAGAIN;
}

/*
 * Looks whether the table should be another one, and if so makes that.
 * Returns 1 when it is as it should be, or as it can be.
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

/* Does one thing. Returns 1 when there was nothing to do. */
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

/* Returns 1 when the map is as it should be. */
static int run_pass(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;
	int err = 0;

	resize->starved = false;
	bm_fit_take(map);
	while (!err && !READ_ONCE(resize->dying)) {
		err = resize_step(map);
		/* Who calls for a table that fits does not wait until there is
		 * memory. The map then goes back to the size that it needs.
		 */
		if (err < 0 && bm_fit_wanted(map)) {
			bm_fit_answer(map, -ENOMEM);
			if (!worker_next(worker_table(map)))
				err = 0;
		}
	}
	return err;
}

/* No sooner than this, whoever asks: but who waits for a look gets it. */
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
 * bm_worker() - look at a map
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

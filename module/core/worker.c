// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one for each map. It makes passes, with bm_resize.lock held.
 *
 * In a pass the worker computes the exact number of entries. If another table
 * size fits better, it allocates a table, publishes it as the successor of the
 * old one, evacuates the buckets that no other task has evacuated, sets
 * map->table to the new one, and frees the old one after a grace period
 * (migrate.c). Allocation failure is never reported to writers: chains absorb
 * the load, and the worker retries later. After an allocation failure, the pass
 * allocates no more memory except for a smaller table, and evacuates what it can
 * without.
 *
 * Barriers
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
 */
#include <linux/jiffies.h>
#include <linux/sched.h>

#include "core/migrate.h"
#include "core/shrink.h"

/*
 * Allocation attempts under memory pressure slow down the whole machine, so the
 * delay doubles after each failure.
 */
#define RETRY_SOON	msecs_to_jiffies(50)
#define RETRY_LATE	msecs_to_jiffies(5000)

/*
 * Publishes a successor of the table. Retired tables may hold the memory that is
 * missing.
 */
static int publish(struct bucketmap *map, struct bm_table *old, u32 order)
{
	struct bm_resize *resize = &map->resize;
	int err;

	if (resize->starved && order > old->order)
		return -ENOMEM;
	bm_retired_limit(resize);
	if (order > old->order)
		bm_pool_stock_up(map, old);
	err = bm_migration_begin(map, old, order, BM_GFP);
	if (err == -ENOMEM && bm_retired_await(resize))
		err = bm_migration_begin(map, old, order, BM_GFP);
	return err == -ENOMEM ? bm_migration_refused(resize) : err;
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
	bool too_large = bm_wanted_order(map, table->order, true) < table->order;

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
	u32 order = bm_wanted_order(map, table->order, fitting);
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
	struct bm_table *table = bm_table_locked(map);
	int err;

	if (bm_next_locked(map, table))
		return bm_migration_finish(map, table);
	err = choose_table(map, table);
	if (err <= 0)
		return err;
	err = bm_pool_refill(map, table);
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
			if (!bm_next_locked(map, bm_table_locked(map)))
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

/* Runs a pass, and queues the next one if there is something left to do. */
static void work_on(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;
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
		bm_retired_check(resize);
		return;
	}
	bm_retired_await(resize);
	put_off(resize);
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

	mutex_lock(&resize->lock);
	work_on(container_of(resize, struct bucketmap, resize));
	mutex_unlock(&resize->lock);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Kicks of the worker, and waits for its passes.
 *
 * The worker is kicked by an insert that finds the table too full, a chain of
 * three records or the pool low, and does not grow the table itself (grow.c), by
 * a delete that leaves its bucket empty, and by bucketmap_resize(). A task that
 * sets kicked disables preemption until it has queued the work, because no other
 * task queues it meanwhile.
 *
 * Barriers: (F) and (J) in worker.c, (L) in migrate.c, and
 *  (K) A task that finds memory missing because a pass, or an insert that grows
 *      the table, has charged it sees that pass, or the mutex locked, or the
 *      progress: bm_memory_charge() counts by a fully ordered operation, which
 *      pairs with the first smp_rmb() in bm_resize_join(). The release of the
 *      mutex, or of passes_done, pairs with the second.
 */
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "core/evacuate.h"
#include "core/load.h"
#include "core/map.h"
#include "core/sleep.h"

/* Delay of a pass for a table that may be too large. */
#define LATER		msecs_to_jiffies(100)

/**
 * bm_resize_init() - initialize the resizing of a map
 * @map: the map, with its capacity
 *
 * Context: any.
 */
void bm_resize_init(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;

	mutex_init(&resize->lock);
	INIT_DELAYED_WORK(&resize->work, bm_worker);
	init_waitqueue_head(&resize->changed);
	spin_lock_init(&resize->fit.lock);
	resize->fit.settled = map->capacity;
	resize->orders_max = BM_RESIZE_ORDERS;
	map->order_min = bm_load_order(map->capacity);
}

/**
 * bm_resize_stop() - stop the worker for good
 * @map: the map, which no other task uses any more
 *
 * Context: process context, sleeps.
 */
void bm_resize_stop(struct bucketmap *map)
{
	WRITE_ONCE(map->resize.dying, true);
	cancel_delayed_work_sync(&map->resize.work);
}

/* Kicking */

/**
 * bm_worker_queue() - note a kick and queue the worker
 * @resize: the map's resize state
 * @kicked: the kick
 * @delay: jiffies from now; work that is already queued gets this delay
 *
 * Context: process or softirq context.
 */
void bm_worker_queue(struct bm_resize *resize, enum bm_kicked kicked,
		     unsigned long delay)
{
	preempt_disable();
	WRITE_ONCE(resize->kicked, kicked);
	mod_delayed_work(bm_workqueue, &resize->work, delay);
	preempt_enable();
}

/**
 * bm_resize_kick() - kick the worker
 * @map: the map
 *
 * Context: process or softirq context, without any lock held.
 */
void bm_resize_kick(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;

	smp_mb(); /* (F) */
	if (READ_ONCE(resize->kicked) == BM_KICKED_NOW)
		return;
	preempt_disable();
	if (xchg(&resize->kicked, BM_KICKED_NOW) != BM_KICKED_NOW)
		mod_delayed_work(bm_workqueue, &resize->work, 0);
	preempt_enable();
}

/**
 * bm_resize_kick_later() - kick the worker, with a delay
 * @map: the map
 *
 * A table that is too large is not urgent, and more deletes may follow.
 *
 * Context: process or softirq context, without any lock held.
 */
void bm_resize_kick_later(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;

	smp_mb(); /* (F) */
	if (READ_ONCE(resize->kicked) != BM_KICKED_NOT)
		return;
	preempt_disable();
	if (cmpxchg(&resize->kicked, BM_KICKED_NOT, BM_KICKED_LATER) ==
	    BM_KICKED_NOT)
		queue_delayed_work(bm_workqueue, &resize->work, LATER);
	preempt_enable();
}

/* Evacuating while waiting */

/* Evacuates a slice, if a migration runs. Returns whether it did. */
static bool evacuate_slice(struct bucketmap *map)
{
	struct bm_table *from;
	u32 index = 0, end = 0;
	bool any;

	rcu_read_lock();
	from = rcu_dereference(map->table);
	if (rcu_access_pointer(from->next)) {
		index = bm_slice_take(from);
		end = min(index + BM_SLICE, bm_table_buckets(from));
	}
	any = index < end;
	for (; index < end; index++)
		bm_evacuate(map, from, index, BM_EVACUATED_BY_WRITERS);
	rcu_read_unlock();
	return any;
}

/* Waiting */

/**
 * bm_resize_progress() - return the progress of resizing
 * @map: the map
 *
 * Context: any.
 * Return: a number that changes when a table is published or replaces another.
 */
u64 bm_resize_progress(const struct bucketmap *map)
{
	return smp_load_acquire(&map->resize.progress); /* (L) */
}

static bool has_come(const struct bucketmap *map, const struct bm_until *until)
{
	if (smp_load_acquire(&map->resize.passes_done) >= until->pass) /* (J) */
		return true;
	return until->progress != BM_PROGRESS_UNKNOWN &&
	       bm_resize_progress(map) != until->progress;
}

/* Evacuates buckets while there are any. Returns 0, -EINTR or -ETIME. */
static int evacuate_until(struct bucketmap *map, const struct bm_until *until)
{
	int err = 0;

	while (!err && !has_come(map, until) && evacuate_slice(map)) {
		cond_resched();
		err = bm_must_stop(until->deadline);
	}
	return err;
}

/* Returns 0, -EINTR or -ETIME. */
static int wait_until(struct bucketmap *map, const struct bm_until *until)
{
	struct bm_resize *resize = &map->resize;
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		u64 progress = bm_resize_progress(map);

		if (until->evacuates)
			err = evacuate_until(map, until);
		if (err)
			break;
		prepare_to_wait(&resize->changed, &wait, TASK_INTERRUPTIBLE);
		if (has_come(map, until))
			break;
		/* There may be a new migration, with buckets to evacuate. */
		if (until->evacuates && bm_resize_progress(map) != progress) {
			__set_current_state(TASK_RUNNING);
			continue;
		}
		err = bm_sleep(until->deadline);
		if (err)
			break;
	}
	finish_wait(&resize->changed, &wait);
	return err;
}

/**
 * bm_pass_await() - start a pass of the worker, and wait for its end
 * @map: the map
 * @until: what else ends the wait; its pass is set here
 *
 * A pass ends when the worker has nothing left to do, or can do nothing.
 *
 * Context: process context, sleeps.
 * Return: 0, -EINTR if a signal arrived, -ETIME if the deadline has passed.
 */
int bm_pass_await(struct bucketmap *map, struct bm_until *until)
{
	struct bm_resize *resize = &map->resize;

	smp_mb(); /* (J) */
	until->pass = smp_load_acquire(&resize->passes_started) + 1; /* (J) */
	WRITE_ONCE(resize->waited, true);
	smp_mb(); /* (J) */
	/* Queue the work even if it was kicked: it may have been delayed. */
	bm_worker_queue(resize, BM_KICKED_NOW, 0);
	return wait_until(map, until);
}

/**
 * bm_resize_wait() - wait for the worker to make free slots
 * @map: the map
 * @progress: bm_resize_progress() before the insert found no free slot
 *
 * Context: process context, sleeps.
 * Return: 0 if the insert should be retried, -EAGAIN if nothing has changed,
 * -EINTR if a signal arrived.
 */
int bm_resize_wait(struct bucketmap *map, u64 progress)
{
	struct bm_until until = { .progress = progress };
	int err = 0;

	if (bm_resize_progress(map) == progress)
		err = bm_pass_await(map, &until);
	if (!err && bm_resize_progress(map) == progress)
		err = -EAGAIN;
	return err;
}

/**
 * bm_resize_join() - wait for the end of the running pass, if there is one
 * @map: the map
 * @progress: bm_resize_progress() before memory was found missing
 *
 * For a caller whose allocation failed: the worker may have taken the memory, or
 * an insert that grows the table. If neither runs, the worker is not kicked: each
 * failure would then cause another allocation attempt under memory pressure.
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOMEM if there is nothing to wait for: progress may have changed
 * nevertheless; -EINTR if a signal arrived.
 */
int bm_resize_join(struct bucketmap *map, u64 progress)
{
	struct bm_resize *resize = &map->resize;
	struct bm_until until = { .progress = progress };

	smp_rmb(); /* (K) */
	until.pass = READ_ONCE(resize->passes_started);
	if (READ_ONCE(resize->passes_done) != until.pass)
		return wait_until(map, &until);
	if (mutex_is_locked(&resize->lock))
		return bm_pass_await(map, &until);
	smp_rmb(); /* (K) */
	return -ENOMEM;
}

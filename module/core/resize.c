// SPDX-License-Identifier: GPL-2.0
/*
 * Resizing, as others ask for it: calls of the worker, waiting for it, and
 * bucketmap_resize().
 *
 * The worker is asked to look when an insert finds the map fuller than it should
 * be, a chain of three records, or the pool nearly empty, when a delete leaves
 * its bucket empty, and by bucketmap_resize(). Those who say so in asked cannot
 * lose their CPU before they have queued the work: everybody else would rely on
 * it in vain.
 *
 * Barriers: (F), (J) and (L) in worker.c, and
 *  (G) What a caller wants is there for the look that it waits for: fit.lock, by
 *      the caller before it reads passes_started, by the worker before it looks.
 *  (K) Who finds memory missing that a look has taken knows of that look:
 *      bm_memory_charge() counts by a fully ordered operation, pairs with the
 *      smp_rmb() in bm_resize_join().
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/sched.h>

#include "core/bucket.h"
#include "core/resize.h"
#include "core/sleep.h"

/* When a table that may be too large is looked at. */
#define LATER		msecs_to_jiffies(100)

/* A refusal of memory holds for so many times as long as it took. */
#define REFUSAL_HOLDS	20

/**
 * bm_resize_order() - choose the smallest table for a number of entries
 * @entries: how many
 *
 * Context: any.
 * Return: log2 of the number of buckets.
 */
u32 bm_resize_order(u64 entries)
{
	u32 order = BM_ORDER_MIN;

	while (order < BM_ORDER_MAX && entries > BM_LOAD_GROW(1ULL << order))
		order++;
	return order;
}

/**
 * bm_resize_init() - prepare a map's resizing
 * @map: the map, with its capacity
 *
 * Context: any.
 */
void bm_resize_init(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;

	INIT_DELAYED_WORK(&resize->work, bm_worker);
	init_waitqueue_head(&resize->changed);
	spin_lock_init(&resize->fit.lock);
	resize->fit.settled = map->capacity;
	resize->orders_max = BM_RESIZE_ORDERS;
	map->order_min = bm_resize_order(map->capacity);
}

/**
 * bm_resize_stop() - stop the worker, wherever it is, for good
 * @map: the map, which nobody else uses any more
 *
 * Context: process context, sleeps.
 */
void bm_resize_stop(struct bucketmap *map)
{
	WRITE_ONCE(map->resize.dying, true);
	cancel_delayed_work_sync(&map->resize.work);
}

/* Asking */

/**
 * bm_worker_queue() - say that the worker was asked, and queue it
 * @resize: of the map
 * @kicked: for when
 * @delay: jiffies from now; what was queued already moves to then
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
 * bm_resize_kick() - ask the worker to look at the map as soon as it can
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
 * bm_resize_kick_later() - ask the worker to look at the map before long
 * @map: the map
 *
 * A table that is too large is no hurry, and those who empty it may go on.
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

/* Moving buckets while one waits */

/**
 * bm_slice_take() - take the next buckets of a migration, to move them
 * @from: the old table
 *
 * Context: any.
 * Return: the first of BM_SLICE buckets; all of them are taken if the table has
 * no such bucket.
 */
u32 bm_slice_take(struct bm_table *from)
{
	u32 buckets = bm_table_buckets(from);

	if (atomic_read(&from->sweep) >= buckets)
		return buckets;
	return min_t(u32, atomic_fetch_add(BM_SLICE, &from->sweep), buckets);
}

/* Moves a slice of a migration, if there is one. Returns whether it did. */
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
 * bm_resize_progress() - how many tables were published, or replaced another
 * @map: the map
 *
 * Context: any.
 * Return: a number that changes whenever that happens.
 */
u64 bm_resize_progress(const struct bucketmap *map)
{
	return smp_load_acquire(&map->resize.progress); /* (L) */
}

/**
 * struct until - what somebody waits for, the first of it
 * @pass: the end of the look of that number
 * @progress: another progress than that; BM_PROGRESS_UNKNOWN: none ends waiting
 * @deadline: nanoseconds of CLOCK_MONOTONIC, 0 for none
 * @evacuates: the caller moves buckets meanwhile
 */
struct until {
	u64 pass;
	u64 progress;
	u64 deadline;
	bool evacuates;
};

static bool has_come(const struct bucketmap *map, const struct until *until)
{
	if (smp_load_acquire(&map->resize.passes_done) >= until->pass) /* (J) */
		return true;
	return until->progress != BM_PROGRESS_UNKNOWN &&
	       bm_resize_progress(map) != until->progress;
}

/* Moves buckets as long as there are any. Returns 0, -EINTR or -ETIME. */
static int evacuate_until(struct bucketmap *map, const struct until *until)
{
	int err = 0;

	while (!err && !has_come(map, until) && evacuate_slice(map)) {
		cond_resched();
		err = bm_must_stop(until->deadline);
	}
	return err;
}

/* Returns 0, -EINTR or -ETIME. */
static int wait_until(struct bucketmap *map, const struct until *until)
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
		/* There may be buckets to move again. */
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

/*
 * Has the worker look at the map, and waits until it has nothing to do or can
 * do nothing, or until there is progress. Returns 0, -EINTR or -ETIME.
 */
static int await_pass(struct bucketmap *map, struct until *until)
{
	struct bm_resize *resize = &map->resize;

	smp_mb(); /* (J) */
	until->pass = smp_load_acquire(&resize->passes_started) + 1; /* (J) */
	WRITE_ONCE(resize->waited, true);
	smp_mb(); /* (J) */
	/* The work is queued whatever asked says: it may have been put off. */
	bm_worker_queue(resize, BM_KICKED_NOW, 0);
	return wait_until(map, until);
}

/**
 * bm_resize_wait() - wait for the worker to make room
 * @map: the map
 * @progress: bm_resize_progress() before room was found missing
 *
 * Context: process context, sleeps.
 * Return: 0 when it is worth trying again, -EAGAIN when nothing has changed,
 * -EINTR if a signal came.
 */
int bm_resize_wait(struct bucketmap *map, u64 progress)
{
	struct until until = { .progress = progress };
	int err = 0;

	if (bm_resize_progress(map) == progress)
		err = await_pass(map, &until);
	if (!err && bm_resize_progress(map) == progress)
		err = -EAGAIN;
	return err;
}

/**
 * bm_resize_join() - wait until the worker is done, if it is at work
 * @map: the map
 * @progress: bm_resize_progress() before memory was found missing
 *
 * For who found no memory: the worker may have taken it. It is not asked to try
 * again: missing memory would then be work for everybody.
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM if the worker is not at work, or -EINTR if a signal came.
 */
int bm_resize_join(struct bucketmap *map, u64 progress)
{
	struct bm_resize *resize = &map->resize;
	struct until until = { .progress = progress };

	smp_rmb(); /* (K) */
	until.pass = READ_ONCE(resize->passes_started);
	if (READ_ONCE(resize->passes_done) == until.pass)
		return -ENOMEM;
	return wait_until(map, &until);
}

/* Memory for chunks */

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

/* Tables that fit: one call after the other */

/**
 * bm_fit_take() - take over the call for a table that fits, if there is one
 * @map: the map
 *
 * Context: the worker, before it does anything else in a look.
 */
void bm_fit_take(struct bucketmap *map)
{
	struct bm_fit *fit = &map->resize.fit;

	spin_lock(&fit->lock); /* (G) */
	fit->taken |= fit->pending;
	fit->pending = false;
	WRITE_ONCE(map->order_min, bm_resize_order(map->capacity));
	spin_unlock(&fit->lock);
}

/* Ends the call that was taken over, with the lock held. */
static void answer(struct bucketmap *map, int err)
{
	struct bm_fit *fit = &map->resize.fit;

	fit->taken = false;
	if (!err && !fit->withdrawn)
		fit->settled = map->capacity;
	WRITE_ONCE(map->capacity, fit->settled);
	WRITE_ONCE(map->order_min, bm_resize_order(map->capacity));
	if (!fit->orphan) {
		fit->err = err;
		return;
	}
	fit->orphan = false;
	fit->withdrawn = false;
	fit->busy = false;
}

/**
 * bm_fit_wanted() - does the worker see to a call for a table that fits?
 * @map: the map
 *
 * A call that was withdrawn ends here.
 *
 * Context: the worker.
 * Return: true if it does.
 */
bool bm_fit_wanted(struct bucketmap *map)
{
	struct bm_fit *fit = &map->resize.fit;
	bool wanted;

	spin_lock(&fit->lock);
	if (fit->withdrawn)
		answer(map, 0);
	wanted = fit->taken;
	spin_unlock(&fit->lock);
	return wanted;
}

/**
 * bm_fit_answer() - say what came of the call
 * @map: the map
 * @err: 0; or an errno, and the map keeps the capacity that it had before
 *
 * Context: the worker, when bm_fit_wanted().
 */
void bm_fit_answer(struct bucketmap *map, int err)
{
	struct bm_fit *fit = &map->resize.fit;

	spin_lock(&fit->lock);
	answer(map, err);
	spin_unlock(&fit->lock);
}

static bool fit_claim(struct bm_fit *fit)
{
	bool claimed;

	spin_lock(&fit->lock);
	claimed = !fit->busy;
	fit->busy = true;
	spin_unlock(&fit->lock);
	return claimed;
}

/* Waits until no other call is there. Returns 0, -EINTR or -ETIME. */
static int fit_begin(struct bm_resize *resize, u64 deadline)
{
	DEFINE_WAIT(wait);
	int err = bm_must_stop(deadline);

	while (!err) {
		prepare_to_wait(&resize->changed, &wait, TASK_INTERRUPTIBLE);
		if (fit_claim(&resize->fit))
			break;
		err = bm_sleep(deadline);
	}
	finish_wait(&resize->changed, &wait);
	return err;
}

static void fit_call(struct bucketmap *map, u64 capacity)
{
	struct bm_fit *fit = &map->resize.fit;

	spin_lock(&fit->lock); /* (G) */
	WRITE_ONCE(map->capacity, capacity);
	fit->pending = true;
	spin_unlock(&fit->lock);
}

/*
 * What came of the call. If it was answered meanwhile, that stands. Else, if a
 * signal came, it is carried out nevertheless: the caller may be about to repeat
 * it, again and again, and is to find it done in the end.
 */
static int fit_result(struct bucketmap *map, int err)
{
	struct bm_fit *fit = &map->resize.fit;

	spin_lock(&fit->lock);
	if (!err || !(fit->pending || fit->taken)) {
		err = fit->err;
	} else if (err == -ETIME) {
		fit->orphan = fit->taken;
		fit->withdrawn = fit->taken;
		fit->pending = false;
		WRITE_ONCE(map->capacity, fit->settled);
	} else {
		fit->orphan = true;
	}
	spin_unlock(&fit->lock);
	return err;
}

/* An orphan is the worker's to end. */
static void fit_end(struct bm_resize *resize)
{
	struct bm_fit *fit = &resize->fit;

	spin_lock(&fit->lock);
	if (!fit->orphan)
		fit->busy = false;
	spin_unlock(&fit->lock);
	wake_up_all(&resize->changed);
}

/**
 * bucketmap_resize() - reserve room, or give back what is not needed
 * @map: the map
 * @capacity: entries that the map is to have room for from now on, instead of
 *	what it was created with; 0 for just those that it holds
 * @deadline: nanoseconds of CLOCK_MONOTONIC until when to wait; 0 for no limit
 *
 * Returns when the map has a table that fits the larger of @capacity and its
 * entries. It grows and shrinks by itself from there on, never below
 * @capacity. The caller moves buckets while it waits. Calls at the same time are
 * carried out one after the other.
 *
 * A call that fails leaves the map as it was: its capacity is what it was
 * before, and it goes back to the size that its entries need. A migration that
 * was begun is completed. Only after a signal the map is resized nevertheless.
 *
 * Context: process context, sleeps.
 * Return: 0; -ENOMEM if there is no memory for that table, at once if the
 * machine or max_bytes can never have it; -EMLINK if so many keys collide that
 * there is no smaller table for them; -EINTR if a signal came; -ETIME if the
 * deadline has passed. If that is so when it is called, nothing is begun.
 */
int bucketmap_resize(struct bucketmap *map, u64 capacity, u64 deadline)
{
	struct bm_resize *resize = &map->resize;
	struct until until = {
		.progress = BM_PROGRESS_UNKNOWN,
		.deadline = deadline,
		.evacuates = true,
	};
	int err;

	if (capacity > BM_CAPACITY_MAX ||
	    !bm_table_possible(&map->layout, bm_resize_order(capacity)))
		return -ENOMEM;
	err = fit_begin(resize, deadline);
	if (err)
		return err;
	do {
		fit_call(map, capacity);
		atomic_inc(&resize->evacuators);
		err = await_pass(map, &until);
		atomic_dec(&resize->evacuators);
		err = fit_result(map, err);
		/* Inserts came while the table was about to shrink. */
	} while (err == -EAGAIN && !(err = bm_must_stop(deadline)));
	fit_end(resize);
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_resize);

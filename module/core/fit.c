// SPDX-License-Identifier: GPL-2.0
/*
 * RESIZE: calls for a table that fits a capacity, and the worker's answers.
 * Calls are carried out one after the other.
 *
 * Barrier
 *  (G) The pass that a caller waits for sees the call: fit.lock, taken by the
 *      caller before it reads passes_started, and by the worker at the start of
 *      the pass.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/sched.h>

#include "core/load.h"
#include "core/map.h"
#include "core/sleep.h"

/**
 * bm_fit_take() - take over a pending call, if there is one
 * @map: the map
 *
 * Context: the worker, before anything else in a pass.
 */
void bm_fit_take(struct bucketmap *map)
{
	struct bm_fit *fit = &map->resize.fit;

	spin_lock(&fit->lock); /* (G) */
	fit->taken |= fit->pending;
	fit->pending = false;
	WRITE_ONCE(map->order_min, bm_load_order(map->capacity));
	spin_unlock(&fit->lock);
}

/* Answers the call that was taken over. fit.lock is held. */
static void answer(struct bucketmap *map, int err)
{
	struct bm_fit *fit = &map->resize.fit;

	fit->taken = false;
	if (!err && !fit->withdrawn)
		fit->settled = map->capacity;
	WRITE_ONCE(map->capacity, fit->settled);
	WRITE_ONCE(map->order_min, bm_load_order(map->capacity));
	if (!fit->orphan) {
		fit->err = err;
		return;
	}
	fit->orphan = false;
	fit->withdrawn = false;
	fit->busy = false;
}

/**
 * bm_fit_wanted() - does the worker have a call to answer?
 * @map: the map
 *
 * Ends a call that was withdrawn.
 *
 * Context: the worker.
 * Return: true if a call was taken over and not answered yet.
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
 * bm_fit_answer() - answer a call
 * @map: the map
 * @err: 0; or an errno, and the map keeps its previous capacity
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

/* Waits until there is no other call. Returns 0, -EINTR or -ETIME. */
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
 * Returns the result of the call. An answer that has arrived meanwhile counts.
 * Otherwise, after -ETIME the call is withdrawn. After a signal it is still
 * carried out: a caller that restarts the call after each signal then finds it
 * done in the end.
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

/* Ends the call, unless it is an orphan: that is ended by the worker. */
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
 * bucketmap_resize() - set the capacity of a map and resize its table
 * @map: the map
 * @capacity: number of entries that the table is sized for from now on, instead
 *	of the capacity it was created with; 0 for just the entries it holds
 * @deadline: nanoseconds of CLOCK_MONOTONIC; 0 for none
 *
 * Returns when the map has a table that fits the larger of @capacity and its
 * entries. From then on the table grows and shrinks by itself, but never below
 * @capacity. The caller evacuates buckets while it waits. Concurrent calls are
 * carried out one after the other.
 *
 * A call that fails leaves the map as it was: the capacity is the previous one,
 * and the table goes back to the size that the entries need. A migration that
 * has begun is completed. After a signal, however, the map is resized
 * nevertheless.
 *
 * Context: process context, sleeps.
 * Return: 0; -ENOMEM if there is no memory for that table, at once if it
 * exceeds max_bytes or the memory of the machine; -EMLINK if too many keys
 * collide for a smaller table; -EINTR if a signal arrived; -ETIME if the
 * deadline has passed. If it had passed before the call, nothing is begun.
 */
int bucketmap_resize(struct bucketmap *map, u64 capacity, u64 deadline)
{
	struct bm_resize *resize = &map->resize;
	struct bm_until until = {
		.progress = BM_PROGRESS_UNKNOWN,
		.deadline = deadline,
		.evacuates = true,
	};
	int err;

	if (capacity > BM_CAPACITY_MAX ||
	    !bm_table_possible(&map->layout, bm_load_order(capacity)))
		return -ENOMEM;
	err = fit_begin(resize, deadline);
	if (err)
		return err;
	do {
		fit_call(map, capacity);
		atomic_inc(&resize->evacuators);
		err = bm_pass_await(map, &until);
		atomic_dec(&resize->evacuators);
		err = fit_result(map, err);
		/* Retry: inserts came while the table was about to shrink. */
	} while (err == -EAGAIN && !(err = bm_must_stop(deadline)));
	fit_end(resize);
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_resize);

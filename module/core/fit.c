// SPDX-License-Identifier: GPL-2.0
/*
 * RESIZE: calls for a table that fits a capacity, one after the other, and how
 * the worker answers them.
 *
 * Barrier
 *  (G) What a caller wants is there for the pass that it waits for: fit.lock, by
 *      the caller before it reads passes_started, by the worker before it looks.
 */
#include <linux/err.h>
#include <linux/export.h>
#include <linux/sched.h>

#include "core/load.h"
#include "core/map.h"
#include "core/sleep.h"

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
	WRITE_ONCE(map->order_min, bm_load_order(map->capacity));
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
		/* Inserts came while the table was about to shrink. */
	} while (err == -EAGAIN && !(err = bm_must_stop(deadline)));
	fit_end(resize);
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_resize);

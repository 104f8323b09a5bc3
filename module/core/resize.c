// SPDX-License-Identifier: GPL-2.0
/*
 * Resizing: one worker for each map, the only one that makes, publishes and
 * retires its tables.
 *
 * It is asked to look when an insert finds the map fuller than it should be, a
 * chain of three records, or the reserve nearly empty, when a delete leaves its
 * bucket empty, and by bucketmap_resize(). It adds up the exact count, and if
 * another table would suit better: makes it, publishes it as the successor of
 * the old one, moves all buckets that writers have not moved, lets map->table
 * point to the new one, and frees the old one when a grace period has passed.
 * Growing and shrinking differ in nothing but the new table's order. Want of
 * memory is an error for nobody: chains absorb the load, and the worker tries
 * again later.
 *
 * Barriers
 *  (E) A table is complete before there is a way to it: rcu_assign_pointer()
 *      of map->table and of next, pairs with rcu_dereference().
 *  (F) asked is cleared before the worker looks at the map: the fully ordered
 *      xchg() pairs with the smp_mb() in bm_resize_ask(). Whoever finds it
 *      still set wrote before the worker looks.
 *  (G) fit hands the capacity over to the worker: release and xchg() of fit.
 *  (J) A look that begins after somebody has read looks_begun sees all that he
 *      wrote before: smp_mb() in look_now() pairs with the xchg() of (F). What
 *      it brought about, fit_err for one, is there for whoever sees that it has
 *      ended: release and acquire of looks_ended. waited is cleared before
 *      looks_begun: who waits for the look after that sets it later (release
 *      and acquire of looks_begun). The smp_mb() after the worker has put off
 *      its next look pairs with the one in look_now() after waited: either he
 *      queues it later, or the worker sees that he waits.
 *  (K) Who finds memory missing that a look has taken knows of that look:
 *      bm_memory_take() counts by a fully ordered operation, pairs with the
 *      smp_rmb() in bm_resize_join().
 */
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched.h>

#include "core/bucket.h"
#include "core/resize.h"
#include "core/sleep.h"

/* A table that is made larger gets no fuller than this; smaller below this. */
#define BM_LOAD_FRESH(buckets)	((u64)(buckets) * 5)
#define BM_LOAD_SHRINK(buckets)	((u64)(buckets))

/* Buckets that the worker moves before it lets others run. */
#define SLICE		64

/* Trying to get memory is work for everybody: each time wait twice as long. */
#define RETRY_SOON	msecs_to_jiffies(50)
#define RETRY_LATE	msecs_to_jiffies(5000)

/* When a table that may be too large is looked at. */
#define LATER		msecs_to_jiffies(100)

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

/*
 * Returns the order that the map should have, given the order it has. Far from
 * what it should be it changes by several at once, and arrives where it may
 * stay for a while.
 */
static u32 wanted_order(struct bucketmap *map, u32 order, bool fit)
{
	u64 entries = percpu_counter_sum_positive(&map->count);
	u32 least = max_t(s32, READ_ONCE(map->order_min),
			  (s32)order - BM_RESIZE_ORDERS);
	u32 most = min_t(u32, order + BM_RESIZE_ORDERS, BM_ORDER_MAX);

	if (fit)
		return min(max(least, bm_resize_order(entries)), most);
	if (entries > BM_LOAD_GROW(1ULL << order)) {
		while (order < most && entries > BM_LOAD_FRESH(1ULL << order))
			order++;
	} else {
		while (order > least && entries < BM_LOAD_SHRINK(1ULL << order))
			order--;
	}
	return order;
}

/**
 * bm_chunk_make() - make a chunk, charged to the map's payer
 * @map: the map
 * @bytes: its size, from bm_chunk_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: as bm_chunk_alloc().
 */
void *bm_chunk_make(struct bucketmap *map, size_t bytes, gfp_t gfp)
{
	struct mem_cgroup *before = bm_payer_begin(&map->payer, &gfp);
	void *chunk = bm_chunk_alloc(bytes, gfp);

	bm_payer_end(before);
	return chunk;
}

static struct bm_table *make_table(struct bucketmap *map, struct bm_table *old,
				   u32 order)
{
	gfp_t gfp = BM_GFP;
	struct mem_cgroup *before = bm_payer_begin(&map->payer, &gfp);
	struct bm_table *table = bm_table_alloc(&map->layout, order, old, gfp);

	bm_payer_end(before);
	return table;
}

/* Adds a chunk to a reserve. */
static int grow_reserve(struct bucketmap *map, struct bm_table *table)
{
	size_t bytes = bm_chunk_bytes(table);
	void *chunk = bm_chunk_make(map, bytes, BM_GFP);
	int err;

	if (!chunk) {
		note_event(&map->resize.failed);
		return -ENOMEM;
	}
	err = bm_reserve_install(table, &chunk, bytes);
	bm_chunk_free(chunk, bytes);
	return err;
}

/* Adds chunks to a reserve until it is above the low-water mark. */
static int refill(struct bucketmap *map, struct bm_table *table)
{
	while (bm_reserve_low(table))
		if (grow_reserve(map, table) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

/*
 * Writers fill the old table's chains while the new one is made, and nobody
 * refills its reserve meanwhile. So it gets what they may take until then: at
 * 6.5 entries per bucket a fifth of the buckets have a second record, at 8, when
 * the new table has long been there, a third.
 */
static void stock_up(struct bucketmap *map, struct bm_table *old)
{
	u32 wanted = bm_table_buckets(old) / 8;

	while (READ_ONCE(old->reserve.available) < wanted)
		if (grow_reserve(map, old))
			return;
}

static void free_retired(struct bm_retired *retired)
{
	if (retired->table)
		bm_table_free(retired->table);
	retired->table = NULL;
}

/* Returns whether there are retired tables that somebody may still use. */
static bool free_unused(struct bm_resize *resize)
{
	bool used = false;
	u32 i;

	for (i = 0; i < BM_RETIRED_MAX; i++) {
		struct bm_retired *retired = &resize->retired[i];

		if (poll_state_synchronize_rcu(retired->grace))
			free_retired(retired);
		used |= !!retired->table;
	}
	return used;
}

/* Waits until they are unused, and returns whether there were any. */
static bool free_all_retired(struct bm_resize *resize)
{
	bool any = false;
	u32 i;

	for (i = 0; i < BM_RETIRED_MAX; i++) {
		any |= !!resize->retired[i].table;
		cond_synchronize_rcu(resize->retired[i].grace);
		free_retired(&resize->retired[i]);
	}
	return any;
}

/* Makes a table and publishes it as the successor of @old. */
static int publish(struct bucketmap *map, struct bm_table *old, u32 order)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table;
	u64 start;

	/* The oldest of those that were retired is gone before another comes. */
	cond_synchronize_rcu(resize->retired[0].grace);
	free_unused(resize);
	if (order > old->order)
		stock_up(map, old);
	start = ktime_get_ns();
	table = make_table(map, old, order);
	/* The last table that was retired may have what is missing. */
	if (!table && free_all_retired(resize))
		table = make_table(map, old, order);
	if (!table) {
		note_event(&resize->failed);
		return -ENOMEM;
	}
	note_longest(&resize->allocation_ns, start);
	/* (E) */
	rcu_assign_pointer(old->next, table);
	return 0;
}

/* Moves a bucket, however many records that takes. */
static int evacuate_surely(struct bucketmap *map, struct bm_table *from,
			   struct bm_table *to, u32 index)
{
	int err = 0;

	while (!err && bm_evacuate(map, from, index, BM_MOVED_BY_WORKER))
		err = grow_reserve(map, to);
	return err;
}

/* Moves all buckets from @begin on, up to @end, in slices. */
static int evacuate_range(struct bucketmap *map, struct bm_table *from,
			  u32 begin, u32 end)
{
	struct bm_table *to = worker_next(from);
	u64 start = ktime_get_ns();
	u32 index;
	int err;

	for (index = begin; index < end; index++) {
		err = evacuate_surely(map, from, to, index);
		if (err)
			return err;
	}
	note_longest(&map->resize.step_ns, start);
	cond_resched();
	/* Want of a reserve is no reason to stop: what can be moved without it
	 * is, and the old table's memory may be what is missing.
	 */
	refill(map, from);
	refill(map, to);
	return READ_ONCE(map->resize.dying) ? -ESHUTDOWN : 0;
}

/*
 * Moves what nobody else moves. The slices are dealt out by the same counter
 * that writers take single buckets from; what a writer took and could not move,
 * or has not moved yet, the second pass finds.
 */
static int evacuate_all(struct bucketmap *map, struct bm_table *from)
{
	u32 buckets = bm_table_buckets(from);
	u32 index;
	int err = 0;

	while (!err && atomic_read(&from->sweep) < buckets) {
		index = atomic_fetch_add(SLICE, &from->sweep);
		err = evacuate_range(map, from, min(index, buckets),
				     min(index + SLICE, buckets));
	}
	for (index = 0; !err && index < buckets; index += SLICE)
		err = evacuate_range(map, from, index,
				     min(index + SLICE, buckets));
	return err;
}

/*
 * Lets the new table take the place of the old one. All buckets of the old one
 * are flagged: the worker has seen each, by an acquire or under its lock.
 */
static void retire(struct bucketmap *map, struct bm_table *old)
{
	struct bm_resize *resize = &map->resize;
	struct bm_table *table = worker_next(old);

	/* (E) */
	rcu_assign_pointer(map->table, table);
	note_event(table->order > old->order ? &resize->grown :
					       &resize->shrunk);
	WARN_ON_ONCE(resize->retired[0].table);
	resize->retired[0] = resize->retired[1];
	resize->retired[1].table = old;
	resize->retired[1].grace = start_poll_synchronize_rcu();
}

static void end_fitting(struct bm_resize *resize, int err)
{
	WRITE_ONCE(resize->fit_err, err);
	resize->fitting = false;
}

/*
 * Looks whether the table should be another one, and if so makes that.
 * Returns 1 when it is as it should be.
 */
static int choose_table(struct bucketmap *map, struct bm_table *table)
{
	struct bm_resize *resize = &map->resize;
	u32 order = wanted_order(map, table->order, resize->fitting);

	if (order != table->order)
		return publish(map, table, order);
	if (resize->fitting)
		end_fitting(resize, 0);
	return 1;
}

/* Does one thing. Returns 1 when there was nothing to do. */
static int resize_step(struct bucketmap *map)
{
	struct bm_table *table = worker_table(map);
	int err;

	if (worker_next(table)) {
		err = evacuate_all(map, table);
		if (!err)
			retire(map, table);
		return err;
	}
	err = choose_table(map, table);
	if (err <= 0)
		return err;
	err = refill(map, table);
	return err ? err : 1;
}

/* Returns 1 when the map is as it should be. */
static int look(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;
	int err = 0;

	/* (G) Who calls from now on waits for the next look. */
	resize->fitting = xchg(&resize->fit, false);
	WRITE_ONCE(map->order_min, bm_resize_order(READ_ONCE(map->capacity)));
	while (!err && !READ_ONCE(resize->dying))
		err = resize_step(map);
	/* Who calls for a table that fits does not wait until there is memory. */
	if (err < 0 && resize->fitting)
		end_fitting(resize, -ENOMEM);
	return err;
}

static void resize_work(struct work_struct *work)
{
	struct bm_resize *resize = container_of(to_delayed_work(work),
						struct bm_resize, work);
	struct bucketmap *map = container_of(resize, struct bucketmap, resize);
	int err;

	WRITE_ONCE(resize->waited, false);
	/* (J) */
	smp_store_release(&resize->looks_begun, resize->looks_begun + 1);
	xchg(&resize->asked, BM_ASKED_NOT); /* (F), (J) */
	err = look(map);
	/* (J) */
	smp_store_release(&resize->looks_ended, resize->looks_begun);
	wake_up_all(&resize->ended);
	if (READ_ONCE(resize->dying))
		return;
	if (err > 0) {
		resize->retry_delay = 0;
		if (free_unused(resize))
			queue_delayed_work(bm_workqueue, &resize->work, GRACE);
		return;
	}
	free_all_retired(resize);
	/* Nobody's asking shall make us try again any sooner. */
	WRITE_ONCE(resize->asked, BM_ASKED_NOW);
	resize->retry_delay = clamp(2 * resize->retry_delay, RETRY_SOON,
				    RETRY_LATE);
	mod_delayed_work(bm_workqueue, &resize->work, resize->retry_delay);
	/* But who waits for a look, and may have queued it, shall get it. */
	smp_mb(); /* (J) */
	if (READ_ONCE(resize->waited))
		mod_delayed_work(bm_workqueue, &resize->work, 0);
}

/**
 * bm_resize_init() - prepare a map's resizing
 * @map: the map
 *
 * Context: any.
 */
void bm_resize_init(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;
	u32 i;

	INIT_DELAYED_WORK(&resize->work, resize_work);
	init_waitqueue_head(&resize->ended);
	for (i = 0; i < BM_RETIRED_MAX; i++)
		resize->retired[i].grace = get_completed_synchronize_rcu();
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

/**
 * bm_resize_exit() - free what the worker, who was stopped, has not freed yet
 * @map: the map, which nobody else uses any more
 *
 * Context: process context, may sleep.
 */
void bm_resize_exit(struct bucketmap *map)
{
	u32 i;

	for (i = 0; i < BM_RETIRED_MAX; i++)
		free_retired(&map->resize.retired[i]);
}

/**
 * bm_resize_ask() - ask the worker to look at the map as soon as it can
 * @map: the map
 *
 * Context: process or softirq context, without any lock held.
 */
void bm_resize_ask(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;

	smp_mb(); /* (F) */
	if (READ_ONCE(resize->asked) != BM_ASKED_NOW &&
	    xchg(&resize->asked, BM_ASKED_NOW) != BM_ASKED_NOW)
		mod_delayed_work(bm_workqueue, &resize->work, 0);
}

/**
 * bm_resize_ask_later() - ask the worker to look at the map before long
 * @map: the map
 *
 * A table that is too large is no hurry, and those who empty it may go on.
 *
 * Context: process or softirq context, without any lock held.
 */
void bm_resize_ask_later(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;

	smp_mb(); /* (F) */
	if (READ_ONCE(resize->asked) == BM_ASKED_NOT &&
	    cmpxchg(&resize->asked, BM_ASKED_NOT, BM_ASKED_LATER) ==
	    BM_ASKED_NOT)
		queue_delayed_work(bm_workqueue, &resize->work, LATER);
}

/* Waits for the end of the look of that number. Returns 0, -EINTR or -ETIME. */
static int wait_for_look(struct bm_resize *resize, u64 look, u64 deadline)
{
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait(&resize->ended, &wait, TASK_INTERRUPTIBLE);
		if (smp_load_acquire(&resize->looks_ended) >= look) /* (J) */
			break;
		err = bm_sleep(deadline);
		if (err)
			break;
	}
	finish_wait(&resize->ended, &wait);
	return err;
}

/*
 * Has the worker look at the map, and waits until it has nothing to do or can
 * do nothing. Returns 0, -EINTR or -ETIME.
 */
static int look_now(struct bm_resize *resize, u64 deadline)
{
	u64 look;

	smp_mb(); /* (J) */
	look = smp_load_acquire(&resize->looks_begun) + 1; /* (J) */
	WRITE_ONCE(resize->waited, true);
	smp_mb(); /* (J) */
	/* Whoever has set asked may not have come to queue the work yet. */
	WRITE_ONCE(resize->asked, BM_ASKED_NOW);
	mod_delayed_work(bm_workqueue, &resize->work, 0);
	/* However fast the worker is. */
	if (deadline && ktime_get_ns() >= deadline)
		return -ETIME;
	return wait_for_look(resize, look, deadline);
}

/**
 * bm_resize_completed() - how many migrations there have been
 * @map: the map
 *
 * Context: any.
 * Return: a number that changes whenever one is completed.
 */
u64 bm_resize_completed(const struct bucketmap *map)
{
	return READ_ONCE(map->resize.grown) + READ_ONCE(map->resize.shrunk);
}

/**
 * bm_resize_wait() - wait for the worker to make the table larger
 * @map: the map
 * @completed: what bm_resize_completed() said before room was found missing
 *
 * Context: process context, sleeps.
 * Return: 0 when it is worth trying again, -ENOMEM when nothing has changed,
 * -EINTR if a signal came.
 */
int bm_resize_wait(struct bucketmap *map, u64 completed)
{
	int err = 0;

	if (bm_resize_completed(map) == completed)
		err = look_now(&map->resize, 0);
	if (!err && bm_resize_completed(map) == completed)
		err = -ENOMEM;
	return err;
}

/**
 * bm_resize_join() - wait until the worker is done, if it is at work
 * @map: the map
 *
 * For who found no memory: the worker may have taken it. It is not asked to try
 * again: want of memory would then be work for everybody.
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM if the worker is not at work, or -EINTR if a signal came.
 */
int bm_resize_join(struct bucketmap *map)
{
	struct bm_resize *resize = &map->resize;
	u64 look;

	smp_rmb(); /* (K) */
	look = READ_ONCE(resize->looks_begun);
	if (READ_ONCE(resize->looks_ended) == look)
		return -ENOMEM;
	return wait_for_look(resize, look, 0);
}

/**
 * bucketmap_resize() - reserve room, or give back what is not needed
 * @map: the map
 * @capacity: entries that the map shall have room for from now on, instead of
 *	what it was created with; 0 for just those that it holds
 * @deadline: nanoseconds of CLOCK_MONOTONIC until when to wait; 0 for no limit
 *
 * Returns when the map has a table that fits the larger of @capacity and its
 * entries. It grows and shrinks by itself from there on, never below
 * @capacity.
 *
 * Context: process context, sleeps.
 * Return: 0; -ENOMEM if there is no memory for that table: the map then stays
 * as it is, and gets it when it needs it; -EINTR if a signal came, or -ETIME if
 * the deadline has passed: the map is resized nevertheless. Also -ENOMEM for a
 * @capacity that no table can have, which changes nothing.
 */
int bucketmap_resize(struct bucketmap *map, u64 capacity, u64 deadline)
{
	struct bm_resize *resize = &map->resize;
	int err;

	if (capacity > BM_CAPACITY_MAX)
		return -ENOMEM;
	WRITE_ONCE(map->capacity, capacity);
	smp_store_release(&resize->fit, true); /* (G) */
	err = look_now(resize, deadline);
	return err ? err : READ_ONCE(resize->fit_err);
}
EXPORT_SYMBOL_GPL(bucketmap_resize);

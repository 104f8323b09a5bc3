// SPDX-License-Identifier: GPL-2.0
/*
 * Retired tables: those that have been replaced and wait until nobody uses them
 * any more. They are the worker's alone; no locks.
 *
 * A grace period that was waited for is over, whatever a poll of its state says
 * afterwards: the polled numbers may lag behind an expedited grace period. So
 * what was waited for is freed without asking again.
 */
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "core/resize.h"
#include "core/table.h"

/* Frees the oldest ones. */
static void free_oldest(struct bm_resize *resize, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		bm_table_free(resize->retired[i].table);
	resize->retired_count -= count;
	memmove(resize->retired, &resize->retired[count],
		resize->retired_count * sizeof(resize->retired[0]));
}

/* Waits until nobody uses the oldest ones, and frees them. */
static void await_oldest(struct bm_resize *resize, u32 count)
{
	/* Grace periods end in the order in which they began. */
	cond_synchronize_rcu(resize->retired[count - 1].grace);
	free_oldest(resize, count);
}

/**
 * bm_retire() - keep a table until nobody uses it any more
 * @resize: of the map, whose table it has ceased to be
 * @table: the table
 *
 * Context: the worker, after bm_retired_limit(). May sleep.
 */
void bm_retire(struct bm_resize *resize, struct bm_table *table)
{
	struct bm_retired *retired;

	if (WARN_ON_ONCE(resize->retired_count == BM_RETIRED_MAX))
		await_oldest(resize, 1);
	retired = &resize->retired[resize->retired_count++];
	retired->table = table;
	retired->grace = start_poll_synchronize_rcu();
}

/**
 * bm_retired_poll() - free those that nobody uses any more
 * @resize: of the map
 *
 * Context: the worker. May sleep.
 * Return: whether there are others.
 */
bool bm_retired_poll(struct bm_resize *resize)
{
	u32 unused = 0;

	while (unused < resize->retired_count &&
	       poll_state_synchronize_rcu(resize->retired[unused].grace))
		unused++;
	free_oldest(resize, unused);
	return resize->retired_count;
}

/**
 * bm_retired_limit() - make sure that one more table may be retired
 * @resize: of the map
 *
 * To be called before a table is published. It bounds how many tables anybody
 * passes in a read section: see docs/protocol.md.
 *
 * Context: the worker. Sleeps for a grace period if there are too many.
 */
void bm_retired_limit(struct bm_resize *resize)
{
	bm_retired_poll(resize);
	if (resize->retired_count == BM_RETIRED_MAX)
		await_oldest(resize, 1);
}

/**
 * bm_retired_await() - free all of them, for their memory
 * @resize: of the map
 *
 * Context: the worker. Sleeps for a grace period if there are any.
 * Return: whether there were any.
 */
bool bm_retired_await(struct bm_resize *resize)
{
	if (!resize->retired_count)
		return false;
	await_oldest(resize, resize->retired_count);
	return true;
}

/**
 * bm_retired_exit() - free all of them at once
 * @resize: of a map that nobody uses any more, whose worker was stopped
 *
 * Context: process context, may sleep.
 */
void bm_retired_exit(struct bm_resize *resize)
{
	free_oldest(resize, resize->retired_count);
}

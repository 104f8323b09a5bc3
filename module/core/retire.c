// SPDX-License-Identifier: GPL-2.0
/*
 * Retired tables: tables that have been replaced and wait for a grace period.
 * They belong to the holder of bm_resize.lock.
 *
 * After a wait the grace period is over, whatever a poll of its state returns:
 * the polled state may lag behind an expedited grace period. So a table whose
 * grace period was waited for is freed without a poll.
 */
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "core/resize.h"
#include "core/table.h"

/* How often the worker polls for the end of a grace period. */
#define GRACE	msecs_to_jiffies(10)

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

/* Waits for the grace periods of the oldest ones, and frees them. */
static void await_oldest(struct bm_resize *resize, u32 count)
{
	/* Grace periods end in the order in which they began. */
	cond_synchronize_rcu(resize->retired[count - 1].grace);
	free_oldest(resize, count);
}

/**
 * bm_retire() - retire a table
 * @resize: the map's resize state
 * @table: the table, which has been replaced
 *
 * Context: process context, after bm_retired_limit(). May sleep.
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
 * bm_retired_poll() - free retired tables whose grace period is over
 * @resize: the map's resize state
 *
 * Context: process context. May sleep.
 * Return: true if retired tables are left.
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
 * bm_retired_check() - free retired tables, soon if not now
 * @resize: the map's resize state
 *
 * The worker makes a pass for those whose grace period is not over.
 *
 * Context: process context, may sleep.
 */
void bm_retired_check(struct bm_resize *resize)
{
	if (bm_retired_poll(resize))
		queue_delayed_work(bm_workqueue, &resize->work, GRACE);
}

/**
 * bm_retired_limit() - make sure that one more table can be retired
 * @resize: the map's resize state
 *
 * Must be called before a table is published. It bounds the number of tables
 * that a task passes in a read section: see docs/protocol.md.
 *
 * Context: process context. Sleeps for a grace period if there are too many.
 */
void bm_retired_limit(struct bm_resize *resize)
{
	bm_retired_poll(resize);
	if (resize->retired_count == BM_RETIRED_MAX)
		await_oldest(resize, 1);
}

/**
 * bm_retired_await() - wait for and free all retired tables
 * @resize: the map's resize state
 *
 * Context: process context. Sleeps for a grace period if there are any.
 * Return: true if there were any.
 */
bool bm_retired_await(struct bm_resize *resize)
{
	if (!resize->retired_count)
		return false;
	await_oldest(resize, resize->retired_count);
	return true;
}

/**
 * bm_retired_exit() - free all retired tables at once
 * @resize: resize state of a map that no task uses any more, its worker stopped
 *
 * Context: process context, may sleep.
 */
void bm_retired_exit(struct bm_resize *resize)
{
	free_oldest(resize, resize->retired_count);
}

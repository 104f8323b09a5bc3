// SPDX-License-Identifier: GPL-2.0
/*
 * Growing a small table: an insert that finds it too full makes the larger one
 * itself. That takes less time than to wake the worker, and no insert has to
 * wait for it. If the insert may not sleep, or anything is in the way, it is the
 * worker's task, as for larger tables.
 */
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "core/migrate.h"
#include "core/space.h"

/* Home records of the largest table that an insert makes, in bytes. */
#define SMALL_BYTES	(64U << 10)

/* The worker tries harder: an insert that has succeeded need not. */
#define GROW_GFP	((BM_GFP & ~__GFP_RETRY_MAYFAIL) | __GFP_NORETRY)

static bool is_small(const struct bm_table *table, u32 order)
{
	return (u64)table->record_bytes << order <= SMALL_BYTES;
}

/*
 * May the insert replace the table? Not in a mappable map: the old table must be
 * taken out of all mappings, and there may be many.
 */
static bool may_grow(struct bucketmap *map, gfp_t gfp)
{
	struct bm_table *table;
	bool small;

	if (!bm_may_wait(gfp) || fatal_signal_pending(current) ||
	    READ_ONCE(map->resize.kicked) == BM_KICKED_NOW ||
	    ktime_get_ns() < READ_ONCE(map->resize.refused_until))
		return false;
	rcu_read_lock();
	table = rcu_dereference(map->table);
	small = is_small(table, table->order + 1) && !table->page &&
		!rcu_access_pointer(table->next);
	rcu_read_unlock();
	return small;
}

/* Replaces the table by a larger one. Returns whether it did. */
static bool replace(struct bucketmap *map, struct bm_table *table, u32 order)
{
	struct bm_resize *resize = &map->resize;

	bm_retired_poll(resize);
	return is_small(table, order) &&
	       resize->retired_count < BM_RETIRED_MAX &&
	       !bm_migration_begin(map, table, order, GROW_GFP) &&
	       !bm_migration_finish(map, table);
}

/*
 * Returns true if the table has grown, has the right size now, and its pool has
 * enough records. If it need not grow, the insert had another reason to kick the
 * worker, or the estimate of the count is wrong: an insert must not compute the
 * exact count time and again.
 */
static bool grow(struct bucketmap *map)
{
	bool grown = false;

	map->resize.starved = false;
	for (;;) {
		struct bm_table *table = bm_table_locked(map);
		u32 order = bm_wanted_order(map, table->order, false);

		if (bm_next_locked(map, table))
			return false;
		if (order <= table->order)
			return grown && !bm_pool_low(&table->pool);
		if (!replace(map, table, order))
			return false;
		grown = true;
	}
}

/**
 * bm_grow_small() - let an insert grow a small table
 * @map: the map
 * @gfp: allocation flags of the insert
 *
 * Context: process or softirq context, without any lock held. Sleeps only if
 * @gfp permits it, and never for a grace period.
 * Return: true if there is nothing left to do; false if the worker must be
 * kicked.
 */
bool bm_grow_small(struct bucketmap *map, gfp_t gfp)
{
	struct bm_resize *resize = &map->resize;
	bool grown;

	if (!may_grow(map, gfp) || !mutex_trylock(&resize->lock))
		return false;
	grown = grow(map);
	if (grown)
		bm_retired_check(resize);
	mutex_unlock(&resize->lock);
	return grown;
}

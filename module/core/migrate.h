/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migrations, for the holder of bm_resize.lock.
 */
#ifndef _BM_CORE_MIGRATE_H
#define _BM_CORE_MIGRATE_H

#include <linux/lockdep.h>
#include <linux/rcupdate.h>

#include "core/map.h"

/* Only the holder of the lock changes map->table and next. */
static inline struct bm_table *bm_table_locked(struct bucketmap *map)
{
	return rcu_dereference_protected(map->table,
					 lockdep_is_held(&map->resize.lock));
}

static inline struct bm_table *bm_next_locked(struct bucketmap *map,
					      struct bm_table *table)
{
	return rcu_dereference_protected(table->next,
					 lockdep_is_held(&map->resize.lock));
}

u32 bm_wanted_order(struct bucketmap *map, u32 order, bool fit);
int bm_migration_begin(struct bucketmap *map, struct bm_table *old, u32 order,
		       gfp_t gfp);
int bm_migration_finish(struct bucketmap *map, struct bm_table *old);
int bm_migration_refused(struct bm_resize *resize);
void bm_pool_stock_up(struct bucketmap *map, struct bm_table *old);
int bm_pool_refill(struct bucketmap *map, struct bm_table *table);

#endif /* _BM_CORE_MIGRATE_H */

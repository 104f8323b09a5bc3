/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Evacuation: copy the entries of a bucket to the successor of its table.
 */
#ifndef _BM_CORE_EVACUATE_H
#define _BM_CORE_EVACUATE_H

#include "core/map.h"

/* Buckets that are evacuated before other tasks may run. */
#define BM_SLICE	64

int bm_evacuate(struct bucketmap *map, struct bm_table *from, u32 index,
		enum bm_counter evacuator);
void bm_evacuate_help(struct bucketmap *map, struct bm_table *table, u64 hash);
u32 bm_slice_take(struct bm_table *from);

/*
 * A writer's share of a migration, if one runs. The caller is in an RCU read
 * section.
 */
static inline void bm_migration_help(struct bucketmap *map, u64 hash)
{
	struct bm_table *table = bm_rcu_dereference(map->table);

	if (unlikely(rcu_access_pointer(table->next)))
		bm_evacuate_help(map, table, hash);
}

#endif /* _BM_CORE_EVACUATE_H */

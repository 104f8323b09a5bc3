/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resizing: the worker, and the help that it gets from writers.
 */
#ifndef _BM_CORE_RESIZE_H
#define _BM_CORE_RESIZE_H

#include "core/map.h"

/* evacuate.c */
int bm_evacuate(struct bucketmap *map, struct bm_table *from, u32 index,
		enum bm_counter mover);
void bm_evacuate_help(struct bucketmap *map, struct bm_table *table, u64 hash);

/* A writer's share of a migration, if there is one, in its RCU read section. */
static inline void bm_resize_help(struct bucketmap *map, u64 hash)
{
	struct bm_table *table = bm_dereference(map->table);

	if (unlikely(rcu_access_pointer(table->next)))
		bm_evacuate_help(map, table, hash);
}

/* resize.c */
u32 bm_resize_order(u64 entries);
void bm_resize_init(struct bucketmap *map);
void bm_resize_stop(struct bucketmap *map);
void bm_resize_exit(struct bucketmap *map);
void bm_resize_ask(struct bucketmap *map);
void bm_resize_ask_later(struct bucketmap *map);
u64 bm_resize_completed(const struct bucketmap *map);
void *bm_chunk_make(struct bucketmap *map, size_t bytes, gfp_t gfp);
int bm_resize_wait(struct bucketmap *map, u64 completed);
int bm_resize_join(struct bucketmap *map);

#endif /* _BM_CORE_RESIZE_H */

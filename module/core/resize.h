/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resizing: the worker, the help that it gets, and those who ask and wait for it.
 */
#ifndef _BM_CORE_RESIZE_H
#define _BM_CORE_RESIZE_H

#include "core/map.h"

/* Buckets that are moved before others may run. */
#define BM_SLICE	64

/* evacuate.c */
int bm_evacuate(struct bucketmap *map, struct bm_table *from, u32 index,
		enum bm_counter mover);
void bm_evacuate_help(struct bucketmap *map, struct bm_table *table, u64 hash);

/* A writer's share of a migration, if there is one, in its RCU read section. */
static inline void bm_resize_help(struct bucketmap *map, u64 hash)
{
	struct bm_table *table = bm_rcu_dereference(map->table);

	if (unlikely(rcu_access_pointer(table->next)))
		bm_evacuate_help(map, table, hash);
}

/* resize.c */
u32 bm_resize_order(u64 entries);
void bm_resize_init(struct bucketmap *map);
void bm_resize_stop(struct bucketmap *map);
void bm_resize_kick(struct bucketmap *map);
void bm_resize_kick_later(struct bucketmap *map);
void bm_worker_queue(struct bm_resize *resize, enum bm_kicked kicked,
		     unsigned long delay);
u32 bm_slice_take(struct bm_table *from);
/* No progress is ever that. */
#define BM_PROGRESS_UNKNOWN	U64_MAX

u64 bm_resize_progress(const struct bucketmap *map);
int bm_resize_wait(struct bucketmap *map, u64 progress);
int bm_resize_join(struct bucketmap *map, u64 progress);
void *bm_chunk_make(struct bucketmap *map, size_t bytes, gfp_t gfp);
void *bm_chunk_try(struct bucketmap *map, size_t bytes, gfp_t gfp);
void bm_fit_take(struct bucketmap *map);
bool bm_fit_wanted(struct bucketmap *map);
void bm_fit_answer(struct bucketmap *map, int err);

/* worker.c */
void bm_worker(struct work_struct *work);

/* retire.c */
void bm_retire(struct bm_resize *resize, struct bm_table *table);
bool bm_retired_poll(struct bm_resize *resize);
void bm_retired_limit(struct bm_resize *resize);
bool bm_retired_await(struct bm_resize *resize);
void bm_retired_exit(struct bm_resize *resize);

#endif /* _BM_CORE_RESIZE_H */

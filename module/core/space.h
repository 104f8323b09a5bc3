/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for writers: free slots for inserts, and chunks for the pool.
 */
#ifndef _BM_CORE_SPACE_H
#define _BM_CORE_SPACE_H

#include "core/map.h"

int bm_space_make(struct bucketmap *map, u64 hash, int missing, u64 progress,
		  gfp_t gfp);
bool bm_may_wait(gfp_t gfp);

void *bm_chunk_make(struct bucketmap *map, size_t bytes, gfp_t gfp);

#endif /* _BM_CORE_SPACE_H */

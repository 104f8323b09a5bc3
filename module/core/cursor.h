/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cursors: walks over a map in hash order.
 */
#ifndef _BM_CORE_CURSOR_H
#define _BM_CORE_CURSOR_H

#include "bucketmap.h"

/* Maximum number of buckets that one call visits. */
#define BM_VISITS_MAX	64

/* Moves the cursor behind @hash. */
static inline void bm_cursor_pass(struct bucketmap_cursor *cursor, u64 hash)
{
	cursor->position = hash + 1;
	cursor->end = !cursor->position;
}

#endif /* _BM_CORE_CURSOR_H */

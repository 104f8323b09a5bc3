/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lockless lookup.
 */
#ifndef _BM_CORE_READ_H
#define _BM_CORE_READ_H

#include "core/bucket.h"

int bm_read(struct bucketmap *map, const struct bm_key *key,
	    struct bucketmap_window window, void *value);
int bm_lookup(struct bucketmap *map, const void *key,
	      struct bucketmap_window window, void *value);

#endif /* _BM_CORE_READ_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations on one key: what they share.
 */
#ifndef _BM_CORE_OPERATIONS_H
#define _BM_CORE_OPERATIONS_H

#include <linux/errno.h>

#include "core/bucket.h"

/* Checks a window and replaces the short form for the whole value. */
static inline int bm_window_resolve(const struct bucketmap *map,
				    struct bucketmap_window *window)
{
	u32 size = map->layout.value_size;

	if (!window->offset && !window->length)
		window->length = size;
	if (window->offset > size || window->length > size - window->offset)
		return -EINVAL;
	return 0;
}

void bm_entry_remove(struct bucketmap *map, const struct bm_bucket *bucket,
		     struct bm_place *place);
bool bm_entry_removed_asks(const struct bucketmap *map,
			   const struct bm_bucket *bucket);

#endif /* _BM_CORE_OPERATIONS_H */

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One operation on many entries. The kernel counts finished entries in the
 * structure, so the same structure continues a call that was stopped.
 */
#include "internal.h"

int bucketmap_batch(struct bucketmap *map, struct bucketmap_batch *batch)
{
	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_BATCH, batch);
}

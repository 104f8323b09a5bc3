// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One operation on many entries. The kernel keeps count of those that are
 * finished in the structure, so a call that was stopped is made again with it.
 */
#include "internal.h"

int bucketmap_batch(struct bucketmap *map, struct bucketmap_batch *batch)
{
	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_BATCH, batch);
}

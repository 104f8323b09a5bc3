// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Walks over all entries: read them or remove them.
 */
#include <errno.h>

#include "internal.h"

int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, __u32 offset, __u32 length,
		   __u32 capacity, __u32 *count)
{
	struct bucketmap_scan scan = {
		.size = sizeof(scan),
		.flags = cursor->end ? BUCKETMAP_SCAN_END : 0,
		.position = cursor->position,
		.keys = pointer_to_u64(keys),
		.values = pointer_to_u64(values),
		.capacity = capacity,
		.offset = offset,
		.length = length,
	};
	int ret = bucketmap_ioctl(map->fd, BUCKETMAP_IOC_SCAN, &scan);

	if (!ret) {
		cursor->position = scan.position;
		cursor->end = scan.flags & BUCKETMAP_SCAN_END;
	}
	if (!ret || ret == -ENOBUFS)
		*count = scan.count;
	return ret;
}

int bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor, __u64 deadline)
{
	struct bucketmap_clear clear = {
		.size = sizeof(clear),
		.flags = cursor->end ? BUCKETMAP_SCAN_END : 0,
		.position = cursor->position,
		.deadline = deadline,
	};
	int ret = bucketmap_ioctl(map->fd, BUCKETMAP_IOC_CLEAR, &clear);

	cursor->position = clear.position;
	cursor->end = clear.flags & BUCKETMAP_SCAN_END;
	return ret;
}

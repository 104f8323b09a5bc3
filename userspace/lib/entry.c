// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Operations on one entry.
 */
#include <stddef.h>

#include "internal.h"

static int entry_command(struct bucketmap *map, unsigned long command, const void *key,
			 const void *value, __u32 offset, __u32 length)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = pointer_to_u64(key),
		.value = pointer_to_u64(value),
		.offset = offset,
		.length = length,
	};

	return bucketmap_ioctl(map->fd, command, &entry);
}

int bucketmap_lookup(struct bucketmap *map, const void *key,
		     void *value, __u32 offset, __u32 length)
{
	return entry_command(map, BUCKETMAP_IOC_LOOKUP, key, value, offset, length);
}

int bucketmap_store(struct bucketmap *map, const void *key,
		    const void *value, __u32 offset, __u32 length)
{
	return entry_command(map, BUCKETMAP_IOC_STORE, key, value, offset, length);
}

int bucketmap_insert(struct bucketmap *map, const void *key,
		     const void *value, __u32 offset, __u32 length)
{
	return entry_command(map, BUCKETMAP_IOC_INSERT, key, value, offset, length);
}

int bucketmap_delete(struct bucketmap *map, const void *key)
{
	return entry_command(map, BUCKETMAP_IOC_DELETE, key, NULL, 0, 0);
}

int bucketmap_add(struct bucketmap *map, const void *key,
		  __u32 offset, __u64 delta, __u64 *previous)
{
	struct bucketmap_add add = {
		.size = sizeof(add),
		.key = pointer_to_u64(key),
		.offset = offset,
		.delta = delta,
	};
	int ret = bucketmap_ioctl(map->fd, BUCKETMAP_IOC_ADD, &add);

	if (!ret && previous)
		*previous = add.previous;
	return ret;
}

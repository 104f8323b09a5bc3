// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Operations on one entry.
 */
#include <stddef.h>

#include "internal.h"
#include "reader.h"

/* Arguments that an operation does not use are NULL or 0. */
static int operate(struct bucketmap *map, unsigned long number, const void *key,
		   const void *value, const void *expected, void *previous,
		   __u32 offset, __u32 length)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = pointer_to_u64(key),
		.value = pointer_to_u64(value),
		.expected = pointer_to_u64(expected),
		.previous = pointer_to_u64(previous),
		.offset = offset,
		.length = length,
	};

	return bucketmap_ioctl(map->fd, number, &entry);
}

static int look_up_mapped(struct mapping *mapping, const void *key, void *value, __u32 offset,
			  __u32 length)
{
	if (!reader_window(mapping, &offset, &length))
		return READER_ASK;
	return reader_lookup(mapping, key, value, offset, length);
}

int bucketmap_lookup(struct bucketmap *map, const void *key, void *value, __u32 offset,
		     __u32 length)
{
	int ret = map->mapping ? look_up_mapped(map->mapping, key, value, offset, length) :
				 READER_ASK;

	if (ret != READER_ASK)
		return ret;
	return operate(map, BUCKETMAP_IOC_LOOKUP, key, NULL, NULL, value, offset, length);
}

int bucketmap_store(struct bucketmap *map, const void *key, const void *value,
		    __u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_STORE, key, value, NULL, NULL, offset, length);
}

int bucketmap_insert(struct bucketmap *map, const void *key, const void *value,
		     __u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_INSERT, key, value, NULL, NULL, offset, length);
}

int bucketmap_replace(struct bucketmap *map, const void *key, const void *value,
		      __u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_REPLACE, key, value, NULL, NULL, offset, length);
}

int bucketmap_load_or_store(struct bucketmap *map, const void *key, const void *value,
			    void *previous, __u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_LOAD_OR_STORE,
		       key, value, NULL, previous, offset, length);
}

int bucketmap_swap(struct bucketmap *map, const void *key, const void *value,
		   void *previous, __u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_SWAP, key, value, NULL, previous, offset, length);
}

int bucketmap_delete(struct bucketmap *map, const void *key)
{
	return operate(map, BUCKETMAP_IOC_DELETE, key, NULL, NULL, NULL, 0, 0);
}

int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key, void *previous,
				__u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_LOOKUP_AND_DELETE,
		       key, NULL, NULL, previous, offset, length);
}

int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       const void *expected, const void *value, void *previous,
			       __u32 offset, __u32 length)
{
	return operate(map, BUCKETMAP_IOC_COMPARE_AND_SWAP,
		       key, value, expected, previous, offset, length);
}

int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 const void *expected, void *previous, __u32 offset,
				 __u32 length)
{
	return operate(map, BUCKETMAP_IOC_COMPARE_AND_DELETE,
		       key, NULL, expected, previous, offset, length);
}

int bucketmap_add(struct bucketmap *map, const void *key, __u32 offset, __u64 delta,
		  __u64 *previous)
{
	return operate(map, BUCKETMAP_IOC_ADD, key, &delta, NULL, previous, offset, 0);
}

int bucketmap_add_existing(struct bucketmap *map, const void *key, __u32 offset, __u64 delta,
			   __u64 *previous)
{
	return operate(map, BUCKETMAP_IOC_ADD_EXISTING,
		       key, &delta, NULL, previous, offset, 0);
}

int bucketmap_max(struct bucketmap *map, const void *key, __u32 offset, __u64 number,
		  __u64 *previous)
{
	return operate(map, BUCKETMAP_IOC_MAX, key, &number, NULL, previous, offset, 0);
}

int bucketmap_max_existing(struct bucketmap *map, const void *key, __u32 offset, __u64 number,
			   __u64 *previous)
{
	return operate(map, BUCKETMAP_IOC_MAX_EXISTING,
		       key, &number, NULL, previous, offset, 0);
}

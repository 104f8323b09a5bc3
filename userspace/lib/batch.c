// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One operation on many entries. The kernel counts finished entries in the
 * structure, so the same structure continues a call that was stopped. Lookups in
 * a mapped map are done here, and count them in the same way.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "reader.h"

/* The deadline is checked after as many entries. */
#define DEADLINE_ENTRIES	(4 * READER_GROUP)

static bool has_passed(__u64 deadline)
{
	return deadline && bucketmap_deadline(0) >= deadline;
}

/* All that may be wrong with a batch is for the kernel to say. */
static bool can_be_mapped(const struct bucketmap *map, const struct bucketmap_batch *batch)
{
	return map->mapping && batch->size == sizeof(*batch) &&
	       batch->operation == BUCKETMAP_LOOKUP && !batch->flags && !batch->reserved &&
	       !batch->values && !batch->expected && batch->keys && batch->results &&
	       batch->done <= batch->count;
}

/* Asks the kernel for one entry. */
static int look_up(struct bucketmap *map, const struct reader_columns *columns, __u32 key_size,
		   __u32 i)
{
	struct bucketmap_entry entry = {
		.size = sizeof(entry),
		.key = pointer_to_u64(columns->keys + (size_t)i * key_size),
		.previous = columns->values ?
			    pointer_to_u64(columns->values + (size_t)i * columns->length) : 0,
		.offset = columns->offset,
		.length = columns->length,
	};

	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_LOOKUP, &entry);
}

/* Looks the next entries up. Zeros are written for keys that do not exist. */
static void look_up_group(struct bucketmap *map, const struct reader_columns *columns,
			  __u32 count)
{
	__u32 i;

	reader_lookup_group(map->mapping, columns, count);
	for (i = 0; i < count; i++) {
		if (columns->results[i] == READER_ASK)
			columns->results[i] = look_up(map, columns,
						      map->mapping->fixed.key_size, i);
		if (columns->results[i] && columns->values)
			memset(columns->values + (size_t)i * columns->length, 0, columns->length);
	}
}

static int look_up_all(struct bucketmap *map, struct bucketmap_batch *batch,
		       struct reader_columns *columns)
{
	while (batch->done < batch->count) {
		__u64 left = batch->count - batch->done;
		__u32 count = left < READER_GROUP ? left : READER_GROUP;

		if (batch->done % DEADLINE_ENTRIES < READER_GROUP && has_passed(batch->deadline))
			return -ETIME;
		look_up_group(map, columns, count);
		batch->done += count;
		columns->keys += (size_t)count * map->mapping->fixed.key_size;
		columns->results += count;
		if (columns->values)
			columns->values += (size_t)count * columns->length;
	}
	return 0;
}

int bucketmap_batch(struct bucketmap *map, struct bucketmap_batch *batch)
{
	struct reader_columns columns = {
		.offset = batch->offset,
		.length = batch->length,
	};

	if (!can_be_mapped(map, batch) ||
	    !reader_window(map->mapping, &columns.offset, &columns.length))
		return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_BATCH, batch);
	columns.keys = u64_to_pointer(batch->keys);
	columns.values = u64_to_pointer(batch->previous);
	columns.results = u64_to_pointer(batch->results);
	columns.keys += batch->done * map->mapping->fixed.key_size;
	columns.results += batch->done;
	if (columns.values)
		columns.values += batch->done * columns.length;
	return look_up_all(map, batch, &columns);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Walking over all entries of a map.
 */
#include <errno.h>
#include <stdlib.h>

#include "report.h"
#include "walk.h"

/* Bytes of entries to ask for at a time, about. */
#define BATCH_BYTES	(256 * 1024)

struct batch {
	__u32 capacity;
	__u32 count;
	char *keys;
	char *values;
};

static void allocate_batch(struct batch *batch, const struct target *target, __u32 capacity)
{
	batch->capacity = capacity;
	batch->keys = allocate(capacity, target->key_size);
	batch->values = allocate(capacity, target->value_size);
}

static void free_batch(struct batch *batch)
{
	free(batch->values);
	free(batch->keys);
}

static void read_batch(struct batch *batch, const struct target *target,
		       struct bucketmap_cursor *cursor)
{
	int error;

	for (;;) {
		error = bucketmap_scan(target->map, cursor, batch->keys, batch->values,
				       batch->capacity, &batch->count);
		if (error != -ENOBUFS)
			break;
		/* Entries that have to come together; count says how many. */
		free_batch(batch);
		allocate_batch(batch, target, batch->count);
	}
	if (error)
		map_error(target->name, error);
}

void walk_entries(const struct target *target,
		  void (*each)(const struct target *target, const void *key, const void *value,
			       void *context),
		  void *context)
{
	struct bucketmap_cursor cursor = { 0 };
	struct batch batch;

	allocate_batch(&batch, target, BATCH_BYTES / (target->key_size + target->value_size));
	while (!(cursor.flags & BUCKETMAP_SCAN_END)) {
		read_batch(&batch, target, &cursor);
		for (size_t i = 0; i < batch.count; i++)
			each(target, batch.keys + i * target->key_size,
			     batch.values + i * target->value_size, context);
	}
	free_batch(&batch);
}

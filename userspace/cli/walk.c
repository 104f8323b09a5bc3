// SPDX-License-Identifier: GPL-2.0
/*
 * Walks over all entries of a map.
 */
#include <errno.h>
#include <stdlib.h>

#include "report.h"
#include "walk.h"

/* Approximate size of a batch of entries in bytes. */
#define BATCH_BYTES	(256 * 1024)

static void allocate_batch(struct walk *walk, __u32 capacity)
{
	walk->capacity = capacity;
	walk->keys = allocate(capacity, walk->target->key.size);
	walk->values = walk->keys_only ? NULL : allocate(capacity, walk->target->value.size);
}

static void free_batch(struct walk *walk)
{
	free(walk->values);
	free(walk->keys);
}

static void read_batch(struct walk *walk)
{
	int error;

	for (;;) {
		begin_read(walk->target);
		error = bucketmap_scan(walk->target->map, &walk->cursor, walk->keys, walk->values,
				       0, 0, walk->capacity, &walk->count);
		if (error != -ENOBUFS)
			break;
		/* These entries must be read together; count is their number. */
		free_batch(walk);
		allocate_batch(walk, walk->count);
	}
	if (error)
		map_error(walk->target->name, error);
	walk->next = 0;
}

static void start_walk(struct walk *walk)
{
	const struct target *target = walk->target;

	allocate_batch(walk, BATCH_BYTES / (target->key.size + target->value.size));
	read_batch(walk);
}

void begin_walk(struct walk *walk, const struct target *target)
{
	*walk = (struct walk) { .target = target };
	start_walk(walk);
}

void begin_walk_of_keys(struct walk *walk, const struct target *target)
{
	*walk = (struct walk) { .target = target, .keys_only = true };
	start_walk(walk);
}

bool next_entry(struct walk *walk)
{
	while (walk->next == walk->count) {
		if (walk->cursor.end)
			return false;
		read_batch(walk);
	}
	walk->key = walk->keys + (size_t)walk->next * walk->target->key.size;
	if (!walk->keys_only)
		walk->value = walk->values + (size_t)walk->next * walk->target->value.size;
	walk->next++;
	return true;
}

double walked_part(const struct walk *walk)
{
	if (walk->cursor.end)
		return 1;
	/* The position is a hash, and hashes are evenly distributed. */
	return (double)walk->cursor.position / 18446744073709551616.0;
}

void end_walk(struct walk *walk)
{
	free_batch(walk);
}

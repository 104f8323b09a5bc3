/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walking over all entries of a map, in memory that does not depend on how many
 * there are:
 *
 *	begin_walk(&walk, &target);
 *	while (next_entry(&walk))
 *		... walk.key, walk.value ...
 *	end_walk(&walk);
 */
#ifndef _BUCKETMAP_CLI_WALK_H
#define _BUCKETMAP_CLI_WALK_H

#include <stdbool.h>

#include "target.h"

/**
 * struct walk - a walk
 * @target: the map
 * @key: key of the entry where the walk is
 * @value: its value
 * @cursor: where the kernel goes on
 * @capacity: entries that @keys and @values have room for
 * @count: entries that are in them
 * @next: the one of them that is the next
 * @keys: their keys
 * @values: their values
 */
struct walk {
	const struct target *target;
	const char *key;
	const char *value;
	struct bucketmap_cursor cursor;
	__u32 capacity;
	__u32 count;
	__u32 next;
	char *keys;
	char *values;
};

void begin_walk(struct walk *walk, const struct target *target);

/* Goes to the next entry; false behind the last one. Ends the program on errors. */
bool next_entry(struct walk *walk);

/* How much of the map is behind us, 0 to 1. */
double walked_part(const struct walk *walk);

void end_walk(struct walk *walk);

#endif /* _BUCKETMAP_CLI_WALK_H */

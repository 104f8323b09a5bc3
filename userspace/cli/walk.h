/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks over all entries of a map, in memory that does not depend on their number:
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
 * @keys_only: values are not read
 * @key: key of the current entry
 * @value: its value; NULL if values are not read
 * @cursor: where the next batch begins
 * @capacity: number of entries that @keys and @values can hold
 * @count: number of entries in them
 * @next: index of the next entry
 * @keys: column of keys
 * @values: column of values
 */
struct walk {
	const struct target *target;
	bool keys_only;
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
void begin_walk_of_keys(struct walk *walk, const struct target *target);

/* Advances to the next entry; returns false after the last one. Ends the program on errors. */
bool next_entry(struct walk *walk);

/* Returns the fraction of the walk that is done, 0 to 1. */
double walked_part(const struct walk *walk);

void end_walk(struct walk *walk);

#endif /* _BUCKETMAP_CLI_WALK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots of all entries of a map, and the differences between two of them.
 */
#ifndef _BUCKETMAP_CLI_SNAPSHOT_H
#define _BUCKETMAP_CLI_SNAPSHOT_H

#include <stddef.h>

#include "target.h"

/**
 * struct snapshot - entries in the order of their keys
 * @count: number of entries
 * @capacity: number of entries that there is memory for
 * @entries: keys and values, without gaps
 */
struct snapshot {
	size_t count;
	size_t capacity;
	char *entries;
};

/* Replaces the contents of @snapshot, which is all zero at first. */
void take_snapshot(struct snapshot *snapshot, const struct target *target);

enum change {
	ENTRY_MADE,
	ENTRY_CHANGED,
	ENTRY_REMOVED,
};

/* Called for each entry that differs, with its new value, or its last one if it was removed. */
typedef void on_change(const struct target *target, enum change change,
		       const void *key, const void *value);

void compare_snapshots(const struct target *target, const struct snapshot *before,
		       const struct snapshot *after, on_change *report);

#endif /* _BUCKETMAP_CLI_SNAPSHOT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All entries of a map at one time, and what differs from one time to the other.
 */
#ifndef _BUCKETMAP_CLI_SNAPSHOT_H
#define _BUCKETMAP_CLI_SNAPSHOT_H

#include <stddef.h>

#include "target.h"

/**
 * struct snapshot - entries in the order of their keys
 * @count: how many
 * @capacity: how many there is memory for
 * @entries: each a key and its value, without gaps
 */
struct snapshot {
	size_t count;
	size_t capacity;
	char *entries;
};

/* Begins as all zero. Takes the place of what it held. */
void take_snapshot(struct snapshot *snapshot, const struct target *target);

enum change {
	ENTRY_MADE,
	ENTRY_CHANGED,
	ENTRY_REMOVED,
};

/* Called for each entry that differs, with the value that it has, or had when it was removed. */
typedef void on_change(const struct target *target, enum change change,
		       const void *key, const void *value);

void compare_snapshots(const struct target *target, const struct snapshot *before,
		       const struct snapshot *after, on_change *report);

#endif /* _BUCKETMAP_CLI_SNAPSHOT_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Snapshots of all entries of a map.
 */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "snapshot.h"
#include "walk.h"

static size_t entry_size(const struct target *target)
{
	return target->key.size + target->value.size;
}

static void append(struct snapshot *snapshot, const struct walk *walk)
{
	const struct target *target = walk->target;
	size_t size = entry_size(target);
	char *entry;

	if (snapshot->count == snapshot->capacity) {
		snapshot->capacity = snapshot->capacity ? 2 * snapshot->capacity : 64;
		snapshot->entries = reallocarray(snapshot->entries, snapshot->capacity, size);
		if (!snapshot->entries)
			system_error("out of memory");
	}
	entry = snapshot->entries + size * snapshot->count++;
	memcpy(entry, walk->key, target->key.size);
	memcpy(entry + target->key.size, walk->value, target->value.size);
}

static int compare_keys(const void *left, const void *right, void *key_size)
{
	return memcmp(left, right, *(const __u32 *)key_size);
}

void take_snapshot(struct snapshot *snapshot, const struct target *target)
{
	__u32 key_size = target->key.size;
	struct walk walk;

	snapshot->count = 0;
	begin_walk(&walk, target);
	while (next_entry(&walk))
		append(snapshot, &walk);
	end_walk(&walk);
	if (snapshot->count)
		qsort_r(snapshot->entries, snapshot->count, entry_size(target), compare_keys,
			&key_size);
}

void compare_snapshots(const struct target *target, const struct snapshot *before,
		       const struct snapshot *after, on_change *report)
{
	size_t size = entry_size(target), key_size = target->key.size;
	const char *old = before->entries, *old_end = old + size * before->count;
	const char *new = after->entries, *new_end = new + size * after->count;

	while (old < old_end || new < new_end) {
		int order = old == old_end ? 1 : new == new_end ? -1 : memcmp(old, new, key_size);

		if (order < 0)
			report(target, ENTRY_REMOVED, old, old + key_size);
		else if (order > 0)
			report(target, ENTRY_MADE, new, new + key_size);
		else if (memcmp(old + key_size, new + key_size, target->value.size) != 0)
			report(target, ENTRY_CHANGED, new, new + key_size);
		old += order <= 0 ? size : 0;
		new += order >= 0 ? size : 0;
	}
}

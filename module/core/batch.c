// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: one operation on many entries.
 *
 * Most of the time that an operation on a large table takes, it waits for
 * memory. So a batch goes in groups: it hashes the keys of a group and asks for
 * the memory of all their buckets, then of the slots that their tags lead to,
 * and then carries out one operation after the other. What it asked for is a
 * guess only: nothing depends on it.
 */
#include <linux/export.h>
#include <linux/prefetch.h>

#include "core/operations.h"

/* Entries that are under way together: as many as memory can be asked for. */
#define GROUP	32

/**
 * struct group - entries that are under way together
 * @map: the map
 * @keys: column of keys
 * @entry: the entry that is carried out, its window with a length
 * @first: number of the first entry
 * @count: entries
 * @hashes: hashes of their keys
 */
struct group {
	struct bucketmap *map;
	const void *keys;
	struct bucketmap_columns entry;
	u32 first;
	u32 count;
	u64 hashes[GROUP];
};

static const void *key_at(const struct group *group, u32 number)
{
	return group->keys +
	       (size_t)(group->first + number) * group->map->layout.key_size;
}

/*
 * Inlined by force: a function that does nothing but prefetch is one without
 * effect to GCC 12, which drops the calls to it.
 */
static __always_inline void prefetch_bucket(const struct bm_table *table,
					    u64 hash, bool writes)
{
	u32 index = bm_table_index(table, hash);

	if (writes) {
		prefetchw(bm_table_home(table, index));
		prefetchw(&table->locks[index]);
	} else {
		prefetch(bm_table_home(table, index));
	}
}

/* The first slot that the tags lead to: mostly the right one. */
static void prefetch_slot(const struct bm_table *table, u64 hash)
{
	struct bm_record *home = bm_table_home(table,
					       bm_table_index(table, hash));
	u64 bits = bm_tags_match(READ_ONCE(home->tags), bm_tag(hash));

	if (bits)
		prefetch(bm_slot_key(table->layout, home, bm_tags_first(bits)));
}

static void group_prefetch(struct group *group)
{
	bool writes = group->entry.operation != BUCKETMAP_LOOKUP;
	struct bucketmap *map = group->map;
	struct bm_table *table;
	struct bm_key key __uninitialized;
	u32 i;

	rcu_read_lock();
	table = rcu_dereference(map->table);
	for (i = 0; i < group->count; i++) {
		bm_key_init(map, &key, key_at(group, i));
		group->hashes[i] = key.hash;
		prefetch_bucket(table, key.hash, writes);
	}
	for (i = 0; i < group->count; i++)
		prefetch_slot(table, group->hashes[i]);
	rcu_read_unlock();
}

/* Did an operation with that result write what was there before? */
static bool gave_previous(u32 operation, int result)
{
	switch (operation) {
	case BUCKETMAP_LOAD_OR_STORE:
	case BUCKETMAP_SWAP:
		return result == 1;
	default:
		return !result;
	}
}

static int run_entry(struct group *group, u32 number, gfp_t gfp)
{
	struct bucketmap_columns *entry = &group->entry;
	struct bucketmap_window window = entry->window;
	struct bm_key key __uninitialized;
	int result;

	bm_key_load(&group->map->layout, &key, key_at(group, number));
	key.hash = group->hashes[number];
	if (entry->operation == BUCKETMAP_LOOKUP)
		result = bm_read(group->map, &key, window, entry->previous);
	else
		result = bm_change(group->map, &key, entry, window, gfp);
	if (entry->previous && !gave_previous(entry->operation, result))
		memset(entry->previous, 0, window.length);
	return result;
}

/* The columns' entry becomes the next one. */
static void advance(struct bucketmap_columns *entry)
{
	if (entry->values)
		entry->values += entry->window.length;
	if (entry->expected)
		entry->expected += entry->window.length;
	if (entry->previous)
		entry->previous += entry->window.length;
}

/* Returns how many entries are finished: all, unless a signal came. */
static u32 run_group(struct group *group, s32 *results, gfp_t gfp)
{
	u32 i;

	group_prefetch(group);
	for (i = 0; i < group->count; i++) {
		int result = run_entry(group, i, gfp);

		if (result == -EINTR)
			break;
		results[group->first + i] = result;
		advance(&group->entry);
	}
	return i;
}

/**
 * bucketmap_batch() - carry out an operation on many entries
 * @map: the map
 * @columns: what is to be done
 * @count: entries
 * @finished: becomes how many of them, from the first on, are finished and have
 *	their results; nothing was done with the others
 * @gfp: allocation flags, for operations that may make an entry
 *
 * Entries are worked on in their order, each an operation of its own. What
 * goes wrong with one is its result, and the others are carried out.
 *
 * Context: as bucketmap_operate(). No lock is held between two entries.
 * Return: 0; -EINVAL for an unknown operation or a window that does not lie
 * inside the value; -EINTR if a signal came while an entry waited for a larger
 * table.
 */
int bucketmap_batch(struct bucketmap *map,
		    const struct bucketmap_columns *columns, u32 count,
		    u32 *finished, gfp_t gfp)
{
	struct group group = {
		.map = map,
		.keys = columns->keys,
		.entry = *columns,
	};
	int err;

	*finished = 0;
	err = bm_operation_check(map, columns->operation, &group.entry.window);
	if (err)
		return err;
	while (group.first < count) {
		group.count = min_t(u32, GROUP, count - group.first);
		*finished += run_group(&group, columns->results, gfp);
		group.first += group.count;
		if (*finished < group.first)
			return -EINTR;
	}
	return 0;
}
EXPORT_SYMBOL_GPL(bucketmap_batch);

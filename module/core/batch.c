// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: one operation on many entries.
 *
 * Most of the time that an operation on a large table takes, it waits for
 * memory. So a batch goes in groups: it hashes the keys of a group and asks for
 * the memory of all their buckets, then of the slots that their tags lead to,
 * and then carries out one operation after the other. Before it does that, it
 * asks for the buckets of the next group. What it asked for is a guess only:
 * nothing depends on it.
 */
#include <linux/export.h>
#include <linux/prefetch.h>

#include "core/change.h"
#include "core/ops.h"
#include "core/read.h"

/* Entries of a group: as many as memory can be asked for. */
#define GROUP	32

/**
 * struct batch - a batch that is carried out
 * @map: the map
 * @keys: column of keys
 * @count: entries
 * @op: the entry that comes next, its window with a length
 * @gfp: allocation flags
 */
struct batch {
	struct bucketmap *map;
	const void *keys;
	u32 count;
	struct bucketmap_op op;
	gfp_t gfp;
};

/**
 * struct group - entries that are under way together
 * @first: number of the first one
 * @count: entries
 * @hashes: hashes of their keys
 */
struct group {
	u32 first;
	u32 count;
	u64 hashes[GROUP];
};

static __always_inline const void *key_at(const struct batch *batch,
					  const struct bm_layout *layout,
					  const struct group *group, u32 number)
{
	return batch->keys +
	       (size_t)(group->first + number) * layout->key_size;
}

/* Hashes the keys of the group that begins at @first, and asks for buckets. */
static __always_inline void group_begin(struct batch *batch,
					const struct bm_layout *layout,
					struct group *group, u32 first)
{
	bool writes = batch->op.operation != BUCKETMAP_LOOKUP;
	struct bucketmap *map = batch->map;
	struct bm_key key __uninitialized;
	struct bm_table *table;
	u32 i;

	group->first = first;
	group->count = min_t(u32, GROUP, batch->count - first);
	rcu_read_lock();
	table = rcu_dereference(map->table);
	for (i = 0; i < group->count; i++) {
		u32 index;

		bm_key_prepare(map, layout, &key,
			       key_at(batch, layout, group, i));
		group->hashes[i] = key.hash;
		index = bm_table_index(table, key.hash);
		if (writes) {
			prefetchw(bm_table_record(table, layout, index));
			prefetchw(bm_table_lock(table, index));
		} else {
			prefetch(bm_table_record(table, layout, index));
		}
	}
	rcu_read_unlock();
}

/* Asks for the first slot that the tags lead to: mostly the right one. */
static __always_inline void group_find(struct batch *batch,
				       const struct bm_layout *layout,
				       const struct group *group)
{
	struct bm_table *table;
	u32 i;

	rcu_read_lock();
	table = rcu_dereference(batch->map->table);
	for (i = 0; i < group->count; i++) {
		u64 hash = group->hashes[i], bits;
		struct bm_record *home;

		home = bm_table_record(table, layout,
				       bm_table_index(table, hash));
		bits = bm_tags_match(READ_ONCE(home->tags), bm_tag(hash));
		if (bits)
			prefetch(bm_slot_key(layout, home,
					     bm_tags_first(bits)));
	}
	rcu_read_unlock();
}

static __always_inline int run_entry(struct batch *batch,
				     const struct bm_layout *layout,
				     const struct group *group, u32 number)
{
	struct bucketmap_op *op = &batch->op;
	struct bucketmap_window window = op->window;
	struct bm_key key __uninitialized;
	int result;

	bm_key_load(layout, &key, key_at(batch, layout, group, number));
	key.hash = group->hashes[number];
	if (op->operation == BUCKETMAP_LOOKUP)
		result = bm_read(batch->map, &key, window, op->previous);
	else
		result = bm_change(batch->map, &key, op, batch->gfp);
	if (op->previous && !bm_op_gave_previous(&bm_op_rules[op->operation], result))
		memset(op->previous, 0, window.length);
	return result;
}

/* The columns' entry becomes the next one. */
static void advance(struct bucketmap_op *op)
{
	if (op->values)
		op->values += op->window.length;
	if (op->expected)
		op->expected += op->window.length;
	if (op->previous)
		op->previous += op->window.length;
}

/* Returns how many entries are finished: all, unless a signal came. */
static __always_inline u32 group_run(struct batch *batch,
				     const struct bm_layout *layout,
				     const struct group *group)
{
	s32 *results = batch->op.results + group->first;
	u32 i;

	for (i = 0; i < group->count; i++) {
		int result = run_entry(batch, layout, group, i);

		if (result == -EINTR)
			break;
		results[i] = result;
		advance(&batch->op);
	}
	return i;
}

/* Returns how many entries are finished. */
static __always_inline u32 run_batch(struct batch *batch,
				     const struct bm_layout *layout)
{
	struct group groups[2] __uninitialized;
	struct group *group = &groups[0], *next = &groups[1];
	u32 finished = 0;

	group_begin(batch, layout, group, 0);
	while (group->count) {
		group_find(batch, layout, group);
		group_begin(batch, layout, next, group->first + group->count);
		finished += group_run(batch, layout, group);
		if (finished < next->first)
			break;
		swap(group, next);
	}
	return finished;
}

static noinline u32 run_words(struct batch *batch)
{
	return run_batch(batch, &bm_layout_words);
}

static noinline u32 run_any(struct batch *batch)
{
	return run_batch(batch, &batch->map->layout);
}

/**
 * bm_batch() - carry out an operation on many entries
 * @map: the map
 * @op: as for bucketmap_batch(), checked by bm_op_check()
 * @count: entries
 * @gfp: allocation flags
 *
 * Context: as bucketmap_batch().
 * Return: how many entries are finished: fewer than @count if a signal came.
 */
u32 bm_batch(struct bucketmap *map, const struct bucketmap_op *op, u32 count,
	     gfp_t gfp)
{
	struct batch batch = {
		.map = map,
		.keys = op->keys,
		.count = count,
		.op = *op,
		.gfp = gfp,
	};

	return map->layout.words ? run_words(&batch) : run_any(&batch);
}

/**
 * bucketmap_batch() - carry out an operation on many entries
 * @map: the map
 * @op: what is to be done
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
 * inside the value; -EINTR if a signal came while an entry waited for room.
 */
int bucketmap_batch(struct bucketmap *map, const struct bucketmap_op *op,
		    u32 count, u32 *finished, gfp_t gfp)
{
	struct bucketmap_op checked = *op;
	int err;

	*finished = 0;
	err = bm_op_check(map, op->operation, &checked.window);
	if (err)
		return err;
	*finished = bm_batch(map, &checked, count, gfp);
	return *finished < count ? -EINTR : 0;
}
EXPORT_SYMBOL_GPL(bucketmap_batch);

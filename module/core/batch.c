// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: one operation on many entries.
 *
 * An operation on a large table spends most of its time in cache misses. So a
 * batch is divided into groups. It hashes the keys of a group and prefetches
 * their buckets, then the slots that the tags select, then the buckets of the
 * next group, and then carries out the operations of the group one by one. The
 * prefetches are only hints: nothing depends on them.
 */
#include <linux/export.h>
#include <linux/prefetch.h>

#include "core/change.h"
#include "core/ops.h"
#include "core/read.h"

/*
 * Entries of a group: about as many prefetches as the CPU can have in flight.
 */
#define GROUP	32

/**
 * struct batch - a batch in progress
 * @map: the map
 * @keys: column of keys
 * @count: number of entries
 * @op: the operation, its columns at the next entry, its window with a length
 * @rule: what the operation does
 * @gfp: allocation flags
 */
struct batch {
	struct bucketmap *map;
	const void *keys;
	u32 count;
	struct bucketmap_op op;
	const struct bm_op_rule *rule;
	gfp_t gfp;
};

/**
 * struct group - entries whose memory is prefetched together
 * @first: number of the first entry
 * @count: number of entries
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

/*
 * Hashes the keys of the group that begins at @first, and prefetches buckets.
 */
static __always_inline void group_begin(struct batch *batch,
					const struct bm_layout *layout,
					struct group *group, u32 first)
{
	bool writes = bm_op_writes(batch->rule);
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

/*
 * Prefetches the first slot with a matching tag, which is mostly the right one.
 */
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
	const struct bm_op_rule *rule = batch->rule;
	struct bucketmap_window window = op->window;
	struct bm_key key __uninitialized;
	int result;

	bm_key_load(layout, &key, key_at(batch, layout, group, number));
	key.hash = group->hashes[number];
	if (!bm_op_writes(rule))
		result = bm_read(batch->map, &key, window, op->previous);
	else
		result = bm_change(batch->map, &key, op, batch->gfp);
	if (op->previous && !bm_op_gave_previous(rule, result))
		memset(op->previous, 0, window.length);
	return result;
}

/* Advances the columns to the next entry. */
static void advance(struct bucketmap_op *op)
{
	if (op->values)
		op->values += op->window.length;
	if (op->expected)
		op->expected += op->window.length;
	if (op->previous)
		op->previous += op->window.length;
}

/* Returns how many entries are finished: all, unless a signal arrived. */
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
 * Return: number of finished entries; less than @count if a signal arrived.
 */
u32 bm_batch(struct bucketmap *map, const struct bucketmap_op *op, u32 count,
	     gfp_t gfp)
{
	struct batch batch = {
		.map = map,
		.keys = op->keys,
		.count = count,
		.op = *op,
		.rule = &bm_op_rules[op->operation],
		.gfp = gfp,
	};

	return map->layout.words ? run_words(&batch) : run_any(&batch);
}

/**
 * bucketmap_batch() - carry out an operation on many entries
 * @map: the map
 * @op: the operation
 * @count: number of entries
 * @done: becomes the number of entries, from the first on, that are
 *	finished and have results; the others have not been started
 * @gfp: allocation flags, for operations that may make an entry
 *
 * The entries are processed in order, each as an operation of its own. An error
 * of one entry is its result; the batch goes on with the next.
 *
 * Context: as bucketmap_operate(). No lock is held between two entries.
 * Return: 0; -EINVAL for an unknown operation or a window outside of the value;
 * -EINTR if a signal arrived while an entry waited for a free slot.
 */
int bucketmap_batch(struct bucketmap *map, const struct bucketmap_op *op,
		    u32 count, u32 *done, gfp_t gfp)
{
	struct bucketmap_op checked = *op;
	int err;

	*done = 0;
	err = bm_op_check(map, &checked.operation, &checked.window);
	if (err)
		return err;
	*done = bm_batch(map, &checked, count, gfp);
	return *done < count ? -EINTR : 0;
}
EXPORT_SYMBOL_GPL(bucketmap_batch);

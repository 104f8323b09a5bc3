// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to one key.
 *
 * All operations that write take the same path: lock the key's bucket, find the
 * key, change, make or remove the entry as the operation's rule says, unlock.
 * An insert that finds no free slot unlocks, gets one and starts again.
 */
#include "core/change.h"
#include "core/evacuate.h"
#include "core/ops.h"
#include "core/space.h"

/*
 * An insert into a chain of this many records grows the table or kicks the
 * worker.
 */
#define CHAIN_KICK	3

/* In a table of this order or below, each delete kicks the worker. */
#define ORDER_SMALL	4

/**
 * struct change - a write to one key
 * @rule: rule of the operation
 * @op: arguments of the operation
 * @window: part of the value that is read and written
 * @existed: out: the key existed
 * @kept: out: the entry existed and is as it was
 */
struct change {
	const struct bm_op_rule *rule;
	const struct bucketmap_op *op;
	struct bucketmap_window window;
	bool existed;
	bool kept;
};

/*
 * Gets a slot, takes a credit and makes the entry, all with the bucket's lock
 * held. So the map never exceeds max_entries, and never refuses an entry with
 * -ENOSPC while max_entries permits it. Entries that are being made or removed
 * count until that is done.
 */
static __always_inline int
make_entry(struct bucketmap *map, const struct bm_layout *layout,
	   const struct bm_bucket *bucket, const struct bm_key *key,
	   struct bm_place *place, struct change *change)
{
	u32 link;
	int err;

	err = bm_bucket_free_slot(bucket, place, &link);
	if (unlikely(err))
		return err;
	if (!bm_credit_take(map)) {
		bm_pool_put(&bucket->table->pool, link);
		bm_count_here(map, BM_REFUSED_FULL);
		return -ENOSPC;
	}
	bm_bucket_insert(bucket, layout, key, place, link, change->window,
			 change->op->values);
	percpu_counter_add_batch(&map->count, 1, bucket->table->count_batch);
	bm_count_here(map, BM_INSERTED);
	if (link)
		bm_count_here(map, BM_OVERFLOW_LINKED);
	return 0;
}

/* An operation on a number. Returns false if the number stays as it is. */
static __always_inline bool
change_number(const struct bm_bucket *bucket, const struct bm_layout *layout,
	      const struct bm_place *place, const struct change *change)
{
	const u64 *value = bm_slot_value(layout, place->record, place->slot);
	u64 number = value[change->window.offset / sizeof(u64)];
	u64 operand = *(const u64 *)change->op->values;

	if (change->rule->present == BM_ADD)
		number += operand;
	else if (number < operand)
		number = operand;
	else
		return false;
	bm_bucket_overwrite(bucket, layout, place, change->window, &number);
	return true;
}

static __always_inline int
change_present(struct bucketmap *map, const struct bm_layout *layout,
	       const struct bm_bucket *bucket, struct bm_place *place,
	       struct change *change)
{
	const u64 *value = bm_slot_value(layout, place->record, place->slot);
	const struct bucketmap_op *op = change->op;
	struct bucketmap_window window = change->window;
	bool differs;

	change->existed = true;
	/* Compare first: previous may be the same memory as expected. */
	differs = op->expected &&
		  !bm_words_match(value, window.offset, op->expected,
				  window.length);
	if (op->previous)
		bm_words_load(op->previous, value, window.offset,
			      window.length);
	if (differs)
		return -ECANCELED;

	switch (change->rule->present) {
	case BM_READ:
		return 0;
	case BM_REFUSE:
		return -EEXIST;
	case BM_KEEP:
		change->kept = true;
		return 0;
	case BM_OVERWRITE:
		bm_bucket_overwrite(bucket, layout, place, window,
				    op->values);
		break;
	case BM_ADD:
	case BM_MAX:
		change->kept = !change_number(bucket, layout, place, change);
		if (change->kept)
			return 0;
		break;
	case BM_REMOVE:
		bm_entry_remove(map, layout, bucket, place);
		return 0;
	}
	bm_count_here(map, BM_OVERWRITTEN);
	return 0;
}

/*
 * Does an insert grow the table, or kick the worker? Yes, if the table is too
 * full, the chain is long, or the pool is low. An insert into a chain of one
 * record has taken nothing from the pool, so the pool is not checked then.
 */
static inline bool insert_kicks(struct bucketmap *map, struct bm_table *table,
				const struct bm_place *place, int err)
{
	return bm_count_estimate(map) >
	       BM_LOAD_GROW(bm_table_buckets(table)) ||
	       ((place->depth || err) &&
		(place->depth + 1 >= CHAIN_KICK || bm_pool_low(&table->pool)));
}

/**
 * bm_removal_kicks() - does the removal of an entry kick the worker?
 * @map: the map
 * @bucket: the bucket that the entry was removed from
 *
 * In a large table of the right size, few buckets are ever empty. In a small
 * table all remaining entries may be in one bucket, and a pass is cheap.
 *
 * Context: the bucket's lock is held.
 * Return: true if the table may be too large.
 */
bool bm_removal_kicks(const struct bucketmap *map,
		      const struct bm_bucket *bucket)
{
	u32 order = bucket->table->order;

	return (!bucket->home->tags || order <= ORDER_SMALL) &&
	       order > READ_ONCE(map->order_min);
}

/* One try, in one read section, most of it with the bucket's lock held. */
static __always_inline int
try_change(struct bucketmap *map, const struct bm_layout *layout,
	   const struct bm_key *key, struct change *change, gfp_t gfp)
{
	struct bm_bucket bucket;
	struct bm_place place;
	bool kick = false, kick_later = false;
	bool wanted;
	int err;

	change->existed = false;
	change->kept = false;
	bm_rcu_read_lock_bh();
	bm_migration_help(map, key->hash);
	bm_bucket_lock(map, layout, key->hash, &bucket);
	bm_bucket_find(&bucket, layout, key, &place);
	if (bm_place_found(&place)) {
		err = change_present(map, layout, &bucket, &place, change);
		kick_later = change->rule->present == BM_REMOVE &&
			    bm_removal_kicks(map, &bucket);
	} else if (change->rule->create) {
		err = make_entry(map, layout, &bucket, key, &place, change);
		kick = insert_kicks(map, bucket.table, &place, err);
	} else {
		err = -ENOENT;
	}
	wanted = bm_watch_wanted(map);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	if (wanted && !err && !change->kept)
		bm_watch_changed(map, key);
	if (kick && !bm_grow_small(map, gfp))
		bm_resize_kick(map);
	else if (kick_later)
		bm_resize_kick_later(map);
	return err;
}

static noinline int refuse(struct bucketmap *map, int refusal)
{
	if (refusal == -EMLINK)
		bm_count(map, BM_REFUSED_COLLISIONS);
	else
		bm_count(map, BM_REFUSED_MEMORY);
	return refusal;
}

/*
 * Tries a second time before it waits: the first try ran before progress was
 * read, so a slot may have become free unnoticed. Tries again before it
 * refuses: other tasks may have freed a slot by deletes, which do not count as
 * progress.
 */
static __always_inline int
change_entry(struct bucketmap *map, const struct bm_layout *layout,
	     const struct bm_key *key, struct change *change, gfp_t gfp)
{
	u64 progress = BM_PROGRESS_UNKNOWN;
	int refusal = 0;
	int err;

	do {
		err = try_change(map, layout, key, change, gfp);
		if (likely(err != -EAGAIN && err != -EMLINK))
			return err;
		if (refusal)
			return refuse(map, refusal);
		if (progress != BM_PROGRESS_UNKNOWN)
			refusal = bm_space_make(map, key->hash, err, progress,
						gfp);
		progress = bm_resize_progress(map);
	} while (refusal != -EINTR);
	return -EINTR;
}

static __always_inline int
carry_out(struct bucketmap *map, const struct bm_layout *layout,
	  const struct bm_key *key, const struct bucketmap_op *op,
	  struct bucketmap_window window, gfp_t gfp)
{
	struct change change = {
		.rule = &bm_op_rules[op->operation],
		.op = op,
		.window = window,
	};
	int err = change_entry(map, layout, key, &change, gfp);

	if (unlikely(err))
		return err;
	if (change.rule->window == BM_WINDOW_NUMBER && op->previous && !change.existed)
		memset(op->previous, 0, sizeof(u64));
	return change.rule->tells && change.existed;
}

static noinline int change_word(struct bucketmap *map, const struct bm_key *key,
				const struct bucketmap_op *op, gfp_t gfp)
{
	return carry_out(map, &bm_layout_words, key, op, bm_window_word, gfp);
}

static noinline int change_any(struct bucketmap *map, const struct bm_key *key,
			       const struct bucketmap_op *op, gfp_t gfp)
{
	return carry_out(map, &map->layout, key, op, op->window, gfp);
}

/**
 * bm_change() - carry out an operation that writes
 * @map: the map
 * @key: the key
 * @op: the operation, checked by bm_op_check()
 * @gfp: allocation flags
 *
 * Context: as bucketmap_operate().
 * Return: as bucketmap_operate().
 */
int bm_change(struct bucketmap *map, const struct bm_key *key,
	      const struct bucketmap_op *op, gfp_t gfp)
{
	if (bm_window_is_word(map, op->window))
		return change_word(map, key, op, gfp);
	return change_any(map, key, op, gfp);
}

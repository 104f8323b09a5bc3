// SPDX-License-Identifier: GPL-2.0
/*
 * Clear: remove all entries, bucket by bucket in the order of their hashes.
 *
 * This walks the map as a scan does. Entries that are made behind the cursor
 * stay.
 */
#include <linux/export.h>

#include "core/change.h"
#include "core/cursor.h"

/**
 * struct chain - the records of a locked bucket
 * @records: the records, from the home record on
 * @count: number of records
 */
struct chain {
	struct bm_record *records[BM_CHAIN_MAX];
	u32 count;
};

/* Collects the records of a chain. No chain has more than BM_CHAIN_MAX. */
static bool chain_walk(const struct bm_bucket *bucket, struct chain *chain)
{
	struct bm_record *record = bucket->home;

	chain->count = 0;
	do {
		if (WARN_ON_ONCE(chain->count == BM_CHAIN_MAX))
			return false;
		chain->records[chain->count++] = record;
		record = bm_chain_next(bucket->table, record);
	} while (record);
	return true;
}

/* Removes an entry from a chain, which may get one record shorter. */
static void chain_remove(struct bucketmap *map, const struct bm_bucket *bucket,
			 struct chain *chain, const struct bm_place *place)
{
	u32 last = chain->count - 1;
	const struct bm_place tail = {
		.record = chain->records[last],
		.before = last ? chain->records[last - 1] : NULL,
	};
	bool unlinked = bm_bucket_remove_by_tail(bucket, &map->layout, place,
						 &tail);

	chain->count -= unlinked;
	bm_entry_removed(map, bucket, unlinked);
}

/*
 * Removes the bucket's entries with hashes from @first to @last. Goes
 * backwards, so that holes are filled with entries that were already checked
 * and stay: one walk over the chain is enough. Returns whether there were any.
 */
static bool clear_bucket(struct bucketmap *map,
			 const struct bm_bucket *bucket, u64 first, u64 last)
{
	struct chain chain;
	bool removed = false;
	u32 depth;

	if (!chain_walk(bucket, &chain))
		return false;
	for (depth = chain.count; depth--; ) {
		struct bm_place place = { .record = chain.records[depth] };

		place.slot = bm_tags_count(place.record->tags);
		while (place.slot--) {
			u64 hash = bm_entry_hash(map, place.record, place.slot);

			if (hash < first || hash > last)
				continue;
			chain_remove(map, bucket, &chain, &place);
			removed = true;
		}
	}
	return removed;
}

/**
 * bucketmap_clear() - remove the next entries
 * @map: the map
 * @cursor: where to go on, zeroed before the first call; advanced behind the
 *	removed entries
 *
 * When the cursor has reached its end, every entry that existed before the
 * first call, and has not been written since, is gone.
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets, a limited number in a call. Does not sleep.
 */
void bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor)
{
	bool kick = false, wanted = false;
	u64 first = cursor->position, last = 0;
	u32 visits;

	for (visits = 0; visits < BM_VISITS_MAX && !cursor->end; visits++) {
		struct bm_bucket bucket;

		bm_rcu_read_lock_bh();
		bm_bucket_lock(map, &map->layout, cursor->position, &bucket);
		last = bm_bucket_last(&bucket, cursor->position);
		if (clear_bucket(map, &bucket, cursor->position, last))
			wanted |= bm_watch_wanted(map);
		bm_cursor_pass(cursor, last);
		kick |= bm_removal_kicks(map, &bucket);
		bm_bucket_unlock(&bucket);
		bm_rcu_read_unlock_bh();
	}
	if (kick)
		bm_resize_kick_later(map);
	if (wanted)
		bm_watch_changed_many(map, first, last);
}
EXPORT_SYMBOL_GPL(bucketmap_clear);

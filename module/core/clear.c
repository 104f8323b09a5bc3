// SPDX-License-Identifier: GPL-2.0
/*
 * Clear: removing all entries, bucket by bucket in the order of their hashes.
 *
 * It walks as a scan does. Entries that are made behind the cursor stay.
 */
#include <linux/export.h>

#include "core/cursor.h"
#include "core/operations.h"
#include "core/resize.h"

/* Finds the place of a bucket's entry by its number. */
static void place_at(const struct bm_bucket *bucket, u32 number,
		     struct bm_place *place)
{
	*place = (struct bm_place){ .record = bucket->home };
	while (place->depth < number / BM_SLOTS)
		bm_place_advance(bucket, place);
	place->slot = number % BM_SLOTS;
}

static u32 count_entries(const struct bm_bucket *bucket)
{
	struct bm_place place = { .record = bucket->home };

	while (bm_place_advance(bucket, &place))
		;
	return place.depth * BM_SLOTS + bm_tags_count(place.record->tags);
}

/*
 * Removes the bucket's entries from @first to @last. It begins with the last
 * one: what fills a hole then is an entry that is to stay. Returns whether
 * there were any.
 */
static bool clear_bucket(struct bucketmap *map,
			 const struct bm_bucket *bucket, u64 first, u64 last)
{
	u32 number = count_entries(bucket);
	bool removed = false;

	while (number--) {
		struct bm_place place;
		u64 hash;

		place_at(bucket, number, &place);
		hash = bm_entry_hash(map, place.record, place.slot);
		if (hash >= first && hash <= last) {
			bm_entry_remove(map, &map->layout, bucket, &place);
			removed = true;
		}
	}
	return removed;
}

/**
 * bucketmap_clear() - remove the next entries
 * @map: the map
 * @cursor: where to go on, zeroed at first; moved behind what was removed
 *
 * When the cursor has come to its end, every entry that was there at the
 * beginning, and has not been written to since, is gone.
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets, a limited number in a call. Does not sleep.
 */
void bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor)
{
	bool ask = false, wanted = false;
	u32 visits;

	for (visits = 0; visits < BM_VISITS_MAX && !cursor->end; visits++) {
		struct bm_bucket bucket;
		u64 last;

		bm_writer_begin();
		bm_bucket_lock(map, &map->layout, cursor->position, &bucket);
		last = bm_bucket_last(&bucket, cursor->position);
		if (clear_bucket(map, &bucket, cursor->position, last))
			wanted |= bm_watch_wanted(map);
		bm_cursor_pass(cursor, last);
		ask |= bm_entry_removed_asks(map, &bucket);
		bm_bucket_unlock(&bucket);
		bm_writer_end();
	}
	if (ask)
		bm_resize_ask_later(map);
	if (wanted)
		bm_watch_changed_many(map);
}
EXPORT_SYMBOL_GPL(bucketmap_clear);

// SPDX-License-Identifier: GPL-2.0
/*
 * Scan: a walk over all entries in the order of their hashes.
 *
 * Tables of every size hold their entries in hash order. So a scan only has to
 * remember a position in this order, however often the table is replaced
 * between two calls. Each step locks the bucket that is authoritative for the
 * position and emits its entries from there on, ordered by their full hashes.
 * Entries with equal hashes have the same position, so they are emitted
 * together or not at all.
 */
#include <linux/export.h>

#include "core/bucket.h"
#include "core/cursor.h"
#include "core/window.h"

/* Maximum number of entries of a bucket that are sorted at once. */
#define PICKS_MAX	32

/**
 * struct pick - an entry to be emitted
 * @hash: its hash
 * @record: its record
 * @slot: its slot
 */
struct pick {
	u64 hash;
	struct bm_record *record;
	u32 slot;
};

/**
 * struct picks - the entries of a bucket with the smallest hashes
 * @picks: the entries, by ascending hash
 * @count: number of entries
 * @capacity: maximum number of entries
 * @dropped: the smallest hash that was left out, if @more
 * @more: entries were left out
 */
struct picks {
	struct pick picks[PICKS_MAX];
	u32 count;
	u32 capacity;
	u64 dropped;
	bool more;
};

/**
 * struct output - columns that entries are written to
 * @layout: layout of the map
 * @window: the part of each value
 * @keys: column of keys
 * @values: column of windows, or NULL
 * @capacity: capacity of the columns, in entries
 * @count: number of entries written
 */
struct output {
	const struct bm_layout *layout;
	struct bucketmap_window window;
	void *keys;
	void *values;
	u32 capacity;
	u32 count;
};

static void drop(struct picks *picks, u64 hash)
{
	picks->dropped = picks->more ? min(picks->dropped, hash) : hash;
	picks->more = true;
}

static void pick(struct picks *picks, u64 hash, struct bm_record *record,
		 u32 slot)
{
	u32 at;

	if (picks->count == picks->capacity) {
		if (hash >= picks->picks[picks->count - 1].hash)
			return drop(picks, hash);
		drop(picks, picks->picks[--picks->count].hash);
	}
	for (at = picks->count++; at; at--) {
		if (picks->picks[at - 1].hash <= hash)
			break;
		picks->picks[at] = picks->picks[at - 1];
	}
	picks->picks[at] = (struct pick){ hash, record, slot };
}

static void emit(struct output *output, struct bm_record *record, u32 slot)
{
	const struct bm_layout *layout = output->layout;
	struct bucketmap_window window = output->window;
	u32 at = output->count++;

	bm_words_load(output->keys + (size_t)at * layout->key_size,
		      bm_slot_key(layout, record, slot), 0, layout->key_size);
	if (output->values)
		bm_words_load(output->values + (size_t)at * window.length,
			      bm_slot_value(layout, record, slot),
			      window.offset, window.length);
}

/* Emits all entries of one hash, or counts them if they do not fit. */
static int emit_group(struct bucketmap *map, const struct bm_bucket *bucket,
		      u64 hash, struct output *output)
{
	struct bm_record *record = bucket->home;
	u32 begin = output->count;
	u32 size = 0;

	do {
		u64 used = bm_tags_match(record->tags, bm_tag(hash));
		u32 slot;

		bm_for_each_slot(slot, used) {
			if (bm_entry_hash(map, record, slot) != hash)
				continue;
			if (begin + size++ < output->capacity)
				emit(output, record, slot);
		}
		record = bm_chain_next(bucket->table, record);
	} while (record);
	if (begin + size <= output->capacity)
		return 0;
	output->count = begin ? begin : size;
	return begin ? -EAGAIN : -ENOBUFS;
}

static void pick_entries(struct bucketmap *map,
			 const struct bm_bucket *bucket, u64 first, u64 last,
			 struct picks *picks)
{
	struct bm_record *record = bucket->home;

	do {
		u64 used = bm_tags_used(record->tags);
		u32 slot;

		bm_for_each_slot(slot, used) {
			u64 hash = bm_entry_hash(map, record, slot);

			if (hash >= first && hash <= last)
				pick(picks, hash, record, slot);
		}
		record = bm_chain_next(bucket->table, record);
	} while (record);
}

/*
 * Emits the entries of one bucket as far as they fit, and moves the cursor
 * behind them. Returns 0, -EAGAIN if the output has no capacity left for the
 * next entries, or -ENOBUFS if it is too small for them even when empty.
 */
static int scan_bucket(struct bucketmap *map, const struct bm_bucket *bucket,
		       struct bucketmap_cursor *cursor, struct output *output)
{
	struct picks picks;
	u64 last = bm_bucket_last(bucket, cursor->position);
	u32 i;
	int err;

	picks.count = 0;
	picks.more = false;
	picks.capacity = min_t(u32, output->capacity - output->count,
			       PICKS_MAX);
	pick_entries(map, bucket, cursor->position, last, &picks);
	for (i = 0; i < picks.count; i++) {
		/* Other entries with this hash may have been left out. */
		if (picks.more && picks.picks[i].hash == picks.dropped)
			break;
		emit(output, picks.picks[i].record, picks.picks[i].slot);
	}
	if (!picks.more) {
		bm_cursor_pass(cursor, last);
		return 0;
	}
	if (i) {
		bm_cursor_pass(cursor, picks.picks[i - 1].hash);
		return 0;
	}
	err = emit_group(map, bucket, picks.dropped, output);
	if (!err)
		bm_cursor_pass(cursor, picks.dropped);
	return err;
}

/**
 * bucketmap_scan() - read the next entries
 * @map: the map
 * @cursor: where to go on, zeroed before the first call; advanced behind the
 *	returned entries
 * @window: the part of each value to be read
 * @keys: column for @capacity keys of key_size bytes each
 * @values: column for @capacity windows, or NULL
 * @capacity: capacity of the columns, in entries; at least 1
 * @count: becomes the number of entries returned, which may be 0 before the
 *	end; after -ENOBUFS the capacity that is needed
 *
 * A key that exists from the first call to the last is returned exactly once.
 * No key is returned twice. Each window was that of its key's value at some
 * instant during the call.
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets, a limited number in a call. Does not sleep.
 * Return: 0; -EINVAL for a capacity of 0 or a window outside of the value;
 * -ENOBUFS if the next entries have equal hashes and do not fit together.
 */
int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   struct bucketmap_window window, void *keys, void *values,
		   u32 capacity, u32 *count)
{
	int err = bm_window_resolve(map, &window);
	struct output output = {
		.layout = &map->layout,
		.window = window,
		.keys = keys,
		.values = values,
		.capacity = capacity,
	};
	u32 visits = 0;

	if (err || !capacity)
		return -EINVAL;
	while (!err && !cursor->end && output.count < capacity &&
	       visits++ < BM_VISITS_MAX) {
		struct bm_bucket bucket;

		bm_rcu_read_lock_bh();
		bm_bucket_lock(map, &map->layout, cursor->position, &bucket);
		err = scan_bucket(map, &bucket, cursor, &output);
		bm_bucket_unlock(&bucket);
		bm_rcu_read_unlock_bh();
	}
	*count = output.count;
	return err == -EAGAIN ? 0 : err;
}
EXPORT_SYMBOL_GPL(bucketmap_scan);

// SPDX-License-Identifier: GPL-2.0
/*
 * Scan: a walk over all entries in the order of their hashes.
 *
 * Tables of every size hold the entries in hash order, so a position in it is
 * all that a scan has to remember, however often the map is resized between
 * two calls. Each step locks the bucket that is authoritative for the position
 * and emits its entries from there on, by full hash. Entries with the same
 * hash stand at one position, so they are emitted together or not at all.
 */
#include <linux/export.h>

#include "core/bucket.h"
#include "core/cursor.h"

/* Entries of a bucket that are put in order at once. */
#define PICKS_MAX	32

/**
 * struct pick - an entry that was picked to be emitted
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
 * @picks: in ascending order
 * @count: how many
 * @room: how many there may be
 * @dropped: the smallest hash that had to be left out, if @more
 * @more: something was left out
 */
struct picks {
	struct pick picks[PICKS_MAX];
	u32 count;
	u32 room;
	u64 dropped;
	bool more;
};

/**
 * struct output - where entries go
 * @layout: sizes
 * @keys: column of keys
 * @values: column of values, or NULL
 * @capacity: entries that there is room for
 * @count: entries written
 */
struct output {
	const struct bm_layout *layout;
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

	if (picks->count == picks->room) {
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
	u32 at = output->count++;

	bm_words_load(output->keys + (size_t)at * layout->key_size,
		      bm_slot_key(layout, record, slot), 0, layout->key_size);
	if (output->values)
		bm_words_load(output->values + (size_t)at * layout->value_size,
			      bm_slot_value(layout, record, slot), 0,
			      layout->value_size);
}

/* Emits all entries of one hash, or counts them when they do not fit. */
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
 * behind what was emitted.
 * Returns 0, -EAGAIN when the output has no room for what comes next, or
 * -ENOBUFS when it never will have.
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
	picks.room = min_t(u32, output->capacity - output->count, PICKS_MAX);
	pick_entries(map, bucket, cursor->position, last, &picks);
	for (i = 0; i < picks.count; i++) {
		/* The rest of this hash's entries may have been left out. */
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
 * @cursor: where to go on, zeroed at first; moved behind what was returned
 * @keys: takes @capacity keys of key_size bytes each
 * @values: takes as many values of value_size bytes each, or NULL
 * @capacity: entries that there is room for, 1 at least
 * @count: becomes the number of entries returned, which may be 0 before the
 *	end; after -ENOBUFS the capacity that is needed
 *
 * A key that is there from the first call to the last is returned exactly
 * once, none is returned twice, and each value was its key's at some instant
 * during the call.
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets, a limited number in a call. Does not sleep.
 * Return: 0; -EINVAL for a capacity of 0; -ENOBUFS if the next entries have
 * equal hashes and do not fit together.
 */
int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, u32 capacity, u32 *count)
{
	struct output output = {
		.layout = &map->layout,
		.keys = keys,
		.values = values,
		.capacity = capacity,
	};
	u32 visits = 0;
	int err = 0;

	if (!capacity)
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

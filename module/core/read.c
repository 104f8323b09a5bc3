// SPDX-License-Identifier: GPL-2.0
/*
 * Lookup without a lock.
 *
 * A reader takes the head word of the bucket, searches the chain, and looks
 * whether seq is still what it was. If not, it reads again. If so, nothing was
 * moved, removed or overwritten meanwhile but values of a single word: a miss is
 * valid for the instant when it took the head, as inserts may have come later,
 * and a hit for the instant when it loaded the value. A flag that was set
 * meanwhile does no harm: nothing changes in a bucket that has moved.
 *
 * Whoever cannot get a valid view in a number of tries takes the bucket's
 * lock. "Could not be validated" never becomes "absent".
 *
 * At most BM_RETIRED_MAX tables wait for a grace period, so nobody passes more
 * than a few of them in an RCU read section.
 */
#include <linux/export.h>

#include "core/operations.h"

/* About as long as a writer with the largest value takes, several times. */
#define READ_TRIES	64

enum outcome {
	ABSENT,
	FOUND,
	INVALID,
};

static bool seq_changed(const struct bm_record *home, u64 head)
{
	smp_rmb(); /* (A) in bucket.c */
	return (READ_ONCE(home->head) ^ head) & BM_HEAD_SEQ;
}

static enum outcome read_chain(const struct bm_layout *layout,
			       const struct bm_table *table,
			       struct bm_record *home, u64 head,
			       const struct bm_key *key,
			       struct bucketmap_window window, void *value)
{
	struct bm_record *record = home;
	u32 link = bm_head_next(head);
	u32 slot;

	for (;;) {
		/* (B) in bucket.c */
		u64 tags = smp_load_acquire(&record->tags);
		u64 bits = bm_tags_match(tags, bm_tag(key->hash));

		bm_for_each_slot(slot, bits) {
			if (!bm_words_equal(bm_slot_key(layout, record, slot),
					    key->words, layout->key_words))
				continue;
			bm_words_load(value, bm_slot_value(layout, record, slot),
				      window.offset, window.length);
			return seq_changed(home, head) ? INVALID : FOUND;
		}
		/* A record that was recycled must not lead astray: check before
		 * following a link, and before believing that there is none.
		 */
		if (seq_changed(home, head))
			return INVALID;
		if (!link)
			return ABSENT;
		record = bm_reserve_record(table, link);
		if (WARN_ON_ONCE(!record))
			return INVALID;
		/* (C) in bucket.c */
		link = bm_head_next(smp_load_acquire(&record->head));
	}
}

/* Follows the successors to the table where @hash's bucket has not moved. */
static struct bm_record *find_home(const struct bm_layout *layout,
				   struct bm_table **table, u64 hash, u64 *head)
{
	for (;;) {
		struct bm_record *home;

		home = bm_table_home(*table, bm_table_index(*table, hash));
		bm_record_prefetch(home, layout);
		/* (A) in bucket.c; (D) in evacuate.c */
		*head = smp_load_acquire(&home->head);
		if (!(*head & BM_HEAD_EVACUATED))
			return home;
		*table = rcu_dereference((*table)->next);
	}
}

static int read_locked(struct bucketmap *map, const struct bm_key *key,
		       struct bucketmap_window window, void *value)
{
	struct bm_bucket bucket;
	struct bm_place place;

	bm_count(map, BM_LOOKUP_LOCKED);
	bm_bucket_lock(map, key->hash, &bucket);
	bm_bucket_find(&bucket, key, &place);
	if (bm_place_found(&place))
		bm_words_load(value, bm_slot_value(&map->layout, place.record,
						   place.slot),
			      window.offset, window.length);
	bm_bucket_unlock(&bucket);
	return bm_place_found(&place) ? 0 : -ENOENT;
}

static int read_entry(struct bucketmap *map, const struct bm_key *key,
		      struct bucketmap_window window, void *value)
{
	struct bm_table *table = rcu_dereference(map->table);
	u32 tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		enum outcome outcome = INVALID;
		struct bm_record *home;
		u64 head;

		home = find_home(&map->layout, &table, key->hash, &head);
		if (!(head & BM_HEAD_ODD))
			outcome = read_chain(&map->layout, table, home, head,
					     key, window, value);
		if (outcome != INVALID)
			return outcome == FOUND ? 0 : -ENOENT;
		bm_count(map, BM_LOOKUP_RETRIES);
		cpu_relax();
	}
	return read_locked(map, key, window, value);
}

/**
 * bm_read() - read the value of a key
 * @map: the map
 * @key: the key
 * @window: the part of the value to be read
 * @value: takes it, or NULL; its content is undefined after an error
 *
 * Context: any but hard interrupts and NMI. Takes no lock, unless writers keep
 * disturbing it.
 * Return: 0, or -ENOENT if the key is absent.
 */
int bm_read(struct bucketmap *map, const struct bm_key *key,
	    struct bucketmap_window window, void *value)
{
	int err;

	if (!value)
		window.length = 0;
	rcu_read_lock();
	err = read_entry(map, key, window, value);
	rcu_read_unlock();
	bm_count(map, err ? BM_LOOKUP_MISSES : BM_LOOKUP_HITS);
	return err;
}

/**
 * bucketmap_lookup() - read the value of a key
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read
 * @value: takes it, or NULL; its content is undefined after an error
 *
 * Context: as bm_read().
 * Return: 0, -ENOENT if the key is absent, -EINVAL for a window that does not
 * lie inside the value.
 */
int bucketmap_lookup(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, void *value)
{
	struct bm_key ready __uninitialized;
	int err = bm_window_resolve(map, &window);

	if (err)
		return err;
	bm_key_init(map, &ready, key);
	return bm_read(map, &ready, window, value);
}
EXPORT_SYMBOL_GPL(bucketmap_lookup);

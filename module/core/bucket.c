// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets: locking the one that is authoritative for a hash, and finding,
 * making, changing and removing entries in it.
 *
 * A chain is compact: all its records but the last are full, and the slots in
 * use come first in each. So an insert looks for room in the last record only,
 * and a chain is never longer than its entries need.
 *
 * Lock order: a bucket of the old table, then one bucket of its successor
 * (SINGLE_DEPTH_NESTING), then a reserve. All are taken by spin_lock_bh, as
 * softirqs use maps too.
 *
 * Barriers
 *  (A) The write section: head gets an odd seq, smp_wmb(), the stores, head
 *      gets the next even seq by a release. smp_wmb() pairs with the
 *      smp_rmb() (A) in read.c: a reader that saw one of the stores then finds
 *      that seq has changed. The release pairs with the reader's acquire of
 *      head: a reader that starts from the even seq sees all the stores.
 *  (B) An entry is complete before its tag is there: release of tags, pairs
 *      with the reader's acquire of tags.
 *  (C) An overflow record is empty and complete before there is a link to it:
 *      release of the head that holds the link, pairs with the reader's
 *      acquire of that head.
 */
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/prefetch.h>

#include "core/bucket.h"

/* A glance without the lock. Once flagged, a bucket will always be. */
static bool has_moved(const struct bm_table *table, const struct bm_record *home)
{
	if (!rcu_access_pointer(table->next))
		return false;
	/* (D) in evacuate.c */
	return smp_load_acquire(&home->head) & BM_HEAD_EVACUATED;
}

/**
 * bm_bucket_lock() - lock the bucket that is authoritative for a hash
 * @map: the map
 * @hash: the hash
 * @bucket: becomes a description of the bucket
 *
 * EVACUATED is only ever set under the bucket's lock, and never cleared. So a
 * bucket whose lock we hold and that is not flagged stays the one where the
 * entry lives until we unlock it.
 *
 * Context: process or softirq context. The caller is in an RCU read section
 * from before this call until after bm_bucket_unlock(), which keeps the tables
 * passed on the way.
 */
void bm_bucket_lock(struct bucketmap *map, u64 hash, struct bm_bucket *bucket)
	__acquires(bucket->lock)
{
	struct bm_table *table = rcu_dereference(map->table);

	bucket->order = 0;
	for (;;) {
		u32 index = bm_table_index(table, hash);

		bucket->table = table;
		bucket->home = bm_table_home(table, index);
		bucket->lock = &table->locks[index];
		bucket->order = max(bucket->order, table->order);
		if (has_moved(table, bucket->home)) {
			table = rcu_dereference(table->next);
			continue;
		}
		/* So that the record comes while the lock does. */
		prefetchw(bucket->home);
		bm_record_prefetch(bucket->home, &map->layout);
		spin_lock_bh(bucket->lock);
		if (!(bucket->home->head & BM_HEAD_EVACUATED))
			return;
		spin_unlock_bh(bucket->lock);
		table = rcu_dereference(table->next);
	}
}

/**
 * bm_bucket_unlock() - the other half of bm_bucket_lock()
 * @bucket: the bucket
 *
 * Context: as bm_bucket_lock().
 */
void bm_bucket_unlock(struct bm_bucket *bucket)
	__releases(bucket->lock)
{
	spin_unlock_bh(bucket->lock);
}

/**
 * bm_entry_hash() - compute the hash of an entry
 * @map: the map
 * @record: its record
 * @slot: its slot
 *
 * Context: the bucket's lock is held.
 * Return: the hash.
 */
u64 bm_entry_hash(const struct bucketmap *map, struct bm_record *record,
		  u32 slot)
{
	const struct bm_layout *layout = &map->layout;

	return bm_hash_words(&map->hash, bm_slot_key(layout, record, slot),
			     layout->key_size);
}

/* Chains */

/**
 * bm_chain_next() - go on to the next record of a chain
 * @table: the table
 * @record: a record
 *
 * Context: the bucket's lock is held.
 * Return: the next record, or NULL after the last.
 */
struct bm_record *bm_chain_next(const struct bm_table *table,
				const struct bm_record *record)
{
	u32 link = bm_head_next(record->head);

	return link ? bm_reserve_record(table, link) : NULL;
}

/**
 * bm_chain_extend() - link an empty record to the end of a chain
 * @table: the table
 * @tail: the last record of the chain
 * @link: link to a record that was taken from the reserve
 *
 * Context: the bucket's lock is held.
 */
void bm_chain_extend(const struct bm_table *table, struct bm_record *tail,
		     u32 link)
{
	WRITE_ONCE(bm_reserve_record(table, link)->head, 0);
	/* (C) */
	smp_store_release(&tail->head, bm_head_with_next(tail->head, link));
}

/**
 * bm_place_advance() - move on to the next record, if there is one
 * @bucket: the bucket
 * @place: place in its chain; the slot stays as it is
 *
 * Context: the bucket's lock is held.
 * Return: true if there was one.
 */
bool bm_place_advance(const struct bm_bucket *bucket, struct bm_place *place)
{
	struct bm_record *next = bm_chain_next(bucket->table, place->record);

	if (!next)
		return false;
	place->before = place->record;
	place->record = next;
	place->depth++;
	return true;
}

/**
 * bm_bucket_find() - find a key in a bucket
 * @bucket: the bucket
 * @key: the key
 * @place: becomes the entry's place, or else the last record of the chain
 *
 * Context: the bucket's lock is held.
 */
void bm_bucket_find(const struct bm_bucket *bucket, const struct bm_key *key,
		    struct bm_place *place)
{
	const struct bm_layout *layout = bucket->table->layout;

	*place = (struct bm_place){ .record = bucket->home };
	do {
		u64 bits = bm_tags_match(place->record->tags,
					 bm_tag(key->hash));

		bm_for_each_slot(place->slot, bits)
			if (bm_words_equal(bm_slot_key(layout, place->record,
						       place->slot),
					   key->words, layout->key_words))
				return;
	} while (bm_place_advance(bucket, place));
	place->slot = BM_SLOTS;
}

/**
 * bm_bucket_room() - see to it that the last record has an empty slot
 * @bucket: the bucket
 * @place: last record of the chain
 * @link: becomes the link to a record that bm_bucket_insert() will need, or 0
 *
 * Context: the bucket's lock is held.
 * Return: 0, -EAGAIN when the reserve is empty, or -EXFULL when the chain is
 * as long as an insert may make it.
 */
int bm_bucket_room(const struct bm_bucket *bucket,
		   const struct bm_place *place, u32 *link)
{
	*link = 0;
	if (bm_tags_empty(place->record->tags))
		return 0;
	if (place->depth + 1 >= BM_CHAIN_MAX)
		return -EXFULL;
	*link = bm_reserve_take(bucket->table, 1);
	return *link ? 0 : -EAGAIN;
}

/**
 * bm_bucket_insert() - make an entry
 * @bucket: the bucket
 * @key: its key, which must be absent
 * @place: last record of the chain; becomes the entry's place
 * @link: from bm_bucket_room()
 * @window: the part of the value that @value is for; the rest becomes zero
 * @value: bytes for the window
 *
 * No write section is needed: nobody looks into a slot without a tag.
 *
 * Context: the bucket's lock is held.
 */
void bm_bucket_insert(const struct bm_bucket *bucket,
		      const struct bm_key *key, struct bm_place *place,
		      u32 link, struct bucketmap_window window,
		      const void *value)
{
	const struct bm_layout *layout = bucket->table->layout;
	struct bm_record *record;
	u32 slot;

	if (link) {
		bm_chain_extend(bucket->table, place->record, link);
		bm_place_advance(bucket, place);
	}
	record = place->record;
	slot = bm_tags_first(bm_tags_empty(record->tags));
	place->slot = slot;
	bm_words_copy(bm_slot_key(layout, record, slot), key->words,
		      layout->key_words);
	bm_words_store(bm_slot_value(layout, record, slot), window.offset,
		       value, window.length);
	/* (B) */
	smp_store_release(&record->tags, bm_tags_with(record->tags, slot,
						      bm_tag(key->hash)));
}

/* Write sections */

static void section_begin(struct bm_record *home)
{
	/* Where a spinlock leaves preemption on, readers would wait for us. */
	preempt_disable_nested();
	WRITE_ONCE(home->head, bm_head_with_seq(home->head, home->head + 1));
	smp_wmb(); /* (A) */
}

static void section_end(struct bm_record *home, u32 next)
{
	u64 head = bm_head_with_next(home->head, next);

	/* (A) */
	smp_store_release(&home->head, bm_head_with_seq(head, head + 1));
	preempt_enable_nested();
}

/**
 * bm_bucket_overwrite() - change a part of an entry's value
 * @bucket: the bucket
 * @place: the entry's place
 * @window: the part
 * @value: bytes for it
 *
 * A value of a single word is stored at once, without a write section. This
 * depends on the value's size and not on the window's: a reader of two words
 * could else see a later store and miss an earlier one.
 *
 * Context: the bucket's lock is held.
 */
void bm_bucket_overwrite(const struct bm_bucket *bucket,
			 const struct bm_place *place,
			 struct bucketmap_window window, const void *value)
{
	const struct bm_layout *layout = bucket->table->layout;
	u64 *words = bm_slot_value(layout, place->record, place->slot);

	if (layout->value_size <= sizeof(u64)) {
		bm_words_store(words, window.offset, value, window.length);
		return;
	}
	section_begin(bucket->home);
	bm_words_store(words, window.offset, value, window.length);
	section_end(bucket->home, bm_head_next(bucket->home->head));
}

/* Moves the last entry of the chain to @hole and leaves its slot all zero. */
static void fill_hole(const struct bm_layout *layout,
		      const struct bm_place *hole, struct bm_record *tail,
		      u32 last)
{
	struct bm_record *record = hole->record;
	u64 *from = bm_slot_key(layout, tail, last);
	u8 tag = bm_tags_get(tail->tags, last);

	if (record != tail || hole->slot != last) {
		bm_words_copy(bm_slot_key(layout, record, hole->slot), from,
			      layout->slot_words);
		WRITE_ONCE(record->tags,
			   bm_tags_with(record->tags, hole->slot, tag));
	}
	WRITE_ONCE(tail->tags, bm_tags_with(tail->tags, last, 0));
	bm_words_zero(from, layout->slot_words);
}

/**
 * bm_bucket_remove() - remove an entry
 * @bucket: the bucket
 * @place: the entry's place; is nowhere in particular afterwards
 *
 * The chain's last entry fills the hole. If its record is empty then, it goes
 * back to the reserve.
 *
 * Context: the bucket's lock is held.
 * Return: true if an overflow record was given back.
 */
bool bm_bucket_remove(const struct bm_bucket *bucket, struct bm_place *place)
{
	struct bm_record *home = bucket->home;
	struct bm_place tail = *place;
	u32 last, link, freed = 0;

	while (bm_place_advance(bucket, &tail))
		;
	last = bm_tags_count(tail.record->tags) - 1;

	section_begin(home);
	link = bm_head_next(home->head);
	fill_hole(bucket->table->layout, place, tail.record, last);
	if (last == 0 && tail.record != home) {
		freed = bm_head_next(tail.before->head);
		if (tail.before == home)
			link = 0;
		else
			WRITE_ONCE(tail.before->head, 0);
	}
	section_end(home, link);

	/* Not before the write section: readers that are in the record must
	 * notice when it is reused. Not inside of it: that takes no lock.
	 */
	bm_reserve_put(bucket->table, freed);
	return freed;
}

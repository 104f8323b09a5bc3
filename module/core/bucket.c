// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets: their chains, and removing entries. What every operation does, from
 * locking on, is in bucket.h. The rules for both are here.
 *
 * A chain is compact: all its records but the last are full, and the slots in
 * use come first in each. So an insert looks for room in the last record only,
 * and a chain is never longer than its entries need.
 *
 * Lock order: a bucket of the old table, then one bucket of its successor
 * (SINGLE_DEPTH_NESTING), then a reserve. All are taken with softirqs disabled,
 * as these use maps too.
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

#include "core/bucket.h"

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

	bm_section_begin(home);
	link = bm_head_next(home->head);
	fill_hole(bucket->table->layout, place, tail.record, last);
	if (last == 0 && tail.record != home) {
		freed = bm_head_next(tail.before->head);
		if (tail.before == home)
			link = 0;
		else
			WRITE_ONCE(tail.before->head, 0);
	}
	bm_section_end(home, link);

	/* Not before the write section: readers that are in the record must
	 * notice when it is reused. Not inside of it: that takes no lock.
	 */
	bm_reserve_put(bucket->table, freed);
	return freed;
}

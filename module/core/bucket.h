/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buckets: how the one that is authoritative for a hash is locked, and how
 * entries are found, made, changed and removed in it.
 *
 * All this is inlined into each operation, for the map's layout: that of words,
 * or any.
 *
 * A chain is compact: all its records but the last are full, and the slots in
 * use come first in each. So an insert looks for a free slot in the last record
 * only, and a chain is never longer than its entries need.
 *
 * Lock order: a bucket of the old table, then one bucket of its successor
 * (SINGLE_DEPTH_NESTING), then a pool. Softirqs use maps too: rcu.h says what
 * that means.
 *
 * Barriers
 *  (A) The write section: head gets an odd seq, smp_wmb(), the stores, head
 *      gets the next even seq by a release. smp_wmb() pairs with the smp_rmb()
 *      (A) in read.c: a reader that saw one of the stores then finds that seq
 *      has changed. The release pairs with the reader's acquire of head: a
 *      reader that starts from the even seq sees all the stores.
 *  (B) An entry is complete before its tag is there: release of tags, pairs
 *      with the reader's acquire of tags.
 *  (C) An overflow record is empty and complete before there is a link to it:
 *      release of the head that holds the link, pairs with the reader's
 *      acquire of that head.
 */
#ifndef _BM_CORE_BUCKET_H
#define _BM_CORE_BUCKET_H

#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/prefetch.h>

#include "core/map.h"

/**
 * struct bm_key - a key, ready to be looked for
 * @hash: its hash
 * @words: its bytes, padded with zeros to whole words
 *
 * On the stack it is declared __uninitialized: where the kernel clears what is
 * there, all these words cost as much as the operation.
 */
struct bm_key {
	u64 hash;
	u64 words[BUCKETMAP_KEY_SIZE_MAX / sizeof(u64)];
};

/**
 * struct bm_bucket - a bucket whose lock is held
 * @table: its table
 * @home: its home record
 * @lock: its lock
 * @order: the largest order of a table passed on the way to it. The bucket is
 *	authoritative for the hashes that begin with the same @order bits as
 *	the one it was looked up for: where two buckets of a larger table merge
 *	into it, one may have moved and the other not.
 */
struct bm_bucket {
	struct bm_table *table;
	struct bm_record *home;
	spinlock_t *lock; /* of the bucket */
	u32 order;
};

/**
 * struct bm_place - where in a bucket's chain an entry is, or ends the search
 * @record: the record, or the last one when there is no such entry
 * @before: the record before it, NULL before the home record
 * @depth: how many records come before it
 * @slot: the slot, or BM_SLOTS when there is no such entry
 */
struct bm_place {
	struct bm_record *record;
	struct bm_record *before;
	u32 depth;
	u32 slot;
};

static inline bool bm_place_found(const struct bm_place *place)
{
	return place->slot < BM_SLOTS;
}

/* The last hash that the bucket, looked up for @hash, is authoritative for. */
static inline u64 bm_bucket_last(const struct bm_bucket *bucket, u64 hash)
{
	return hash | ~0ULL >> bucket->order;
}

/* Takes a key's bytes, of any alignment; its hash is known or comes later. */
static __always_inline void bm_key_load(const struct bm_layout *layout,
					struct bm_key *key, const void *bytes)
{
	u32 size = layout->key_size;

	if (size == sizeof(u64)) {
		key->words[0] = bm_unaligned_load(bytes);
	} else {
		key->words[layout->key_words - 1] = 0;
		memcpy(key->words, bytes, size);
	}
}

/* Prepares a key, of any alignment, to be looked for. */
static __always_inline void bm_key_prepare(const struct bucketmap *map,
					   const struct bm_layout *layout,
					   struct bm_key *key,
					   const void *bytes)
{
	bm_key_load(layout, key, bytes);
	key->hash = bm_hash_words(&map->hash, key->words, layout->key_size);
}

/* The same, whatever the layout. */
static inline void bm_key_init(const struct bucketmap *map, struct bm_key *key,
			       const void *bytes)
{
	bm_key_prepare(map, &map->layout, key, bytes);
}

/* The hash of an entry, with its bucket's lock held. */
static __always_inline u64 bm_slot_hash(const struct bucketmap *map,
					const struct bm_layout *layout,
					struct bm_record *record, u32 slot)
{
	return bm_hash_words(&map->hash, bm_slot_key(layout, record, slot),
			     layout->key_size);
}

u64 bm_entry_hash(const struct bucketmap *map, struct bm_record *record,
		  u32 slot);
void bm_chain_extend(const struct bm_table *table, struct bm_record *tail,
		     u32 link);
int bm_chain_take(const struct bm_bucket *bucket,
		  const struct bm_place *place, u32 *link);

/* Returns the next record of a chain, its lock held, or NULL after the last. */
static inline struct bm_record *bm_chain_next(const struct bm_table *table,
					      const struct bm_record *record)
{
	u32 link = bm_head_next(record->head);

	return link ? bm_pool_record(&table->pool, link) : NULL;
}

/* Moves on to the next record, if there is one. The slot stays as it is. */
static inline bool bm_place_advance(const struct bm_bucket *bucket,
				    struct bm_place *place)
{
	struct bm_record *next = bm_chain_next(bucket->table, place->record);

	if (!next)
		return false;
	place->before = place->record;
	place->record = next;
	place->depth++;
	return true;
}

/* A glance without the lock. Once flagged, a bucket will always be. */
static inline bool bm_is_evacuated(const struct bm_table *table,
				   const struct bm_record *home)
{
	if (likely(!rcu_access_pointer(table->next)))
		return false;
	/* (D) in evacuate.c */
	return smp_load_acquire(&home->head) & BM_HEAD_EVACUATED;
}

/*
 * Locks the bucket that is authoritative for a hash.
 *
 * EVACUATED is only ever set under the bucket's lock, and never cleared. So a
 * bucket whose lock we hold and that is not flagged stays the one where the
 * entry lives until we unlock it.
 *
 * The caller is in a writer's section from before this call until after
 * bm_bucket_unlock(): it keeps the tables passed on the way, and sees to softirqs,
 * which use maps too.
 */
static __always_inline void bm_bucket_lock(struct bucketmap *map,
					   const struct bm_layout *layout,
					   u64 hash, struct bm_bucket *bucket)
	__acquires(bucket->lock)
{
	struct bm_table *table = bm_rcu_dereference(map->table);

	bucket->order = 0;
	for (;;) {
		u32 index = bm_table_index(table, hash);

		bucket->table = table;
		bucket->home = bm_table_record(table, layout, index);
		bucket->lock = bm_table_lock(table, index);
		bucket->order = max(bucket->order, table->order);
		if (bm_is_evacuated(table, bucket->home)) {
			table = bm_rcu_dereference(table->next);
			continue;
		}
		/* So that the record comes while the lock does. */
		prefetchw(bucket->home);
		bm_record_prefetch(bucket->home, layout);
		spin_lock(bucket->lock);
		if (likely(!(bucket->home->head & BM_HEAD_EVACUATED)))
			return;
		spin_unlock(bucket->lock);
		table = bm_rcu_dereference(table->next);
	}
}

static __always_inline void bm_bucket_unlock(struct bm_bucket *bucket)
	__releases(bucket->lock)
{
	spin_unlock(bucket->lock);
}

/*
 * Finds a key in a locked bucket. The place becomes the entry's, or else the
 * last record of the chain.
 */
static __always_inline void bm_bucket_find(const struct bm_bucket *bucket,
					   const struct bm_layout *layout,
					   const struct bm_key *key,
					   struct bm_place *place)
{
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

/*
 * Sees to it that an entry can be made in the last record of the chain, or in
 * the one that @link, if it is not 0, leads to. Returns 0, or as
 * bm_chain_take() does.
 */
static inline int bm_bucket_free_slot(const struct bm_bucket *bucket,
				      const struct bm_place *place, u32 *link)
{
	*link = 0;
	if (likely(bm_tags_empty(place->record->tags)))
		return 0;
	return bm_chain_take(bucket, place, link);
}

/*
 * Makes an entry, of a key that is absent from the locked bucket, in the last
 * record of its chain, or in the one that @link from bm_bucket_free_slot() leads to.
 * The place becomes the entry's. What lies outside of the window becomes zero.
 *
 * No write section is needed: nobody looks into a slot without a tag.
 */
static __always_inline void bm_bucket_insert(const struct bm_bucket *bucket,
					     const struct bm_layout *layout,
					     const struct bm_key *key,
					     struct bm_place *place, u32 link,
					     struct bucketmap_window window,
					     const void *value)
{
	struct bm_record *record;
	u32 slot;

	if (unlikely(link)) {
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

/* Write sections (A), with the bucket's lock held. */

static inline void bm_write_begin(struct bm_record *home)
{
	/* Where a spinlock leaves preemption on, readers would wait for us. */
	preempt_disable_nested();
	WRITE_ONCE(home->head, bm_head_with_seq(home->head, home->head + 1));
	smp_wmb(); /* (A) */
}

static inline void bm_write_end(struct bm_record *home, u32 next)
{
	u64 head = bm_head_with_next(home->head, next);

	/* (A) */
	smp_store_release(&home->head, bm_head_with_seq(head, head + 1));
	preempt_enable_nested();
}

/*
 * Changes the part of an entry's value, in a locked bucket, that the window
 * names.
 *
 * A value of a single word is stored at once, without a write section. This
 * depends on the value's size and not on the window's: a reader of two words
 * could else see a later store and miss an earlier one.
 */
static __always_inline void bm_bucket_overwrite(const struct bm_bucket *bucket,
						const struct bm_layout *layout,
						const struct bm_place *place,
						struct bucketmap_window window,
						const void *value)
{
	u64 *words = bm_slot_value(layout, place->record, place->slot);

	if (layout->value_size <= sizeof(u64)) {
		bm_words_store(words, window.offset, value, window.length);
		return;
	}
	bm_write_begin(bucket->home);
	bm_words_store(words, window.offset, value, window.length);
	bm_write_end(bucket->home, bm_head_next(bucket->home->head));
}

/*
 * Moves the last entry of the chain to @hole, which may be where it is, and
 * leaves its slot all zero. In a write section. To copy words upon themselves
 * takes less time than to ask, as nobody can predict the answer.
 */
static __always_inline void bm_hole_fill(const struct bm_layout *layout,
					 const struct bm_place *hole,
					 struct bm_record *tail, u32 last)
{
	struct bm_record *record = hole->record;
	u64 *from = bm_slot_key(layout, tail, last);
	u8 tag = bm_tags_get(tail->tags, last);

	if (layout->words || record != tail || hole->slot != last)
		bm_words_copy(bm_slot_key(layout, record, hole->slot), from,
			      layout->slot_words);
	WRITE_ONCE(record->tags, bm_tags_with(record->tags, hole->slot, tag));
	WRITE_ONCE(tail->tags, bm_tags_with(tail->tags, last, 0));
	bm_words_zero(from, layout->slot_words);
}

/*
 * Removes an entry from a locked bucket, of whose chain @tail is the last
 * record; the entry's place is nowhere in particular afterwards. The chain's
 * last entry fills the hole. If its record is empty then, it goes back to the
 * pool, and true is returned.
 */
static __always_inline bool
bm_bucket_remove_by_tail(const struct bm_bucket *bucket,
			 const struct bm_layout *layout,
			 const struct bm_place *place,
			 const struct bm_place *tail)
{
	struct bm_record *home = bucket->home;
	u32 last, link, freed = 0;

	last = bm_tags_count(tail->record->tags) - 1;

	bm_write_begin(home);
	link = bm_head_next(home->head);
	bm_hole_fill(layout, place, tail->record, last);
	if (unlikely(last == 0) && tail->record != home) {
		freed = bm_head_next(tail->before->head);
		if (tail->before == home)
			link = 0;
		else
			WRITE_ONCE(tail->before->head, 0);
	}
	bm_write_end(home, link);

	/* Not before the write section: readers that are in the record must
	 * notice when it is reused. Not inside of it: that takes no lock.
	 */
	if (unlikely(freed))
		bm_pool_put(&bucket->table->pool, freed);
	return freed;
}

/* The same, of a chain whose last record is yet to be found. */
static __always_inline bool bm_bucket_remove(const struct bm_bucket *bucket,
					     const struct bm_layout *layout,
					     const struct bm_place *place)
{
	struct bm_place tail = *place;

	while (bm_place_advance(bucket, &tail))
		;
	return bm_bucket_remove_by_tail(bucket, layout, place, &tail);
}

#endif /* _BM_CORE_BUCKET_H */

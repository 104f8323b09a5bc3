/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buckets: lock the bucket that is authoritative for a hash, and find, make,
 * change and remove entries in it.
 *
 * All of this is inlined into each operation, once for the layout of words and
 * once for any layout.
 *
 * A chain is compact: all its records but the last are full, and in each record
 * the slots in use come first. So an insert searches only the last record for a
 * free slot, and a chain has no more records than its entries need.
 *
 * Lock order: a bucket of the old table, then, if the table shrinks, one bucket
 * of its successor (SINGLE_DEPTH_NESTING), then a pool. Softirqs use maps too:
 * see rcu.h.
 *
 * Barriers
 *  (A) Write section: store an odd seq in head, smp_wmb(), the stores, then
 *      store the next even seq in head by a release. smp_wmb() pairs with the
 *      smp_rmb() (A) in read.c: a reader that has seen one of the stores then
 *      finds that seq has changed. The release pairs with the reader's acquire
 *      of head: a reader that starts from the even seq sees all the stores.
 *  (B) An entry is complete before its tag is set: release of tags, pairs with
 *      the reader's acquire of tags.
 *  (C) An overflow record is empty and initialized before it is linked: release
 *      of the head that holds the link, pairs with the reader's acquire of that
 *      head.
 */
#ifndef _BM_CORE_BUCKET_H
#define _BM_CORE_BUCKET_H

#include <linux/lockdep.h>
#include <linux/preempt.h>
#include <linux/prefetch.h>

#include "core/map.h"

/**
 * struct bm_key - a key with its hash
 * @hash: its hash
 * @words: its bytes, padded with zeros to whole words
 *
 * Declare it __uninitialized on the stack: if the kernel initializes stack
 * variables, to clear all these words costs as much as the operation.
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
 * @order: the largest order of the tables on the way to it. The bucket is
 *	authoritative for the hashes that share their first @order bits with
 *	the hash that it was locked for: if two buckets of a larger table merge
 *	into it, one may have been evacuated and the other not.
 */
struct bm_bucket {
	struct bm_table *table;
	struct bm_record *home;
	spinlock_t *lock; /* of the bucket */
	u32 order;
};

/**
 * struct bm_place - position of an entry in a chain, or the end of the search
 * @record: the entry's record; the last one if there is no such entry
 * @before: the record before it; NULL for the home record
 * @depth: how many records come before it
 * @slot: the entry's slot; BM_SLOTS if there is no such entry
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

/* The last hash that a bucket, locked for @hash, is authoritative for. */
static inline u64 bm_bucket_last(const struct bm_bucket *bucket, u64 hash)
{
	return hash | ~0ULL >> bucket->order;
}

/* Copies a key of any alignment, and leaves the hash to the caller. */
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

/* Copies a key of any alignment, and hashes it. */
static __always_inline void bm_key_prepare(const struct bucketmap *map,
					   const struct bm_layout *layout,
					   struct bm_key *key,
					   const void *bytes)
{
	bm_key_load(layout, key, bytes);
	key->hash = bm_hash_words(&map->hash, key->words, layout->key_size);
}

/* As bm_key_prepare(), for any layout. */
static inline void bm_key_init(const struct bucketmap *map, struct bm_key *key,
			       const void *bytes)
{
	bm_key_prepare(map, &map->layout, key, bytes);
}

/* The hash of an entry. The bucket's lock is held. */
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

/*
 * Returns the next record of a chain, or NULL after the last. The bucket's lock
 * is held.
 */
static inline struct bm_record *bm_chain_next(const struct bm_table *table,
					      const struct bm_record *record)
{
	u32 link = bm_head_next(record->head);

	return link ? bm_pool_record(&table->pool, link) : NULL;
}

/* Advances to the next record, if there is one. The slot stays as it is. */
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

/* Lockless. EVACUATED is never cleared, so true stays true. */
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
 * EVACUATED is only set with the bucket's lock held, and is never cleared. So a
 * locked bucket that is not flagged stays authoritative until it is unlocked.
 *
 * The caller is between bm_rcu_read_lock_bh() and bm_rcu_read_unlock_bh() from
 * before this call until after bm_bucket_unlock(). This read section keeps the
 * tables on the way alive, and keeps out softirqs, which use maps too.
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
		/* Fetch the record and the lock in parallel. */
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
 * Finds a key in a locked bucket. @place becomes the position of the entry, or
 * the end of the chain if the key is absent.
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
 * Finds a free slot for a new entry. @link becomes 0 if the last record of the
 * chain has one, else the link to a record taken from the pool. Returns 0, or
 * an error of bm_chain_take().
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
 * Makes an entry for a key that is absent from the locked bucket: in the last
 * record of the chain, or in the record of @link, from bm_bucket_free_slot().
 * @place becomes the position of the entry. Bytes of the value outside of the
 * window become zero.
 *
 * This needs no write section: readers ignore slots without a tag.
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

/* Write sections (A). The bucket's lock is held. */

static inline void bm_write_begin(struct bm_record *home)
{
	/*
	 * PREEMPT_RT: spinlocks leave preemption on, and readers spin on seq.
	 */
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
 * Overwrites a window of an entry's value. The bucket's lock is held.
 *
 * A value of a single word is stored at once, without a write section. This
 * depends on the size of the value, not of the window: otherwise a reader of
 * two words could see a later store and miss an earlier one.
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
 * Moves the last entry of the chain to @hole, and clears its slot. The hole may
 * be that slot. The caller is in a write section. For words, an unconditional
 * copy is cheaper than a branch, which would be unpredictable.
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
 * Removes an entry from a locked bucket. @tail is the last record of its chain.
 * The chain's last entry fills the hole, so @place is invalid afterwards.
 * Returns true if the last overflow record became empty and was returned to the
 * pool.
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

	/* After the write section: readers in the record must notice that it
	 * is reused, and a write section must not take a lock.
	 */
	if (unlikely(freed))
		bm_pool_put(&bucket->table->pool, freed);
	return freed;
}

/* As bm_bucket_remove_by_tail(), but finds the last record itself. */
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Lockless lookup.
 *
 * A reader loads the head word of the bucket, searches the chain, and checks
 * that seq is unchanged. If seq has changed, it reads again. If not, no entry
 * was moved, removed or overwritten meanwhile, except for values of a single
 * word. A miss is then valid for the instant when the reader loaded head, as
 * inserts may have come later; a hit is valid for the instant when it loaded
 * the value. If EVACUATED was set meanwhile, this does no harm: an evacuated
 * bucket does not change any more.
 *
 * A reader that gets no valid view in READ_TRIES tries takes the bucket's lock.
 * "Could not be validated" never becomes "absent".
 *
 * At most BM_RETIRED_MAX tables wait for a grace period, so a reader passes
 * only a few tables in one RCU read section.
 */
#include <linux/export.h>

#include "core/read.h"
#include "core/window.h"

/* Several times as long as a writer takes for the largest value. */
#define READ_TRIES	64

/**
 * enum outcome - outcome of one try to read
 * @ABSENT: the key is absent
 * @FOUND: the key exists, and its value was copied
 * @INVALID: a writer was in the bucket
 * @EVACUATED: the bucket has been evacuated to the successor
 */
enum outcome {
	ABSENT,
	FOUND,
	INVALID,
	EVACUATED,
};

static bool seq_changed(const struct bm_record *home, u64 head)
{
	smp_rmb(); /* (A) in bucket.h */
	return (READ_ONCE(home->head) ^ head) & BM_HEAD_SEQ;
}

/* Searches one record of the chain that begins at @home. */
static __always_inline enum outcome
search_record(const struct bm_layout *layout, struct bm_record *record,
	      const struct bm_record *home, u64 head, const struct bm_key *key,
	      struct bucketmap_window window, void *value)
{
	/* (B) in bucket.h */
	u64 tags = smp_load_acquire(&record->tags);
	u64 bits = bm_tags_match(tags, bm_tag(key->hash));
	u32 slot;

	bm_for_each_slot(slot, bits) {
		if (!bm_words_equal(bm_slot_key(layout, record, slot),
				    key->words, layout->key_words))
			continue;
		bm_words_load(value, bm_slot_value(layout, record, slot),
			      window.offset, window.length);
		return seq_changed(home, head) ? INVALID : FOUND;
	}
	/* The record may have been reused in another chain: check seq before
	 * its link is followed, and before a link of 0 ends the search.
	 */
	return seq_changed(home, head) ? INVALID : ABSENT;
}

/* Searches the overflow records of the chain. Few lookups need this. */
static noinline enum outcome
search_overflow(const struct bm_table *table, const struct bm_record *home,
		u64 head, const struct bm_key *key,
		struct bucketmap_window window, void *value)
{
	enum outcome outcome = ABSENT;
	u32 link = bm_head_next(head);

	while (link && outcome == ABSENT) {
		struct bm_record *record = bm_pool_record(&table->pool, link);

		if (WARN_ON_ONCE(!record))
			return INVALID;
		/* (C) in bucket.h */
		link = bm_head_next(smp_load_acquire(&record->head));
		outcome = search_record(table->layout, record, home, head, key,
					window, value);
	}
	return outcome;
}

/* Searches the chain whose home record had @head. */
static __always_inline enum outcome
search_chain(const struct bm_layout *layout, const struct bm_table *table,
	     struct bm_record *home, u64 head, const struct bm_key *key,
	     struct bucketmap_window window, void *value)
{
	enum outcome outcome = search_record(layout, home, home, head, key,
					     window, value);

	if (outcome == ABSENT && bm_head_next(head))
		return search_overflow(table, home, head, key, window, value);
	return outcome;
}

/*
 * Reads from the oldest table, which is enough for most lookups. @cold: the
 * bucket was not prefetched, as batches do it.
 */
static __always_inline enum outcome
read_oldest(const struct bucketmap *map, const struct bm_layout *layout,
	    const struct bm_key *key, struct bucketmap_window window,
	    void *value, bool cold)
{
	const struct bm_table *table = bm_rcu_dereference(map->table);
	struct bm_record *home;
	u64 head;

	home = bm_table_record(table, layout, bm_table_index(table, key->hash));
	if (cold)
		bm_record_prefetch(home, layout);
	/* (A) in bucket.h; (D) in evacuate.c */
	head = smp_load_acquire(&home->head);
	if (unlikely(head & (BM_HEAD_EVACUATED | BM_HEAD_ODD)))
		return head & BM_HEAD_ODD ? INVALID : EVACUATED;
	return search_chain(layout, table, home, head, key, window, value);
}

/* Follows the successors to the first table whose bucket is not evacuated. */
static struct bm_record *find_home(struct bm_table **table, u64 hash, u64 *head)
{
	for (;;) {
		struct bm_record *home;

		home = bm_table_home(*table, bm_table_index(*table, hash));
		/* (A) in bucket.h; (D) in evacuate.c */
		*head = smp_load_acquire(&home->head);
		if (!(*head & BM_HEAD_EVACUATED))
			return home;
		*table = bm_rcu_dereference((*table)->next);
	}
}

static noinline int read_locked(struct bucketmap *map, const struct bm_key *key,
				struct bucketmap_window window, void *value)
{
	struct bm_bucket bucket;
	struct bm_place place;

	bm_count(map, BM_LOOKUP_LOCKED);
	bm_rcu_read_lock_bh();
	bm_bucket_lock(map, &map->layout, key->hash, &bucket);
	bm_bucket_find(&bucket, &map->layout, key, &place);
	if (bm_place_found(&place))
		bm_words_load(value, bm_slot_value(&map->layout, place.record,
						   place.slot),
			      window.offset, window.length);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	if (bm_place_found(&place)) {
		bm_count(map, BM_LOOKUP_HITS);
		return 0;
	}
	bm_count(map, BM_LOOKUP_MISSES);
	return -ENOENT;
}

/* Reads from whichever table is authoritative, without a lock. */
static enum outcome read_anywhere(struct bucketmap *map,
				  const struct bm_key *key,
				  struct bucketmap_window window, void *value)
{
	struct bm_table *table = bm_rcu_dereference(map->table);
	u32 tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		enum outcome outcome = INVALID;
		struct bm_record *home;
		u64 head;

		home = find_home(&table, key->hash, &head);
		if (!(head & BM_HEAD_ODD))
			outcome = search_chain(&map->layout, table, home, head,
					       key, window, value);
		if (outcome != INVALID)
			return outcome;
		bm_count(map, BM_LOOKUP_RETRIES);
		cpu_relax();
	}
	return INVALID;
}

/* Goes on if read_oldest() was not enough. */
static noinline int read_on(struct bucketmap *map, const struct bm_key *key,
			    struct bucketmap_window window, void *value,
			    enum outcome outcome)
{
	if (outcome == INVALID)
		bm_count(map, BM_LOOKUP_RETRIES);
	bm_rcu_read_lock();
	outcome = read_anywhere(map, key, window, value);
	bm_rcu_read_unlock();
	if (outcome == INVALID)
		return read_locked(map, key, window, value);
	if (outcome == ABSENT) {
		bm_count(map, BM_LOOKUP_MISSES);
		return -ENOENT;
	}
	bm_count(map, BM_LOOKUP_HITS);
	return 0;
}

static __always_inline int
read_entry(struct bucketmap *map, const struct bm_layout *layout,
	   const struct bm_key *key, struct bucketmap_window window,
	   void *value, bool cold)
{
	enum outcome outcome;

	bm_rcu_read_lock();
	outcome = read_oldest(map, layout, key, window, value, cold);
	if (likely(outcome == FOUND)) {
		bm_count_here(map, BM_LOOKUP_HITS);
		bm_rcu_read_unlock();
		return 0;
	}
	if (likely(outcome == ABSENT)) {
		bm_count_here(map, BM_LOOKUP_MISSES);
		bm_rcu_read_unlock();
		return -ENOENT;
	}
	bm_rcu_read_unlock();
	return read_on(map, key, window, value, outcome);
}

static noinline int read_any(struct bucketmap *map, const struct bm_key *key,
			     struct bucketmap_window window, void *value)
{
	if (!value)
		window.length = 0;
	return read_entry(map, &map->layout, key, window, value, true);
}

/**
 * bm_read() - read the value of a key whose bucket was prefetched
 * @map: the map
 * @key: the key
 * @window: the part of the value to be read
 * @value: becomes the content of the window, undefined after an error; or NULL
 *
 * Context: any but hard interrupts and NMI. Takes and releases the bucket's
 * lock only if writers keep disturbing the lockless read.
 * Return: 0, or -ENOENT if the key is absent.
 */
int bm_read(struct bucketmap *map, const struct bm_key *key,
	    struct bucketmap_window window, void *value)
{
	if (bm_window_is_word(map, window) && value)
		return read_entry(map, &bm_layout_words, key, bm_window_word,
				  value, false);
	return read_any(map, key, window, value);
}

static __always_inline int lookup_word(struct bucketmap *map,
				       const void *bytes, void *value)
{
	struct bm_key key __uninitialized;

	bm_key_prepare(map, &bm_layout_words, &key, bytes);
	return read_entry(map, &bm_layout_words, &key, bm_window_word, value,
			  true);
}

static noinline int lookup_any(struct bucketmap *map, const void *bytes,
			       struct bucketmap_window window, void *value)
{
	struct bm_key key __uninitialized;

	bm_key_init(map, &key, bytes);
	return read_any(map, &key, window, value);
}

/**
 * bm_lookup() - read the value of a key
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read, checked
 * @value: becomes the content of the window, undefined after an error; or NULL
 *
 * Context: as bm_read().
 * Return: as bm_read().
 */
int bm_lookup(struct bucketmap *map, const void *key,
	      struct bucketmap_window window, void *value)
{
	if (likely(bm_window_is_word(map, window) && value))
		return lookup_word(map, key, value);
	return lookup_any(map, key, window, value);
}

/**
 * bucketmap_lookup() - read the value of a key
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read
 * @value: becomes the content of the window, undefined after an error; or NULL
 *
 * Context: any but hard interrupts and NMI. Takes and releases the bucket's
 * lock only if writers keep disturbing the lockless read.
 * Return: 0, -ENOENT if the key is absent, -EINVAL for a window outside of the
 * value.
 */
int bucketmap_lookup(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, void *value)
{
	int err;

	if (likely(bm_window_is_word(map, window) && value))
		return lookup_word(map, key, value);
	err = bm_window_resolve(map, &window);
	return err ? err : lookup_any(map, key, window, value);
}
EXPORT_SYMBOL_GPL(bucketmap_lookup);

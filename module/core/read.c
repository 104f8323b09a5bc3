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

#include "core/read.h"
#include "core/window.h"

/* About as long as a writer with the largest value takes, several times. */
#define READ_TRIES	64

/**
 * enum outcome - what a try to read came to
 * @ABSENT: the key is absent
 * @FOUND: it exists, and its value was copied
 * @INVALID: a writer was in the bucket
 * @EVACUATED: the bucket has moved to the next table
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

/* Looks for the key in one record of the chain that begins at @home. */
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
	/* A record that was recycled must not lead astray: check before
	 * following a link, and before believing that there is none.
	 */
	return seq_changed(home, head) ? INVALID : ABSENT;
}

/* Goes on in the overflow records of the chain, which few lookups need. */
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

/* Looks for the key in the chain whose head was loaded as @head. */
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
 * Most lookups need a bucket of the oldest table. @cold: nobody has asked for
 * the memory before, as batches do.
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

/* Follows the successors to the table where @hash's bucket has not moved. */
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

/* Reads wherever the entry is, without a lock. */
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

/* For those whom read_oldest() could not serve. */
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
 * bm_read() - read the value of a key
 * @map: the map
 * @key: the key
 * @window: the part of the value to be read
 * @value: takes it, or NULL; its content is undefined after an error
 *
 * For those who have asked for the memory of the key's bucket before.
 *
 * Context: any but hard interrupts and NMI. Takes no lock, unless writers keep
 * disturbing it.
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
 * @value: takes it, or NULL; its content is undefined after an error
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
 * @value: takes it, or NULL; its content is undefined after an error
 *
 * Context: as bm_read().
 * Return: 0, -ENOENT if the key is absent, -EINVAL for a window that does not
 * lie inside the value.
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

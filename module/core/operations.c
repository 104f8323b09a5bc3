// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that write to one key.
 *
 * They all take the same way: lock the key's bucket, find the key, do one
 * thing if it is there and another if it is not, unlock. struct change says
 * which. An insert that finds no room unlocks, makes room and starts again.
 */
#include <linux/export.h>
#include <linux/vmalloc.h>

#include "core/operations.h"
#include "core/resize.h"

/* A chain of so many records makes the worker count the entries. */
#define CHAIN_ASK	3

/* In a table of this order or below, each delete does. */
#define ORDER_SMALL	4

/**
 * enum present - what happens to an entry that exists
 * @REFUSE: -EEXIST
 * @KEEP: nothing
 * @OVERWRITE: the window is stored
 * @ADD: the number is added to
 * @REMOVE: it is removed
 */
enum present {
	REFUSE,
	KEEP,
	OVERWRITE,
	ADD,
	REMOVE,
};

/**
 * struct change - a write to one key
 * @present: what happens if the key exists
 * @create: an entry is made if it does not, else -ENOENT
 * @existed: out: the key existed
 * @window: part of the value that is read and written
 * @value: bytes for it; for ADD the number to be added
 * @expected: what the window must hold, or NULL; else -ECANCELED
 * @previous: takes what the window held, if the key existed; or NULL
 */
struct change {
	enum present present;
	bool create;
	bool existed;
	struct bucketmap_window window;
	const void *value;
	const void *expected;
	void *previous;
};

/* Takes one of the entries that max_entries permits. */
static bool credit_take(struct bucketmap *map)
{
	return !map->limited || atomic64_dec_if_positive(&map->credit) >= 0;
}

static void credit_return(struct bucketmap *map)
{
	if (map->limited)
		atomic64_inc(&map->credit);
}

/*
 * Room, credit and commit, all under the lock: so max_entries is never
 * exceeded, and never refuses an entry while there is room for it. Entries that
 * are being made or removed count until that is done.
 */
static int make_entry(struct bucketmap *map, const struct bm_bucket *bucket,
		      const struct bm_key *key, struct bm_place *place,
		      const struct change *change)
{
	u32 link;
	int err = bm_bucket_room(bucket, place, &link);

	if (err)
		return err;
	if (!credit_take(map)) {
		bm_reserve_put(bucket->table, link);
		bm_count(map, BM_REFUSED_FULL);
		return -ENOSPC;
	}
	bm_bucket_insert(bucket, key, place, link, change->window,
			 change->value);
	percpu_counter_add_batch(&map->count, 1, bucket->table->count_batch);
	bm_count(map, BM_INSERTED);
	if (link)
		bm_count(map, BM_OVERFLOW_LINKED);
	return 0;
}

/**
 * bm_entry_remove() - remove an entry, and all that goes with it
 * @map: the map
 * @bucket: the entry's bucket
 * @place: its place
 *
 * Context: the bucket's lock is held.
 */
void bm_entry_remove(struct bucketmap *map, const struct bm_bucket *bucket,
		     struct bm_place *place)
{
	if (bm_bucket_remove(bucket, place))
		bm_count(map, BM_OVERFLOW_UNLINKED);
	percpu_counter_add_batch(&map->count, -1, bucket->table->count_batch);
	credit_return(map);
	bm_count(map, BM_DELETED);
}

static void add_to_entry(const struct bm_bucket *bucket,
			 const struct bm_place *place,
			 const struct change *change)
{
	u64 *value = bm_slot_value(bucket->table->layout, place->record,
				   place->slot);
	u64 number = value[change->window.offset / sizeof(u64)] +
		     *(const u64 *)change->value;

	bm_bucket_overwrite(bucket, place, change->window, &number);
}

static int change_present(struct bucketmap *map,
			  const struct bm_bucket *bucket,
			  struct bm_place *place, struct change *change)
{
	const u64 *value = bm_slot_value(&map->layout, place->record,
					 place->slot);
	struct bucketmap_window window = change->window;

	change->existed = true;
	if (change->previous)
		bm_words_load(change->previous, value, window.offset,
			      window.length);
	if (change->expected && !bm_words_match(value, window.offset,
						change->expected,
						window.length))
		return -ECANCELED;

	switch (change->present) {
	case REFUSE:
		return -EEXIST;
	case KEEP:
		return 0;
	case OVERWRITE:
		bm_bucket_overwrite(bucket, place, window, change->value);
		break;
	case ADD:
		add_to_entry(bucket, place, change);
		break;
	case REMOVE:
		bm_entry_remove(map, bucket, place);
		return 0;
	}
	bm_count(map, BM_OVERWRITTEN);
	return 0;
}

/* Does the new entry, or what the reserve has left, call for the worker? */
static bool insert_asks(struct bucketmap *map, struct bm_table *table,
			const struct bm_place *place)
{
	return bm_count_estimate(map) >
	       BM_LOAD_GROW(bm_table_buckets(table)) ||
	       place->depth + 1 >= CHAIN_ASK || bm_reserve_low(table);
}

/**
 * bm_entry_removed_asks() - does a removed entry call for the worker?
 * @map: the map
 * @bucket: the bucket that it was removed from
 *
 * In a large table of the right size, few buckets are ever empty. In a small
 * one, all that is left may be in one bucket, and counting costs nothing.
 *
 * Context: the bucket's lock is held.
 * Return: true if the table may be too large.
 */
bool bm_entry_removed_asks(const struct bucketmap *map,
			   const struct bm_bucket *bucket)
{
	u32 order = bucket->table->order;

	return (!bucket->home->tags || order <= ORDER_SMALL) &&
	       order > READ_ONCE(map->order_min);
}

/* One try, all under RCU, most of it under the bucket's lock. */
static int try_change(struct bucketmap *map, const struct bm_key *key,
		      struct change *change)
{
	struct bm_bucket bucket;
	struct bm_place place;
	bool ask = false, ask_later = false;
	int err;

	change->existed = false;
	rcu_read_lock();
	bm_evacuate_help(map, key->hash);
	bm_bucket_lock(map, key->hash, &bucket);
	bm_bucket_find(&bucket, key, &place);
	if (bm_place_found(&place)) {
		err = change_present(map, &bucket, &place, change);
		ask_later = change->present == REMOVE &&
			    bm_entry_removed_asks(map, &bucket);
	} else if (change->create) {
		err = make_entry(map, &bucket, key, &place, change);
		ask = insert_asks(map, bucket.table, &place);
	} else {
		err = -ENOENT;
	}
	bm_bucket_unlock(&bucket);
	rcu_read_unlock();
	if (ask)
		bm_resize_ask(map);
	else if (ask_later)
		bm_resize_ask_later(map);
	return err;
}

/* Adds a chunk to the reserve of the table that holds @hash's bucket. */
static int add_chunk(struct bucketmap *map, u64 hash, gfp_t gfp)
{
	struct bm_bucket bucket;
	size_t bytes;
	void *chunk;
	int err;

	rcu_read_lock();
	bm_bucket_lock(map, hash, &bucket);
	err = bm_reserve_missing(bucket.table, &bytes);
	bm_bucket_unlock(&bucket);
	rcu_read_unlock();
	if (err || !bytes)
		return err;

	chunk = bm_chunk_alloc(bytes, gfp);
	if (!chunk)
		return -ENOMEM;
	rcu_read_lock();
	bm_bucket_lock(map, hash, &bucket);
	err = bm_reserve_install(bucket.table, &chunk, bytes);
	bm_bucket_unlock(&bucket);
	rcu_read_unlock();
	vfree(chunk);
	return err;
}

/* Answers what bm_bucket_room() said, with no lock held. */
static int make_room(struct bucketmap *map, u64 hash, int missing,
		     u64 completed, gfp_t gfp)
{
	int err = -ENOMEM;

	if (gfpflags_allow_blocking(gfp)) {
		if (missing == -EAGAIN)
			err = add_chunk(map, hash, gfp);
		if (missing == -EXFULL || err == -ENOSPC)
			err = bm_resize_wait(map, completed);
	}
	if (err)
		bm_count(map, BM_REFUSED_MEMORY);
	return err;
}

static int change_entry(struct bucketmap *map, const void *bytes,
			struct change *change, gfp_t gfp)
{
	struct bm_key key;
	int err = bm_window_resolve(map, &change->window);

	if (err)
		return err;
	bm_key_init(map, &key, bytes);
	do {
		u64 completed = bm_resize_completed(map);

		err = try_change(map, &key, change);
		if (err != -EAGAIN && err != -EXFULL)
			return err;
		err = make_room(map, key.hash, err, completed, gfp);
	} while (!err);
	return err;
}

/**
 * bucketmap_store() - write the value of a key, whether it exists or not
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be written; where an entry is made, the
 *	rest becomes zero
 * @value: bytes for it
 * @gfp: allocation flags
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets. Sleeps only if @gfp permits it.
 * Return: 0; -EINVAL for a window that does not lie inside the value; and
 * where an entry would have to be made: -ENOSPC if the map holds max_entries,
 * -ENOMEM if there is no room and it could not be made.
 */
int bucketmap_store(struct bucketmap *map, const void *key,
		    struct bucketmap_window window, const void *value,
		    gfp_t gfp)
{
	struct change change = {
		.present = OVERWRITE,
		.create = true,
		.window = window,
		.value = value,
	};

	return change_entry(map, key, &change, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_store);

/**
 * bucketmap_insert() - make an entry
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be written; the rest becomes zero
 * @value: bytes for it
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: 0; -EEXIST if the key exists; else as bucketmap_store().
 */
int bucketmap_insert(struct bucketmap *map, const void *key,
		     struct bucketmap_window window, const void *value,
		     gfp_t gfp)
{
	struct change change = {
		.present = REFUSE,
		.create = true,
		.window = window,
		.value = value,
	};

	return change_entry(map, key, &change, gfp);
}
EXPORT_SYMBOL_GPL(bucketmap_insert);

/**
 * bucketmap_replace() - write the value of a key that exists
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be written
 * @value: bytes for it
 *
 * Context: any but hard interrupts and NMI. Takes and releases locks of
 * buckets. Does not sleep.
 * Return: 0; -ENOENT if the key is absent; -EINVAL for a window that does not
 * lie inside the value.
 */
int bucketmap_replace(struct bucketmap *map, const void *key,
		      struct bucketmap_window window, const void *value)
{
	struct change change = {
		.present = OVERWRITE,
		.window = window,
		.value = value,
	};

	return change_entry(map, key, &change, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_replace);

/**
 * bucketmap_load_or_store() - read the value of a key, or make an entry
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read or written
 * @value: bytes for it if the key is absent; the rest becomes zero
 * @previous: takes the window if the key exists
 * @existed: becomes whether it did
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: as bucketmap_store().
 */
int bucketmap_load_or_store(struct bucketmap *map, const void *key,
			    struct bucketmap_window window, const void *value,
			    void *previous, bool *existed, gfp_t gfp)
{
	struct change change = {
		.present = KEEP,
		.create = true,
		.window = window,
		.value = value,
		.previous = previous,
	};
	int err = change_entry(map, key, &change, gfp);

	*existed = change.existed;
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_load_or_store);

/**
 * bucketmap_swap() - write the value of a key and read what it was
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read and written; where an entry is
 *	made, the rest becomes zero
 * @value: bytes for it
 * @previous: takes what the window held, if the key existed
 * @existed: becomes whether it did
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: as bucketmap_store().
 */
int bucketmap_swap(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *value,
		   void *previous, bool *existed, gfp_t gfp)
{
	struct change change = {
		.present = OVERWRITE,
		.create = true,
		.window = window,
		.value = value,
		.previous = previous,
	};
	int err = change_entry(map, key, &change, gfp);

	*existed = change.existed;
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_swap);

/**
 * bucketmap_delete() - remove an entry
 * @map: the map
 * @key: the key, key_size bytes
 *
 * Context: as bucketmap_replace().
 * Return: 0, or -ENOENT if the key is absent.
 */
int bucketmap_delete(struct bucketmap *map, const void *key)
{
	struct change change = { .present = REMOVE };

	return change_entry(map, key, &change, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_delete);

/**
 * bucketmap_lookup_and_delete() - remove an entry and read what its value was
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be read
 * @previous: takes it
 *
 * Context: as bucketmap_replace().
 * Return: as bucketmap_replace().
 */
int bucketmap_lookup_and_delete(struct bucketmap *map, const void *key,
				struct bucketmap_window window, void *previous)
{
	struct change change = {
		.present = REMOVE,
		.window = window,
		.previous = previous,
	};

	return change_entry(map, key, &change, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_lookup_and_delete);

/**
 * bucketmap_compare_and_swap() - write a value if it is what it is believed
 *	to be
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be compared and written
 * @expected: what it must hold
 * @value: bytes for it
 *
 * Context: as bucketmap_replace().
 * Return: 0; -ECANCELED if the window holds something else; else as
 * bucketmap_replace().
 */
int bucketmap_compare_and_swap(struct bucketmap *map, const void *key,
			       struct bucketmap_window window,
			       const void *expected, const void *value)
{
	struct change change = {
		.present = OVERWRITE,
		.window = window,
		.value = value,
		.expected = expected,
	};

	return change_entry(map, key, &change, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_compare_and_swap);

/**
 * bucketmap_compare_and_delete() - remove an entry if its value is what it is
 *	believed to be
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be compared
 * @expected: what it must hold
 *
 * Context: as bucketmap_replace().
 * Return: as bucketmap_compare_and_swap().
 */
int bucketmap_compare_and_delete(struct bucketmap *map, const void *key,
				 struct bucketmap_window window,
				 const void *expected)
{
	struct change change = {
		.present = REMOVE,
		.window = window,
		.expected = expected,
	};

	return change_entry(map, key, &change, 0);
}
EXPORT_SYMBOL_GPL(bucketmap_compare_and_delete);

/**
 * bucketmap_add() - add to a number in the value of a key
 * @map: the map
 * @key: the key, key_size bytes; where it is absent, an entry is made, its
 *	value all zero
 * @offset: where in the value the number is; a multiple of 8
 * @delta: what to add, modulo 2^64
 * @previous: becomes the number as it was before; NULL if nobody asks
 * @gfp: allocation flags
 *
 * Context: as bucketmap_store().
 * Return: 0; -EINVAL if the number does not lie inside the value or is not
 * aligned; else as bucketmap_store().
 */
int bucketmap_add(struct bucketmap *map, const void *key, u32 offset,
		  u64 delta, u64 *previous, gfp_t gfp)
{
	u64 number = 0;
	struct change change = {
		.present = ADD,
		.create = true,
		.window = { offset, sizeof(u64) },
		.value = &delta,
		.previous = &number,
	};
	int err = -EINVAL;

	if (!(offset % sizeof(u64)))
		err = change_entry(map, key, &change, gfp);
	if (!err && previous)
		*previous = number;
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_add);

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Buckets: finding, reading and changing entries.
 */
#ifndef _BM_CORE_BUCKET_H
#define _BM_CORE_BUCKET_H

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
static inline void bm_key_load(const struct bucketmap *map, struct bm_key *key,
			       const void *bytes)
{
	u32 size = map->layout.key_size;

	if (size == sizeof(u64)) {
		key->words[0] = bm_unaligned_load(bytes);
	} else {
		key->words[map->layout.key_words - 1] = 0;
		memcpy(key->words, bytes, size);
	}
}

/* Prepares a key, of any alignment, to be looked for. */
static inline void bm_key_init(const struct bucketmap *map, struct bm_key *key,
			       const void *bytes)
{
	bm_key_load(map, key, bytes);
	key->hash = bm_hash_words(&map->hash, key->words,
				  map->layout.key_size);
}

void bm_bucket_lock(struct bucketmap *map, u64 hash, struct bm_bucket *bucket);
void bm_bucket_unlock(struct bm_bucket *bucket);

struct bm_record *bm_chain_next(const struct bm_table *table,
				const struct bm_record *record);
void bm_chain_extend(const struct bm_table *table, struct bm_record *tail,
		     u32 link);

bool bm_place_advance(const struct bm_bucket *bucket, struct bm_place *place);
u64 bm_entry_hash(const struct bucketmap *map, struct bm_record *record,
		  u32 slot);

void bm_bucket_find(const struct bm_bucket *bucket, const struct bm_key *key,
		    struct bm_place *place);
int bm_bucket_room(const struct bm_bucket *bucket,
		   const struct bm_place *place, u32 *link);
void bm_bucket_insert(const struct bm_bucket *bucket,
		      const struct bm_key *key, struct bm_place *place,
		      u32 link, struct bucketmap_window window,
		      const void *value);
void bm_bucket_overwrite(const struct bm_bucket *bucket,
			 const struct bm_place *place,
			 struct bucketmap_window window, const void *value);
bool bm_bucket_remove(const struct bm_bucket *bucket,
		      struct bm_place *place);

#endif /* _BM_CORE_BUCKET_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changes of entries: the path of all writes to one key, and the accounting of
 * removed entries.
 */
#ifndef _BM_CORE_CHANGE_H
#define _BM_CORE_CHANGE_H

#include "core/bucket.h"

int bm_change(struct bucketmap *map, const struct bm_key *key,
	      const struct bucketmap_op *op, gfp_t gfp);
bool bm_removal_kicks(const struct bucketmap *map,
		      const struct bm_bucket *bucket);

/* Takes a credit for one entry. Returns false if the map holds max_entries. */
static inline bool bm_credit_take(struct bucketmap *map)
{
	return !map->limited || atomic64_dec_if_positive(&map->credit) >= 0;
}

static inline void bm_credit_return(struct bucketmap *map)
{
	if (map->limited)
		atomic64_inc(&map->credit);
}

/* Accounts for a removed entry, and for its record if that was @unlinked. */
static __always_inline void bm_entry_removed(struct bucketmap *map,
					     const struct bm_bucket *bucket,
					     bool unlinked)
{
	if (unlinked)
		bm_count_here(map, BM_OVERFLOW_UNLINKED);
	percpu_counter_add_batch(&map->count, -1, bucket->table->count_batch);
	bm_credit_return(map);
	bm_count_here(map, BM_DELETED);
}

/* Removes an entry from a locked bucket, with all accounting. */
static __always_inline void bm_entry_remove(struct bucketmap *map,
					    const struct bm_layout *layout,
					    const struct bm_bucket *bucket,
					    const struct bm_place *place)
{
	bm_entry_removed(map, bucket, bm_bucket_remove(bucket, layout, place));
}

#endif /* _BM_CORE_CHANGE_H */

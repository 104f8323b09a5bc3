/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations on one key: what they share.
 */
#ifndef _BM_CORE_OPS_H
#define _BM_CORE_OPS_H

#include <linux/errno.h>
#include <linux/nospec.h>

#include "core/bucket.h"

/* Checks a window and replaces the short form for the whole value. */
static inline int bm_window_resolve(const struct bucketmap *map,
				    struct bucketmap_window *window)
{
	u32 size = map->layout.value_size;

	if (!window->offset && !window->length) {
		*window = (struct bucketmap_window){ .length = size };
		return 0;
	}
	if (window->offset > size || window->length > size - window->offset)
		return -EINVAL;
	/* Both may be a process's. */
	window->offset = array_index_nospec(window->offset, size + 1);
	window->length = array_index_nospec(window->length,
					    size - window->offset + 1);
	return 0;
}

/* The whole value of a map of words. */
static const struct bucketmap_window __maybe_unused bm_window_word = {
	.length = sizeof(u64),
};

/* Is it that, in the short form or in the long one? */
static inline bool bm_window_is_word(const struct bucketmap *map,
				     struct bucketmap_window window)
{
	return map->layout.words &&
	       !(window.offset | (window.length & ~(u32)sizeof(u64)));
}

/* Has an operation with that result written what was there before? */
static inline bool bm_gave_previous(u32 operation, int result)
{
	switch (operation) {
	case BUCKETMAP_LOAD_OR_STORE:
	case BUCKETMAP_SWAP:
		return result == 1;
	case BUCKETMAP_COMPARE_AND_SWAP:
	case BUCKETMAP_COMPARE_AND_DELETE:
		return !result || result == -ECANCELED;
	default:
		return !result;
	}
}

/* read.c */
int bm_read(struct bucketmap *map, const struct bm_key *key,
	    struct bucketmap_window window, void *value);

/* change.c */
int bm_change(struct bucketmap *map, const struct bm_key *key,
	      const struct bucketmap_op *op,
	      struct bucketmap_window window, gfp_t gfp);
bool bm_removal_kicks(const struct bucketmap *map,
		      const struct bm_bucket *bucket);

/* Takes one of the entries that max_entries permits. */
static inline bool bm_credit_take(struct bucketmap *map)
{
	return !map->limited || atomic64_dec_if_positive(&map->credit) >= 0;
}

static inline void bm_credit_return(struct bucketmap *map)
{
	if (map->limited)
		atomic64_inc(&map->credit);
}

/* Accounts for an entry that was removed, and for its record if that is free. */
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

/* Removes an entry from a locked bucket, and all that goes with it. */
static __always_inline void bm_entry_remove(struct bucketmap *map,
					    const struct bm_layout *layout,
					    const struct bm_bucket *bucket,
					    const struct bm_place *place)
{
	bm_entry_removed(map, bucket, bm_bucket_remove(bucket, layout, place));
}

/* Checks an operation and its window. */
static inline int bm_operation_check(const struct bucketmap *map,
				     u32 operation,
				     struct bucketmap_window *window)
{
	if (operation >= BUCKETMAP_OPERATIONS)
		return -EINVAL;
	if (operation == BUCKETMAP_ADD) {
		if (window->offset % sizeof(u64) || window->length)
			return -EINVAL;
		window->length = sizeof(u64);
	}
	return bm_window_resolve(map, window);
}

#endif /* _BM_CORE_OPS_H */

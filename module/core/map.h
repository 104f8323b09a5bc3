/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map, as the core sees it.
 */
#ifndef _BM_CORE_MAP_H
#define _BM_CORE_MAP_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/percpu_counter.h>

#include "bucketmap.h"
#include "core/core.h"
#include "core/hash.h"
#include "core/load.h"
#include "core/memory.h"
#include "core/resize.h"
#include "core/table.h"
#include "core/watch.h"
#include "core/counters.h"

/**
 * struct bucketmap - a map
 * @table: the oldest live table
 * @layout: sizes of keys, values and records
 * @hash: how keys are hashed
 * @counters: event counters
 * @order_min: the table never gets smaller than this, for @capacity; written
 *	by the worker
 * @limited: there is a max_entries
 * @count: entries
 * @credit: entries that max_entries still permits
 * @capacity: what was asked for last, or what it was before that was refused
 * @resize: state of resizing
 * @watch: who waits for changes
 * @memcg: who pays for its memory
 *
 * What every operation reads comes first, and none of them writes to it.
 */
struct bucketmap {
	struct bm_table __rcu *table;
	struct bm_layout layout;
	struct bm_hash hash;
	struct bm_counters __percpu *counters;
	u32 order_min;
	bool limited;
	struct percpu_counter count ____cacheline_aligned_in_smp;
	atomic64_t credit ____cacheline_aligned_in_smp;
	u64 capacity;
	struct bm_resize resize ____cacheline_aligned_in_smp;
	struct bm_watch watch ____cacheline_aligned_in_smp;
	struct bm_memcg memcg;
};

/* The entry count, without what CPUs keep to themselves. */
static inline u64 bm_count_estimate(struct bucketmap *map)
{
	/* The library writes what it reads here without marking it. */
	return data_race(percpu_counter_read_positive(&map->count));
}

/*
 * Is there anybody to be told of a change? To be asked after it, still with
 * the bucket's lock held and in the RCU read section.
 */
static inline bool bm_watch_wanted(const struct bucketmap *map)
{
	return unlikely(atomic_read(&map->watch.interest));
}

#endif /* _BM_CORE_MAP_H */

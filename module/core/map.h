/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map structure.
 */
#ifndef _BM_CORE_MAP_H
#define _BM_CORE_MAP_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/percpu_counter.h>

#include "bucketmap.h"
#include "core/core.h"
#include "core/counters.h"
#include "core/hash.h"
#include "core/load.h"
#include "core/mapped.h"
#include "core/memory.h"
#include "core/resize.h"
#include "core/table.h"
#include "core/watch.h"

/**
 * struct bucketmap - a map
 * @table: the oldest live table
 * @layout: sizes of keys, values and records
 * @hash: how keys are hashed
 * @counters: event counters
 * @order_min: smallest order that the table may have, by @capacity; written by
 *	the worker
 * @limited: the map has a max_entries
 * @count: number of entries
 * @credit: entries that max_entries still permits
 * @capacity: capacity of the last resize, or the one before it if that failed
 * @resize: state of resizing
 * @watch: waiters and pollers
 * @mapped: how processes map it
 * @memcg: memory cgroup that the map's memory is charged to
 *
 * The members that every operation reads come first. Operations never write to
 * them.
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
	struct bm_mapped mapped;
	struct bm_memcg memcg;
};

/*
 * The entry count, without the changes that CPUs still hold in their batches.
 */
static inline u64 bm_count_estimate(struct bucketmap *map)
{
	/* lib/percpu_counter.c writes the count by plain stores. */
	return data_race(percpu_counter_read_positive(&map->count));
}

/*
 * Are there waiters or pollers to wake? The caller has made its change, and
 * still holds the bucket's lock and is in the same RCU read section.
 */
static inline bool bm_watch_wanted(const struct bucketmap *map)
{
	return unlikely(atomic_read(&map->watch.interest));
}

/* The sum of a counter over all possible CPUs, as bm_counters_total(). */
static inline u64 bm_counters_sum(const struct bucketmap *map,
				  enum bm_counter counter)
{
	return bm_counters_total(map->counters, counter);
}

#endif /* _BM_CORE_MAP_H */

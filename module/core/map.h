/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map, as the core sees it.
 */
#ifndef _BM_CORE_MAP_H
#define _BM_CORE_MAP_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/percpu_counter.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "bucketmap.h"
#include "core/core.h"
#include "core/hash.h"
#include "core/memory.h"
#include "core/table.h"
#include "core/watch.h"
#include "core/counters.h"

/* Grow above 13 / 2 = 6.5 entries per bucket. */
#define BM_LOAD_GROW(buckets)	((u64)(buckets) * 13 / 2)

#define BM_CAPACITY_MAX		BM_LOAD_GROW(1ULL << BM_ORDER_MAX)

/*
 * A migration multiplies or divides the buckets by 1 << BM_RESIZE_ORDERS at most:
 * what a table's pool can grow to depends on the table before it.
 */
#define BM_RESIZE_ORDERS	4

/*
 * Retired tables that may wait for their grace period at the same time. A table
 * that fills fast is replaced several times within one.
 */
#define BM_RETIRED_MAX	8

/**
 * enum bm_kicked - has the worker been asked to look at the map?
 * @BM_KICKED_NOT: no
 * @BM_KICKED_LATER: yes, it will before long
 * @BM_KICKED_NOW: yes, as soon as it can, and sooner is not possible
 */
enum bm_kicked {
	BM_KICKED_NOT,
	BM_KICKED_LATER,
	BM_KICKED_NOW,
};

/**
 * struct bm_retired - a table that has been replaced
 * @table: the table
 * @grace: the grace period after which nobody uses it any more
 */
struct bm_retired {
	struct bm_table *table;
	unsigned long grace;
};

/**
 * struct bm_fit - a call for a table that fits a capacity
 * @lock: protects all of this, and &struct bucketmap.capacity; no other lock is
 *	taken inside of it
 * @busy: there is a call; others wait for it to end
 * @pending: the worker has not taken it over yet
 * @taken: the worker sees to it
 * @orphan: its caller waits no longer; the worker ends it
 * @withdrawn: and it is not to be fulfilled
 * @settled: capacity of the last call that was fulfilled
 * @err: what came of the last call whose caller waited
 */
struct bm_fit {
	spinlock_t lock; /* innermost */
	bool busy;
	bool pending;
	bool taken;
	bool orphan;
	bool withdrawn;
	u64 settled;
	int err;
};

/**
 * struct bm_resize - state of a map's resizing
 * @work: the worker
 * @kicked: enum bm_kicked; the worker clears it before it looks
 * @dying: the map is being destroyed
 * @waited: somebody waits for the next look; the worker clears it before it
 *	looks
 * @fit: the call for a table that fits
 * @passes_started: times that the worker has begun to look at the map
 * @passes_done: @passes_started as it was when the last look that ended began
 * @progress: grows when a table is published and when a migration is completed
 * @changed: those who wait for a look to end, or for progress
 * @evacuators: callers that move buckets while they wait
 * @refused_until: until when writers are refused memory for a chunk without
 *	trying, in nanoseconds of CLOCK_MONOTONIC
 * @starved: memory was refused in this look; it asks for no more
 * @retry_delay: jiffies that it waited last, for want of memory; 0: there was
 * @orders_max: by how much the table shrinks at once, at most
 * @retired: tables that were retired last, the oldest first
 * @retired_count: how many of them there are
 * @blocker: a hash of a chain that is too long for the table to shrink; 0: none
 *	is known
 * @grown: migrations to a larger table that were completed
 * @shrunk: migrations to a smaller table that were completed
 * @failed: tables and chunks that there was no memory for
 * @step_ns: longest time that the worker took for a slice of buckets
 * @allocation_ns: longest time that the worker took to make a table
 *
 * From @starved on, the worker alone writes.
 */
struct bm_resize {
	struct delayed_work work;
	int kicked;
	bool dying;
	bool waited;
	struct bm_fit fit;
	u64 passes_started;
	u64 passes_done;
	u64 progress;
	wait_queue_head_t changed;
	atomic_t evacuators;
	u64 refused_until;
	bool starved;
	unsigned long retry_delay;
	u32 orders_max;
	struct bm_retired retired[BM_RETIRED_MAX];
	u32 retired_count;
	u64 blocker;
	u64 grown;
	u64 shrunk;
	u64 failed;
	u64 step_ns;
	u64 allocation_ns;
};

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

extern struct workqueue_struct *bm_workqueue;

#endif /* _BM_CORE_MAP_H */

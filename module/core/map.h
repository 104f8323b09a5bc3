/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map, as the core sees it.
 */
#ifndef _BM_CORE_MAP_H
#define _BM_CORE_MAP_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/percpu_counter.h>
#include <linux/workqueue.h>

#include "bucketmap.h"
#include "core/core.h"
#include "core/hash.h"
#include "core/table.h"
#include "obs/counters.h"

/* Grow above 13 / 2 = 6.5 entries per bucket. */
#define BM_LOAD_GROW(buckets)	((u64)(buckets) * 13 / 2)

/* A migration multiplies the buckets by 1 << BM_GROW_ORDERS at most. */
#define BM_GROW_ORDERS	4

/* Retired tables that may wait for their grace period at the same time. */
#define BM_RETIRED_MAX		2

/**
 * struct bm_resize - state of a map's resizing; but for @asked, @dying and
 *	@requests, the worker alone writes it
 * @work: the worker
 * @asked: bit 0: the worker was asked to look, and has not begun to
 * @dying: the map is being destroyed
 * @requests: how often somebody called for a table that fits
 * @served: the last of these that was answered
 * @refused: the last of these that there was no memory for
 * @retired: grace periods that tables were last retired in, the oldest first
 * @grown: migrations to a larger table that were completed
 * @shrunk: migrations to a smaller table that were completed
 * @failed: tables and chunks that there was no memory for
 * @step_ns: longest time that the worker took for a slice of buckets
 * @allocation_ns: longest time that the worker took to make a table
 */
struct bm_resize {
	struct delayed_work work;
	unsigned long asked;
	bool dying;
	atomic_t requests;
	int served;
	int refused;
	unsigned long retired[BM_RETIRED_MAX];
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
 * @order_min: the table never gets smaller than this, for the capacity that
 *	was asked for
 * @limited: there is a max_entries
 * @count: entries
 * @credit: entries that max_entries still permits
 * @resize: state of resizing
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
	atomic64_t credit;
	struct bm_resize resize ____cacheline_aligned_in_smp;
};

extern struct workqueue_struct *bm_workqueue;

#endif /* _BM_CORE_MAP_H */

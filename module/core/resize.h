/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a map's resizing, and what belongs to it: the worker (worker.c),
 * how it is kicked and waited for (pass.c), RESIZE calls (fit.c), and retired
 * tables (retire.c).
 */
#ifndef _BM_CORE_RESIZE_H
#define _BM_CORE_RESIZE_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct bucketmap;
struct bm_table;

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

/* Runs the workers of all maps. */
extern struct workqueue_struct *bm_workqueue;

/* worker.c */
void bm_worker(struct work_struct *work);

/* pass.c */

/* No progress is ever that. */
#define BM_PROGRESS_UNKNOWN	U64_MAX

/**
 * struct bm_until - what somebody waits for, the first of it
 * @pass: the end of the look of that number
 * @progress: another progress than that; BM_PROGRESS_UNKNOWN: none ends waiting
 * @deadline: nanoseconds of CLOCK_MONOTONIC, 0 for none
 * @evacuates: the caller moves buckets meanwhile
 */
struct bm_until {
	u64 pass;
	u64 progress;
	u64 deadline;
	bool evacuates;
};

void bm_resize_init(struct bucketmap *map);
void bm_resize_stop(struct bucketmap *map);
void bm_resize_kick(struct bucketmap *map);
void bm_resize_kick_later(struct bucketmap *map);
void bm_worker_queue(struct bm_resize *resize, enum bm_kicked kicked,
		     unsigned long delay);
u64 bm_resize_progress(const struct bucketmap *map);
int bm_pass_await(struct bucketmap *map, struct bm_until *until);
int bm_resize_wait(struct bucketmap *map, u64 progress);
int bm_resize_join(struct bucketmap *map, u64 progress);

/* fit.c */
void bm_fit_take(struct bucketmap *map);
bool bm_fit_wanted(struct bucketmap *map);
void bm_fit_answer(struct bucketmap *map, int err);

/* retire.c */
void bm_retire(struct bm_resize *resize, struct bm_table *table);
bool bm_retired_poll(struct bm_resize *resize);
void bm_retired_limit(struct bm_resize *resize);
bool bm_retired_await(struct bm_resize *resize);
void bm_retired_exit(struct bm_resize *resize);

#endif /* _BM_CORE_RESIZE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Resizing of a map: its state, the worker (worker.c), inserts that grow a small
 * table (grow.c), kicks and waits for the worker (pass.c), RESIZE calls (fit.c),
 * and retired tables (retire.c).
 */
#ifndef _BM_CORE_RESIZE_H
#define _BM_CORE_RESIZE_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

struct bucketmap;
struct bm_table;

/*
 * Maximum number of tables that wait for their grace period. If a map fills
 * fast, its table is replaced several times within one grace period.
 */
#define BM_RETIRED_MAX	8

/**
 * enum bm_kicked - has the worker been kicked?
 * @BM_KICKED_NOT: no
 * @BM_KICKED_LATER: yes, the next pass starts after a delay
 * @BM_KICKED_NOW: yes, the next pass starts as soon as it may
 */
enum bm_kicked {
	BM_KICKED_NOT,
	BM_KICKED_LATER,
	BM_KICKED_NOW,
};

/**
 * struct bm_retired - a retired table
 * @table: the table
 * @grace: the grace period after which it may be freed
 */
struct bm_retired {
	struct bm_table *table;
	unsigned long grace;
};

/**
 * struct bm_fit - a call for a table that fits a capacity
 * @lock: protects all members, and &struct bucketmap.capacity; innermost
 * @busy: there is a call; other calls wait until it ends
 * @pending: the worker has not taken the call over yet
 * @taken: the worker has taken the call over and has not answered it
 * @orphan: the caller has stopped waiting; the worker ends the call
 * @withdrawn: the caller has also withdrawn the call
 * @settled: capacity of the last call that succeeded
 * @err: result of the last call whose caller waited
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
 * @lock: held by the task that changes the map's tables: the worker in a pass,
 *	or an insert that grows a small table. An insert only tries to take it.
 * @work: the worker
 * @kicked: enum bm_kicked; the worker clears it at the start of a pass
 * @dying: the map is being destroyed
 * @waited: a task waits for the next pass; the worker clears it at the start of
 *	a pass
 * @fit: the call for a table that fits
 * @passes_started: number of passes that have started
 * @passes_done: value of @passes_started during the last pass that has ended
 * @progress: grows when a table is published and when a migration is completed
 * @changed: tasks that wait for the end of a pass, or for progress
 * @evacuators: number of callers that evacuate buckets while they wait
 * @refused_until: until then writers get no memory for a chunk and do not try
 *	to allocate it, unless an attempt of @lock's holder has failed since;
 *	nanoseconds of CLOCK_MONOTONIC
 * @starved: an allocation failed since the last pass began; the holder of @lock
 *	adds no chunks, and the worker makes no larger table
 * @retry_delay: last delay after an allocation failure, in jiffies; 0: none
 * @orders_max: maximum number of orders that the table shrinks by at once
 * @retired: retired tables, the oldest first
 * @retired_count: number of retired tables
 * @blocker: a hash of a chain that is too long for the table to shrink; 0 if
 *	none is known
 * @grown: number of completed migrations to a larger table
 * @shrunk: number of completed migrations to a smaller table
 * @failed: number of tables and chunks that could not be allocated
 * @step_ns: longest time that the holder of @lock took for a slice of buckets
 * @allocation_ns: longest time that the holder of @lock took to allocate a table
 *
 * Only the holder of @lock writes @progress, @starved and the members after
 * that.
 */
struct bm_resize {
	struct mutex lock; /* of the tables */
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

/* grow.c */
bool bm_grow_small(struct bucketmap *map, gfp_t gfp);

/* pass.c */

/* Progress never has this value. */
#define BM_PROGRESS_UNKNOWN	U64_MAX

/**
 * struct bm_until - what ends a wait, whichever comes first
 * @pass: the end of the pass with this number
 * @progress: progress other than this; BM_PROGRESS_UNKNOWN to ignore progress
 * @deadline: nanoseconds of CLOCK_MONOTONIC, 0 for none
 * @evacuates: the caller evacuates buckets while it waits
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
void bm_retired_check(struct bm_resize *resize);
void bm_retired_limit(struct bm_resize *resize);
bool bm_retired_await(struct bm_resize *resize);
void bm_retired_exit(struct bm_resize *resize);

#endif /* _BM_CORE_RESIZE_H */

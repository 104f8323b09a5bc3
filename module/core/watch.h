/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watching a map: waiting for a key to change (wait.c), and polling for any
 * change (changes.c).
 */
#ifndef _BM_CORE_WATCH_H
#define _BM_CORE_WATCH_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

struct bucketmap;

/* Keys that are waited for are spread over shards, by their hashes. */
#define BM_WATCH_SHARD_BITS	4
#define BM_WATCH_SHARDS		BIT(BM_WATCH_SHARD_BITS)

/* Maximum number of waiters of a map, and of one key. */
#define BM_WAITERS_MAX		16384
#define BM_KEY_WAITERS_MAX	1024

/**
 * struct bm_watch_shard - waiters of keys whose hashes have the same top bits
 * @lock: protects the members below; @asleep is also read without it
 * @asleep: number of waiters that are in a queue
 * @entered: how often a waiter has entered a queue
 * @keys: the keys that are waited for, in the order of their hashes
 */
struct bm_watch_shard {
	spinlock_t lock; /* innermost */
	u32 asleep;
	u64 entered;
	struct rb_root keys;
};

/**
 * struct bm_watch - waiters and pollers of a map
 * @interest: number of tasks that wait for a key, plus one if there are
 *	pollers. All writers read it, so it is in another cache line than the
 *	members that are written more often.
 * @pollers_lock: protects @pollers
 * @pollers: number of pollers
 * @waiters: number of tasks that wait for a key, or are about to
 * @version: odd if a poller has armed since a change was last noted;
 *	incremented when a poller arms and when the next change is noted
 * @changes: wait queue of pollers
 * @shards: waiters of keys
 */
struct bm_watch {
	atomic_t interest;
	struct mutex pollers_lock ____cacheline_aligned_in_smp; /* outermost */
	u32 pollers;
	atomic_t waiters;
	atomic64_t version;
	wait_queue_head_t changes;
	struct bm_watch_shard shards[BM_WATCH_SHARDS];
};

struct bm_key;
struct bucketmap_window;

/* wait.c */
int bm_wait(struct bucketmap *map, const void *key,
	    struct bucketmap_window window, const void *seen, u64 deadline);
void bm_waiters_wake(struct bm_watch *watch, const struct bm_key *key);
void bm_waiters_wake_range(struct bm_watch *watch, u64 first, u64 last);

/* changes.c */
void bm_watch_init(struct bucketmap *map);
void bm_watch_changed(struct bucketmap *map, const struct bm_key *key);
void bm_watch_changed_many(struct bucketmap *map, u64 first, u64 last);

void bm_changes_begin(struct bucketmap *map, bool *polls);
void bm_changes_end(struct bucketmap *map);
u64 bm_changes_arm(struct bucketmap *map);
bool bm_changes_since(struct bucketmap *map, u64 version);
wait_queue_head_t *bm_changes_queue(struct bucketmap *map);

#endif /* _BM_CORE_WATCH_H */

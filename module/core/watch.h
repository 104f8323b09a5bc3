/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Watching a map: waiting for a key to change, and for anything to change.
 */
#ifndef _BM_CORE_WATCH_H
#define _BM_CORE_WATCH_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/mutex.h>
#include <linux/wait.h>

struct bucketmap;

/* Queues that those who wait for a key are spread over, by its hash. */
#define BM_WATCH_QUEUES	16

/**
 * struct bm_watch - who waits for what
 * @interest: how many wait for a key now, and one more while there is somebody
 *	who looks for changes of the map; writers look here, so it is apart from
 *	what others write
 * @lookers_lock: protects @lookers
 * @lookers: those who look for changes
 * @version: odd: somebody has looked since a change was last noted; grows by
 *	one when he does, and when the next change is noted
 * @changes: those who wait for any change
 * @keys: those who wait for a key
 */
struct bm_watch {
	atomic_t interest;
	struct mutex lookers_lock ____cacheline_aligned_in_smp; /* outermost */
	u32 lookers;
	atomic64_t version;
	wait_queue_head_t changes;
	wait_queue_head_t keys[BM_WATCH_QUEUES];
};

void bm_watch_init(struct bucketmap *map);
void bm_watch_changed(struct bucketmap *map, u64 hash);
void bm_watch_changed_many(struct bucketmap *map);

void bm_changes_begin(struct bucketmap *map, bool *looks);
void bm_changes_end(struct bucketmap *map);
u64 bm_changes_look(struct bucketmap *map);
bool bm_changes_since(struct bucketmap *map, u64 version);
wait_queue_head_t *bm_changes_queue(struct bucketmap *map);

#endif /* _BM_CORE_WATCH_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Polling for any change of a map.
 *
 * A poller makes the version odd, and then reads the map, without locks. A
 * writer changes the map, and then increments the version if it is odd. Further
 * changes are not noted until a poller makes the version odd again.
 *
 * Barriers
 *  (H) The version is odd before the map is read, and the map is changed before
 *      the version is read: the fully ordered atomic64_fetch_or() in
 *      bm_changes_arm() pairs with the smp_mb() in note_change(). A change
 *      that is not noted is seen.
 *  (I) All writers see the interest before a poller arms for the first time: a
 *      writer that may have missed it is in an RCU read section, and the grace
 *      period waits for it.
 */
#include <linux/poll.h>
#include <linux/rcupdate.h>

#include "core/map.h"

/**
 * bm_watch_init() - initialize the waiters and pollers of a map
 * @map: the map
 *
 * Context: any.
 */
void bm_watch_init(struct bucketmap *map)
{
	struct bm_watch *watch = &map->watch;
	u32 i;

	mutex_init(&watch->pollers_lock);
	init_waitqueue_head(&watch->changes);
	for (i = 0; i < BM_WATCH_SHARDS; i++) {
		spin_lock_init(&watch->shards[i].lock);
		watch->shards[i].keys = RB_ROOT;
	}
}

static void note_change(struct bm_watch *watch)
{
	u64 version;

	smp_mb(); /* (H) */
	version = atomic64_read(&watch->version);
	if (version & 1 && atomic64_cmpxchg(&watch->version, version,
					    version + 1) == version)
		/*
		 * Wake exclusive waiters too, all of them: each poller reads
		 * the map for itself.
		 */
		__wake_up(&watch->changes, TASK_NORMAL, 0,
			  poll_to_key(EPOLLIN | EPOLLRDNORM));
}

/**
 * bm_watch_changed() - wake waiters and pollers after a key has changed
 * @map: the map, which bm_watch_wanted()
 * @key: the key
 *
 * Context: process or softirq context, without any lock held. Takes and
 * releases the lock of the key's shard.
 */
void bm_watch_changed(struct bucketmap *map, const struct bm_key *key)
{
	bm_waiters_wake(&map->watch, key);
	note_change(&map->watch);
}

/**
 * bm_watch_changed_many() - wake waiters and pollers after many keys have
 * changed
 * @map: the map, which bm_watch_wanted()
 * @first: the lowest hash of such a key
 * @last: the highest
 *
 * Context: process or softirq context, without any lock held. Takes and
 * releases the locks of the keys' shards, and now and then drops them in
 * between.
 */
void bm_watch_changed_many(struct bucketmap *map, u64 first, u64 last)
{
	bm_waiters_wake_range(&map->watch, first, last);
	note_change(&map->watch);
}

/**
 * bm_changes_begin() - register a poller, unless that has been done
 * @map: the map
 * @polls: the poller is registered; false at first
 *
 * From now on writers note changes, until bm_changes_end().
 *
 * Context: process context, may sleep.
 */
void bm_changes_begin(struct bucketmap *map, bool *polls)
{
	struct bm_watch *watch = &map->watch;

	/* Pairs with the release below: the grace period is over. */
	if (smp_load_acquire(polls))
		return;
	mutex_lock(&watch->pollers_lock);
	if (!*polls) {
		if (!watch->pollers++) {
			atomic_inc(&watch->interest);
			synchronize_rcu(); /* (I) */
		}
		/* Pairs with the acquire above. */
		smp_store_release(polls, true);
	}
	mutex_unlock(&watch->pollers_lock);
}

/**
 * bm_changes_end() - unregister a poller
 * @map: the map
 *
 * Context: process context, may sleep.
 */
void bm_changes_end(struct bucketmap *map)
{
	struct bm_watch *watch = &map->watch;

	mutex_lock(&watch->pollers_lock);
	if (!--watch->pollers)
		atomic_dec(&watch->interest);
	mutex_unlock(&watch->pollers_lock);
}

/**
 * bm_changes_arm() - poll for changes from now on
 * @map: the map, after bm_changes_begin()
 *
 * Must be called before the map is read.
 *
 * Context: any.
 * Return: the version to pass to bm_changes_since().
 */
u64 bm_changes_arm(struct bucketmap *map)
{
	return atomic64_fetch_or(1, &map->watch.version) | 1; /* (H) */
}

/**
 * bm_changes_since() - has a map changed?
 * @map: the map
 * @version: from bm_changes_arm()
 *
 * Context: any.
 * Return: true if it may have changed, false if it has not.
 */
bool bm_changes_since(struct bucketmap *map, u64 version)
{
	return atomic64_read(&map->watch.version) != version;
}

/**
 * bm_changes_queue() - return the wait queue of pollers
 * @map: the map
 *
 * Context: any.
 * Return: the queue, woken when bm_changes_since() becomes true.
 */
wait_queue_head_t *bm_changes_queue(struct bucketmap *map)
{
	return &map->watch.changes;
}

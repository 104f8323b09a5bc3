// SPDX-License-Identifier: GPL-2.0
/*
 * Polling for any change of a map.
 *
 * A poller makes the version odd, and then reads the map, without locks. A writer
 * changes the map, and then increments the version if it is odd. Further changes
 * need not be noted until a poller makes it odd again.
 *
 * Barriers
 *  (H) The version is odd before the map is read, and the map is changed before
 *      the version is read: the fully ordered atomic64_fetch_or() in
 *      bm_changes_arm() pairs with the smp_mb() in note_change(). A change
 *      that is not noted is seen.
 *  (I) All writers see the interest before a poller arms for the first time:
 *      those that might have missed it are in RCU read sections, and the grace
 *      period waits for them.
 */
#include <linux/poll.h>
#include <linux/rcupdate.h>

#include "core/map.h"

/**
 * bm_watch_init() - prepare a map's watching
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
		 * All of them: each looks at the map for itself, so those who
		 * poll exclusively are not satisfied by the first.
		 */
		__wake_up(&watch->changes, TASK_NORMAL, 0,
			  poll_to_key(EPOLLIN | EPOLLRDNORM));
}

/**
 * bm_watch_changed() - a key has changed: wake waiters and pollers
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
 * bm_watch_changed_many() - many keys have changed: wake waiters and pollers
 * @map: the map, which bm_watch_wanted()
 * @first: the lowest hash of such a key
 * @last: the highest
 *
 * Context: process or softirq context, without any lock held. Takes and
 * releases the locks of the keys' shards, and goes on to the next key with it
 * released now and then.
 */
void bm_watch_changed_many(struct bucketmap *map, u64 first, u64 last)
{
	bm_waiters_wake_range(&map->watch, first, last);
	note_change(&map->watch);
}

/**
 * bm_changes_begin() - begin to look for changes, unless that was done
 * @map: the map
 * @polls: whether it was; false at first
 *
 * Writers note what they do from now on, until bm_changes_end().
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
 * bm_changes_end() - the other half of bm_changes_begin()
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
 * bm_changes_arm() - look for changes from now on
 * @map: the map, after bm_changes_begin()
 *
 * To be called before the map is read.
 *
 * Context: any.
 * Return: the version to compare with, by bm_changes_since().
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
 * Return: true if it may have been, false if it has not.
 */
bool bm_changes_since(struct bucketmap *map, u64 version)
{
	return atomic64_read(&map->watch.version) != version;
}

/**
 * bm_changes_queue() - where to wait for changes
 * @map: the map
 *
 * Context: any.
 * Return: the queue, woken when bm_changes_since() becomes true.
 */
wait_queue_head_t *bm_changes_queue(struct bucketmap *map)
{
	return &map->watch.changes;
}

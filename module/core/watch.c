// SPDX-License-Identifier: GPL-2.0
/*
 * Watching a map: waiting for a key to change, and for anything to change.
 *
 * Waiters hang on the map, never on a table. Writers pay for them only when
 * there are some: they look at the interest in the map before they unlock, and
 * note what they did after that.
 *
 * Waiting for a key: the waiter shows its interest and enters a queue, then
 * looks at the key with its bucket's lock held, and only then sleeps. A writer
 * that changes the key holds the same lock, or one of a bucket that it moved
 * to, which is passed on under both. If it comes before the look, that sees the
 * change; if after, the writer sees the interest, and finds the waiter in the
 * queue.
 *
 * Looking for any change: who looks makes the version odd, and then reads the
 * map, without locks. A writer changes the map, and then increments the version
 * if it is odd. Until somebody looks again nothing more needs to be noted.
 *
 * Barriers
 *  (H) The version is odd before the map is read, and the map is changed before
 *      the version is read: the fully ordered atomic64_fetch_or() in
 *      bm_changes_look() pairs with the smp_mb() in note_change(). A change
 *      that is not noted is seen.
 *  (I) The interest is there for all who write before the first look: those
 *      who might have missed it are in RCU read sections, and the grace period
 *      waits for them.
 */
#include <linux/export.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "core/operations.h"
#include "core/sleep.h"
#include "core/watch.h"

/**
 * struct waiter - a task that waits for a key to change
 * @entry: its place in a queue
 * @hash: hash of the key
 */
struct waiter {
	struct wait_queue_entry entry;
	u64 hash;
};

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

	mutex_init(&watch->lookers_lock);
	init_waitqueue_head(&watch->changes);
	for (i = 0; i < BM_WATCH_QUEUES; i++)
		init_waitqueue_head(&watch->keys[i]);
}

static wait_queue_head_t *key_queue(struct bm_watch *watch, u64 hash)
{
	return &watch->keys[hash % BM_WATCH_QUEUES];
}

static void note_change(struct bm_watch *watch)
{
	u64 version;

	smp_mb(); /* (H) */
	version = atomic64_read(&watch->version);
	if (version & 1 && atomic64_cmpxchg(&watch->version, version,
					    version + 1) == version)
		wake_up_poll(&watch->changes, EPOLLIN | EPOLLRDNORM);
}

/**
 * bm_watch_changed() - tell who watches that a key has changed
 * @map: the map, which bm_watch_wanted()
 * @hash: the key's hash
 *
 * Context: process or softirq context, without any lock held.
 */
void bm_watch_changed(struct bucketmap *map, u64 hash)
{
	struct bm_watch *watch = &map->watch;

	wait_queue_head_t *queue = key_queue(watch, hash);

	/* Who has looked before the change was in the queue before that. */
	if (waitqueue_active(queue))
		__wake_up(queue, TASK_NORMAL, 0, &hash);
	note_change(watch);
}

/**
 * bm_watch_changed_many() - tell who watches that many keys have changed
 * @map: the map, which bm_watch_wanted()
 *
 * Context: process or softirq context, without any lock held.
 */
void bm_watch_changed_many(struct bucketmap *map)
{
	struct bm_watch *watch = &map->watch;
	u32 i;

	for (i = 0; i < BM_WATCH_QUEUES; i++)
		/* As in bm_watch_changed(). */
		if (waitqueue_active(&watch->keys[i]))
			wake_up_all(&watch->keys[i]);
	note_change(watch);
}

/* Waiters for other keys are in the queue too. */
static int wake_waiter(struct wait_queue_entry *entry, unsigned int mode,
		       int flags, void *hash)
{
	const struct waiter *waiter = container_of(entry, struct waiter, entry);

	if (hash && *(const u64 *)hash != waiter->hash)
		return 0;
	return autoremove_wake_function(entry, mode, flags, hash);
}

/* Is the window something else than what was seen, NULL for an absent key? */
static bool has_changed(struct bucketmap *map, const struct bm_key *key,
			struct bucketmap_window window, const void *seen)
{
	struct bm_bucket bucket;
	struct bm_place place;
	bool changed = seen;

	bm_writer_begin();
	bm_bucket_lock(map, &map->layout, key->hash, &bucket);
	bm_bucket_find(&bucket, &map->layout, key, &place);
	if (bm_place_found(&place))
		changed = !seen ||
			  !bm_words_match(bm_slot_value(&map->layout,
							place.record,
							place.slot),
					  window.offset, seen, window.length);
	bm_bucket_unlock(&bucket);
	bm_writer_end();
	return changed;
}

/**
 * bucketmap_wait() - wait until a key has changed
 * @map: the map
 * @key: the key, key_size bytes
 * @window: a part of the value
 * @seen: what it held when it was last seen; NULL if the key was absent
 * @deadline: nanoseconds of CLOCK_MONOTONIC; 0 for none
 *
 * Returns as soon as the window holds something else or the key is absent; if
 * it was absent, as soon as it exists. A change that goes away again may be
 * missed.
 *
 * Context: process context, sleeps. Takes and releases locks of buckets.
 * Return: 0; -EINTR if a signal came; -ETIME if the deadline has passed;
 * -EINVAL for a window that does not lie inside the value.
 */
int bucketmap_wait(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *seen,
		   u64 deadline)
{
	struct bm_watch *watch = &map->watch;
	struct waiter waiter;
	struct bm_key ready __uninitialized;
	int err = bm_window_resolve(map, &window);

	if (err)
		return err;
	bm_key_init(map, &ready, key);
	waiter.hash = ready.hash;
	init_wait(&waiter.entry);
	waiter.entry.func = wake_waiter;

	atomic_inc(&watch->interest);
	for (;;) {
		prepare_to_wait(key_queue(watch, ready.hash), &waiter.entry,
				TASK_INTERRUPTIBLE);
		err = 0;
		if (has_changed(map, &ready, window, seen))
			break;
		err = bm_sleep(deadline);
		if (err)
			break;
	}
	finish_wait(key_queue(watch, ready.hash), &waiter.entry);
	atomic_dec(&watch->interest);
	return err;
}
EXPORT_SYMBOL_GPL(bucketmap_wait);

/**
 * bm_changes_begin() - begin to look for changes, unless that was done
 * @map: the map
 * @looks: whether it was; false at first
 *
 * Writers note what they do from now on, until bm_changes_end().
 *
 * Context: process context, may sleep.
 */
void bm_changes_begin(struct bucketmap *map, bool *looks)
{
	struct bm_watch *watch = &map->watch;

	/* Pairs with the release below: the grace period is over. */
	if (smp_load_acquire(looks))
		return;
	mutex_lock(&watch->lookers_lock);
	if (!*looks) {
		if (!watch->lookers++) {
			atomic_inc(&watch->interest);
			synchronize_rcu(); /* (I) */
		}
		/* Pairs with the acquire above. */
		smp_store_release(looks, true);
	}
	mutex_unlock(&watch->lookers_lock);
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

	mutex_lock(&watch->lookers_lock);
	if (!--watch->lookers)
		atomic_dec(&watch->interest);
	mutex_unlock(&watch->lookers_lock);
}

/**
 * bm_changes_look() - look for changes from now on
 * @map: the map, after bm_changes_begin()
 *
 * To be called before the map is read.
 *
 * Context: any.
 * Return: the version to compare with, by bm_changes_since().
 */
u64 bm_changes_look(struct bucketmap *map)
{
	return atomic64_fetch_or(1, &map->watch.version) | 1; /* (H) */
}

/**
 * bm_changes_since() - has a map changed?
 * @map: the map
 * @version: from bm_changes_look()
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

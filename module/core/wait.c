// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a key to change.
 *
 * Waiters belong to the map, not to a table. Writers check for them cheaply:
 * they read the map's interest before they unlock the bucket, and wake waiters
 * after that only if there is interest.
 *
 * A waiter raises the interest and enters the key's queue, then compares the
 * value with the key's bucket locked, and only then sleeps. A writer that
 * changes the key holds the same lock, or has seen that the bucket is evacuated,
 * which happens with that lock held: see (D) in evacuate.c. If the write comes
 * first, the waiter sees the change. If the comparison comes first, the writer
 * sees the interest, and finds the waiter in the queue.
 *
 * Each key that is waited for has its own queue, found in a tree, so a writer
 * does not visit the waiters of other keys. The writer dequeues the waiters
 * that it wakes. A waiter whose value has not changed enters the queue again,
 * at the end, with a number above those that the writer wakes. So the writer
 * terminates, although it drops the lock now and then. Until it returns, a
 * waiter counts towards the maximum number of waiters of the key.
 */
#include <linux/export.h>
#include <linux/list.h>
#include <linux/overflow.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/bucket.h"
#include "core/sleep.h"
#include "core/window.h"

/* A task that wakes many waiters drops the lock after this many steps. */
#define PIECE	64

/**
 * struct watched - a key that is waited for
 * @node: node in the shard's tree
 * @queue: waiters to wake, in the order of their numbers
 * @waiters: number of waiters, in the queue or just woken
 * @wakers: number of tasks that wake its waiters and may have dropped the lock
 * @hash: hash of the key
 * @words: number of words of the key
 * @key: the key, padded with zeros
 *
 * It is freed when there are neither waiters nor wakers.
 */
struct watched {
	struct rb_node node;
	struct list_head queue;
	u32 waiters;
	u32 wakers;
	u64 hash;
	u32 words;
	u64 key[];
};

/**
 * struct waiter - a task that waits for a key to change
 * @entry: node in the queue of @watched, or empty
 * @number: value of the shard's entered when it entered the queue
 * @task: the task
 * @watched: the key
 *
 * Protected by the shard's lock. The task takes this lock before it returns, so
 * a writer that has found the waiter in the queue may wake the task until it
 * releases the lock.
 */
struct waiter {
	struct list_head entry;
	u64 number;
	struct task_struct *task;
	struct watched *watched;
};

static struct bm_watch_shard *shard_of(struct bm_watch *watch, u64 hash)
{
	return &watch->shards[hash >> (64 - BM_WATCH_SHARD_BITS)];
}

/* Keys that are waited for. The shard's lock is held. */

static struct watched *watched_at(struct rb_node *node)
{
	return rb_entry(node, struct watched, node);
}

static int compare(u64 hash, const u64 *words, const struct watched *watched)
{
	if (hash != watched->hash)
		return hash < watched->hash ? -1 : 1;
	return memcmp(words, watched->key, watched->words * sizeof(u64));
}

static int compare_key(const void *key, const struct rb_node *node)
{
	const struct bm_key *wanted = key;

	return compare(wanted->hash, wanted->words,
		       watched_at((struct rb_node *)node));
}

static int compare_nodes(struct rb_node *new, const struct rb_node *node)
{
	const struct watched *wanted = watched_at(new);

	return compare(wanted->hash, wanted->key,
		       watched_at((struct rb_node *)node));
}

static struct watched *watched_find(const struct bm_watch_shard *shard,
				    const struct bm_key *key)
{
	struct rb_node *node = rb_find(key, &shard->keys, compare_key);

	return node ? watched_at(node) : NULL;
}

/* Finds the first key whose hash is not below @hash. */
static struct watched *watched_from(const struct bm_watch_shard *shard,
				    u64 hash)
{
	struct rb_node *node = shard->keys.rb_node;
	struct watched *first = NULL;

	while (node) {
		struct watched *watched = watched_at(node);

		if (watched->hash >= hash) {
			first = watched;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return first;
}

static struct watched *watched_next(struct watched *watched)
{
	struct rb_node *next = rb_next(&watched->node);

	return next ? watched_at(next) : NULL;
}

static void watched_put(struct bm_watch_shard *shard, struct watched *watched)
{
	if (watched->waiters || watched->wakers)
		return;
	rb_erase(&watched->node, &shard->keys);
	kfree(watched);
}

/* Waking. The shard's lock is held. */

static void leave_queue(struct bm_watch_shard *shard, struct waiter *waiter)
{
	if (list_empty(&waiter->entry))
		return;
	list_del_init(&waiter->entry);
	WRITE_ONCE(shard->asleep, shard->asleep - 1);
}

/* Wakes the first waiter of a queue, if its number is not above @last. */
static bool wake_first(struct bm_watch_shard *shard, struct watched *watched,
		       u64 last)
{
	struct waiter *waiter = list_first_entry_or_null(&watched->queue,
							 struct waiter, entry);

	if (!waiter || waiter->number > last)
		return false;
	leave_queue(shard, waiter);
	wake_up_process(waiter->task);
	return true;
}

/*
 * Wakes all waiters of a key whose number is not above @last, and returns the
 * next key. Drops the lock after every PIECE steps, so that softirqs can run.
 */
static struct watched *wake_all(struct bm_watch_shard *shard,
				struct watched *watched, u64 last, u32 *steps)
{
	struct watched *next;
	bool more;

	watched->wakers++;
	do {
		more = wake_first(shard, watched, last);
		if (++*steps % PIECE == 0) {
			spin_unlock_bh(&shard->lock);
			spin_lock_bh(&shard->lock);
		}
	} while (more);
	watched->wakers--;
	next = watched_next(watched);
	watched_put(shard, watched);
	return next;
}

/**
 * bm_waiters_wake() - wake the waiters of a key
 * @watch: of the map
 * @key: the key
 *
 * Context: process or softirq context, without any lock held. Takes and
 * releases the lock of the key's shard.
 */
void bm_waiters_wake(struct bm_watch *watch, const struct bm_key *key)
{
	struct bm_watch_shard *shard = shard_of(watch, key->hash);
	struct watched *watched;
	u32 steps = 0;

	/*
	 * A waiter that compared before the change had entered the queue before
	 * that.
	 */
	if (!READ_ONCE(shard->asleep))
		return;
	spin_lock_bh(&shard->lock);
	watched = watched_find(shard, key);
	if (watched)
		wake_all(shard, watched, shard->entered, &steps);
	spin_unlock_bh(&shard->lock);
}

/* Wakes the waiters of keys with hashes from @first to @last. */
static void wake_range(struct bm_watch_shard *shard, u64 first, u64 last)
{
	struct watched *watched;
	u32 steps = 0;
	u64 entered;

	spin_lock_bh(&shard->lock);
	entered = shard->entered;
	watched = watched_from(shard, first);
	while (watched && watched->hash <= last)
		watched = wake_all(shard, watched, entered, &steps);
	spin_unlock_bh(&shard->lock);
}

/**
 * bm_waiters_wake_range() - wake the waiters of many keys
 * @watch: of the map
 * @first: the lowest hash of such a key
 * @last: the highest
 *
 * Context: process or softirq context, without any lock held. Takes and
 * releases the locks of the keys' shards, and now and then drops them in
 * between.
 */
void bm_waiters_wake_range(struct bm_watch *watch, u64 first, u64 last)
{
	struct bm_watch_shard *shard = shard_of(watch, first);
	struct bm_watch_shard *end = shard_of(watch, last);

	for (; shard <= end; shard++)
		/* As in bm_waiters_wake(). */
		if (READ_ONCE(shard->asleep))
			wake_range(shard, first, last);
}

/* Waiting */

/*
 * Registers a waiter of a key. Returns 0, -ENOMEM, or -EUSERS if the key has
 * its maximum number of waiters.
 */
static int waiter_begin(struct bucketmap *map, struct bm_watch_shard *shard,
			const struct bm_key *key, struct waiter *waiter)
{
	u32 words = map->layout.key_words;
	struct watched *watched, *new;
	struct rb_node *node;
	int err = 0;

	new = kmalloc(struct_size(new, key, words), BM_GFP);
	if (!new)
		return -ENOMEM;
	INIT_LIST_HEAD(&new->queue);
	new->waiters = 0;
	new->wakers = 0;
	new->hash = key->hash;
	new->words = words;
	memcpy(new->key, key->words, words * sizeof(u64));

	spin_lock_bh(&shard->lock);
	node = rb_find_add(&new->node, &shard->keys, compare_nodes);
	watched = node ? watched_at(node) : new;
	if (watched->waiters == BM_KEY_WAITERS_MAX)
		err = -EUSERS;
	else
		watched->waiters++;
	spin_unlock_bh(&shard->lock);
	if (watched != new)
		kfree(new);
	INIT_LIST_HEAD(&waiter->entry);
	waiter->task = current;
	waiter->watched = watched;
	return err;
}

/* The opposite of waiter_begin(). */
static void waiter_end(struct bm_watch_shard *shard, struct waiter *waiter)
{
	__set_current_state(TASK_RUNNING);
	spin_lock_bh(&shard->lock);
	leave_queue(shard, waiter);
	waiter->watched->waiters--;
	watched_put(shard, waiter->watched);
	spin_unlock_bh(&shard->lock);
}

/*
 * Enters the queue, unless the waiter is in it. The task state is set with the
 * same lock held, so a writer that dequeues the waiter later also wakes it.
 */
static void waiter_enter(struct bm_watch_shard *shard, struct waiter *waiter)
{
	spin_lock_bh(&shard->lock);
	if (list_empty(&waiter->entry)) {
		waiter->number = ++shard->entered;
		list_add_tail(&waiter->entry, &waiter->watched->queue);
		WRITE_ONCE(shard->asleep, shard->asleep + 1);
	}
	set_current_state(TASK_INTERRUPTIBLE | TASK_FREEZABLE);
	spin_unlock_bh(&shard->lock);
}

/* Does the window differ from @seen, which is NULL for an absent key? */
static bool has_changed(struct bucketmap *map, const struct bm_key *key,
			struct bucketmap_window window, const void *seen)
{
	struct bm_bucket bucket;
	struct bm_place place;
	bool changed = seen;

	bm_rcu_read_lock_bh();
	bm_bucket_lock(map, &map->layout, key->hash, &bucket);
	bm_bucket_find(&bucket, &map->layout, key, &place);
	if (bm_place_found(&place))
		changed = !seen ||
			  !bm_words_match(bm_slot_value(&map->layout,
							place.record,
							place.slot),
					  window.offset, seen, window.length);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	return changed;
}

/* Waits in the queue. Returns 0, -EINTR or -ETIME, or as waiter_begin(). */
static int wait_for_change(struct bucketmap *map, const struct bm_key *key,
			   struct bucketmap_window window, const void *seen,
			   u64 deadline)
{
	struct bm_watch_shard *shard = shard_of(&map->watch, key->hash);
	struct waiter waiter;
	int err = waiter_begin(map, shard, key, &waiter);

	if (err)
		return err;
	atomic_inc(&map->watch.interest);
	for (;;) {
		waiter_enter(shard, &waiter);
		if (has_changed(map, key, window, seen))
			break;
		err = bm_sleep(deadline);
		if (err)
			break;
	}
	waiter_end(shard, &waiter);
	atomic_dec(&map->watch.interest);
	return err;
}

/**
 * bm_wait() - wait until a key has changed
 * @map: the map
 * @key: the key, key_size bytes
 * @window: as for bucketmap_wait(), from bm_window_resolve()
 * @seen: as for bucketmap_wait()
 * @deadline: nanoseconds of CLOCK_MONOTONIC; 0 for none
 *
 * Context: as bucketmap_wait().
 * Return: as bucketmap_wait().
 */
int bm_wait(struct bucketmap *map, const void *key,
	    struct bucketmap_window window, const void *seen, u64 deadline)
{
	struct bm_key ready __uninitialized;
	int err;

	bm_key_init(map, &ready, key);
	/* -EUSERS and -ENOMEM are only for callers that have to wait. */
	if (has_changed(map, &ready, window, seen))
		return 0;
	if (deadline && ktime_get_ns() >= deadline)
		return -ETIME;
	if (!atomic_add_unless(&map->watch.waiters, 1, BM_WAITERS_MAX))
		return -EUSERS;
	err = wait_for_change(map, &ready, window, seen, deadline);
	atomic_dec(&map->watch.waiters);
	return err;
}

/**
 * bucketmap_wait() - wait until a key has changed
 * @map: the map
 * @key: the key, key_size bytes
 * @window: the part of the value to be compared
 * @seen: content of the window when it was last read; NULL if the key was
 *	absent
 * @deadline: nanoseconds of CLOCK_MONOTONIC; 0 for none
 *
 * Returns as soon as the window differs from @seen or the key is absent; if
 * @seen is NULL, as soon as the key exists. A change that is undone may be
 * missed. If the deadline has passed, this compares once and does not wait.
 *
 * The sleep is interruptible and freezable.
 *
 * Context: process context, sleeps. Takes and releases locks of buckets.
 * Return: 0; -EINTR if a signal arrived; -ETIME if the deadline has passed;
 * -EINVAL for a window outside of the value; -EUSERS if the key or the map has
 * its maximum number of waiters; -ENOMEM if there is no memory for the waiter.
 */
int bucketmap_wait(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *seen,
		   u64 deadline)
{
	int err = bm_window_resolve(map, &window);

	return err ? err : bm_wait(map, key, window, seen, deadline);
}
EXPORT_SYMBOL_GPL(bucketmap_wait);

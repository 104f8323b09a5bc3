// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting for a key to change.
 *
 * Waiters hang on the map, never on a table. Writers pay for them only while
 * there are some: they read the map's interest before they unlock the bucket,
 * and wake waiters after that.
 *
 * A waiter raises the interest and enters the key's queue, then compares the
 * value with the key's bucket locked, and only then sleeps. A writer that changes
 * the key holds the same lock, or that of a bucket that the entry was evacuated
 * to, which is passed on under both. If the write comes first, the waiter sees the
 * change. If the comparison comes first, the writer sees the interest, and finds
 * the waiter in the queue.
 *
 * Each key that is waited for has a queue of its own, found in a tree: a writer
 * does not visit the waiters of other keys. It dequeues the waiters that it
 * wakes. A waiter whose value has not changed queues again, at the end, with a
 * number above those that the writer wakes: so the writer terminates, although
 * it drops the lock now and then. A waiter keeps its place among those that may
 * wait for the key until it returns.
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

/* Who wakes many gives the lock away after so many steps. */
#define PIECE	64

/**
 * struct watched - a key that is waited for
 * @node: its place in the shard's tree
 * @queue: those who are to be woken, in the order in which they came
 * @waiters: those who wait for it, whether in the queue or just woken
 * @wakers: those who stand here while they have given the lock away
 * @hash: hash of the key
 * @words: how many words the key has
 * @key: the key, padded with zeros
 *
 * It goes when there are neither waiters nor wakers.
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
 * @entry: its place in the queue of @watched, or empty
 * @number: how many had entered a queue of the shard when it did
 * @task: the task
 * @watched: the key
 *
 * The shard's lock protects it. The task takes that before it returns: who has
 * found it in the queue may wake it until the lock is released.
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

/* The keys that are waited for: with the shard's lock held. */

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

/* Waking: with the shard's lock held. */

static void leave_queue(struct bm_watch_shard *shard, struct waiter *waiter)
{
	if (list_empty(&waiter->entry))
		return;
	list_del_init(&waiter->entry);
	WRITE_ONCE(shard->asleep, shard->asleep - 1);
}

/* Wakes the first in a queue, if it is one of the first @last in the shard. */
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
 * Wakes all who are among the first @last in the shard and wait for a key, and
 * returns the next key. Each step counts, and now and then the lock is given
 * away, and softirqs have the CPU.
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

	/* A waiter that compared before the change was in the queue before. */
	if (!READ_ONCE(shard->asleep))
		return;
	spin_lock_bh(&shard->lock);
	watched = watched_find(shard, key);
	if (watched)
		wake_all(shard, watched, shard->entered, &steps);
	spin_unlock_bh(&shard->lock);
}

/* Wakes those who wait for keys with hashes from @first to @last. */
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
 * releases the locks of the keys' shards, and drops them between keys now and
 * then.
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
 * Takes a place among those who wait for a key. Returns 0, -ENOMEM, or -EUSERS
 * when there are as many as may be.
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

/* Gives it up. */
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
 * Enters the queue, unless the waiter is in it. As that and the state become
 * true together, whoever takes it out of the queue later wakes it as well.
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

/* Is the window something else than what was seen, NULL for an absent key? */
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
 * bucketmap_wait() - wait until a key has changed
 * @map: the map
 * @key: the key, key_size bytes
 * @window: a part of the value
 * @seen: what it held when it was last seen; NULL if the key was absent
 * @deadline: nanoseconds of CLOCK_MONOTONIC; 0 for none
 *
 * Returns as soon as the window holds something else or the key is absent; if
 * it was absent, as soon as it exists. A change that goes away again may be
 * missed. If the deadline has passed it polls, and does not wait.
 *
 * The task sleeps in a state in which it can be frozen.
 *
 * Context: process context, sleeps. Takes and releases locks of buckets.
 * Return: 0; -EINTR if a signal came; -ETIME if the deadline has passed;
 * -EINVAL for a window that does not lie inside the value; -EUSERS if too many
 * wait for the key, or in the map; -ENOMEM if there is no memory to wait with.
 */
int bucketmap_wait(struct bucketmap *map, const void *key,
		   struct bucketmap_window window, const void *seen,
		   u64 deadline)
{
	struct bm_key ready __uninitialized;
	int err = bm_window_resolve(map, &window);

	if (err)
		return err;
	bm_key_init(map, &ready, key);
	/* Who need not wait needs no place. */
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
EXPORT_SYMBOL_GPL(bucketmap_wait);

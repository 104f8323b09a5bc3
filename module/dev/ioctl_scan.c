// SPDX-License-Identifier: GPL-2.0
/*
 * SCAN: copy a map's entries to user memory, in rounds.
 *
 * A round copies entries from the map to a buffer with the same columns as in
 * user memory, and from there to the caller. The caller's position advances
 * only after a round has been delivered completely, so entries that did not
 * reach the caller are returned by the next call. No state of a round outlives
 * it: the cursor is all state. No locks of its own.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "core/core.h"
#include "core/window.h"
#include "dev/map_file.h"

/* Size of a round in bytes: large enough that the cost per round is small. */
#define ROUND_BYTES	(32 * 1024)

/**
 * struct round - a buffer for some entries
 * @keys: column of keys
 * @values: column of windows, after the keys; NULL if they are not wanted
 * @window: the part of each value
 * @key_size: size of a key in bytes
 * @value_size: size of a window in bytes; 0 if they are not wanted
 * @capacity: number of entries that the buffer can hold
 * @count: number of entries in it
 */
struct round {
	void *keys;
	void *values;
	struct bucketmap_window window;
	u32 key_size;
	u32 value_size;
	u32 capacity;
	u32 count;
};

static int round_resize(struct round *round, u32 capacity)
{
	kvfree(round->keys);
	round->keys = kvmalloc_array(capacity,
				     round->key_size + round->value_size,
				     BM_GFP);
	if (!round->keys)
		return -ENOMEM;
	if (round->value_size)
		round->values = round->keys + (size_t)capacity * round->key_size;
	round->capacity = capacity;
	return 0;
}

static int round_init(struct round *round, const struct bm_instance *instance,
		      struct bucketmap_window window,
		      const struct bucketmap_scan *scan)
{
	u32 fit;

	*round = (struct round){
		.window = window,
		.key_size = instance->config.key_size,
	};
	if (scan->values)
		round->value_size = window.length;
	fit = ROUND_BYTES / (round->key_size + round->value_size);
	return round_resize(round, min(fit, scan->capacity));
}

static void round_exit(struct round *round)
{
	kvfree(round->keys);
}

/* Reads up to @capacity entries. The buffer grows for entries that must be read together. */
static int round_fill(struct round *round, struct bucketmap *map,
		      struct bucketmap_cursor *cursor, u32 capacity)
{
	int err;

	for (;;) {
		err = bucketmap_scan(map, cursor, round->window, round->keys,
				     round->values,
				     min(round->capacity, capacity), &round->count);
		if (err != -ENOBUFS || round->count > capacity)
			return err;
		err = round_resize(round, round->count);
		if (err)
			return err;
	}
}

/* Copies a round to user memory, after the entries of earlier rounds. */
static int round_deliver(const struct round *round,
			 const struct bucketmap_scan *scan)
{
	u64 keys = scan->keys + (u64)scan->count * round->key_size;
	u64 values = scan->values + (u64)scan->count * round->value_size;

	if (copy_to_user(u64_to_user_ptr(keys), round->keys,
			 (size_t)round->count * round->key_size))
		return -EFAULT;
	if (round->values &&
	    copy_to_user(u64_to_user_ptr(values), round->values,
			 (size_t)round->count * round->value_size))
		return -EFAULT;
	return 0;
}

static int scan_rounds(struct round *round, struct bucketmap *map,
		       struct bucketmap_cursor *cursor,
		       struct bucketmap_scan *scan)
{
	struct bucketmap_cursor next;
	int err;

	do {
		next = *cursor;
		err = round_fill(round, map, &next,
				 scan->capacity - scan->count);
		if (!err)
			err = round_deliver(round, scan);
		if (err)
			return err;
		*cursor = next;
		scan->count += round->count;
		cond_resched();
	} while (!cursor->end && scan->count < scan->capacity &&
		 !signal_pending(current));
	return 0;
}

/**
 * bm_scan_run() - BUCKETMAP_IOC_SCAN
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_SCAN
 * @arguments: struct bucketmap_scan
 *
 * If an error occurs after entries have been delivered, these are returned; if
 * the error persists, the next call fails with it.
 *
 * Context: Process context. May sleep.
 * Return: 0, or, with no entry delivered,
 *   -EFAULT  an array is not accessible
 *   -EINVAL  an unknown flag is set, capacity is 0, or the window does not lie
 *	inside the value
 *   -ENOBUFS the next entries do not fit; count is their number
 *   -ENOMEM  no memory for the call
 */
long bm_scan_run(struct file *file, unsigned int number,
		 union bm_arguments *arguments)
{
	struct bm_instance *instance = bm_map_instance(file);
	struct bucketmap_scan *scan = &arguments->scan;
	struct bucketmap_window window = { scan->offset, scan->length };
	struct bucketmap_cursor cursor = { .position = scan->position };
	const u32 count = scan->count;
	struct round round;
	int err;

	if (scan->flags & ~BUCKETMAP_SCAN_END || !scan->capacity ||
	    bm_window_resolve(instance->map, &window))
		return -EINVAL;
	scan->count = 0;
	if (scan->flags & BUCKETMAP_SCAN_END)
		return 0;

	err = round_init(&round, instance, window, scan);
	if (!err)
		err = scan_rounds(&round, instance->map, &cursor, scan);
	round_exit(&round);
	if (err && !scan->count) {
		scan->count = err == -ENOBUFS ? round.count : count;
		return err;
	}
	scan->position = cursor.position;
	bm_scan_flags(&scan->flags, &cursor);
	return 0;
}

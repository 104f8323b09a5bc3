/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread that waits for a map, and operations that may wake it.
 *
 * The case makes a change once the thread sleeps. A thread that is never woken
 * times out, and the case fails.
 */
#ifndef _BM_KUNIT_WAITER_H
#define _BM_KUNIT_WAITER_H

#include <linux/completion.h>
#include <linux/ktime.h>

#include "common.h"
#include "ops.h"

#define BMT_TIMEOUT_NS	(100ULL * NSEC_PER_SEC)

/* The key that is changed, and another key that is present. */
#define BMT_KEY		1
#define BMT_OTHER	2

/**
 * struct bmt_waiter - a thread that waits
 * @map: the map
 * @key: the key's bytes
 * @window: the window
 * @seen: the window's content when the wait begins, or NULL for an absent key
 * @task: the thread
 * @finished: completed when the wait has ended
 * @err: result of the wait
 */
struct bmt_waiter {
	struct bucketmap *map;
	const void *key;
	struct bucketmap_window window;
	const void *seen;
	struct task_struct *task;
	struct completion finished;
	int err;
};

static inline u64 bmt_after(u64 ns)
{
	return ktime_get_ns() + ns;
}

/* Starts the thread, and returns when it sleeps. */
void bmt_waiter_run(struct kunit *test, struct bmt_waiter *waiter,
		    int (*run)(void *waiter));

/* The same, with a thread that waits for a key. */
struct bmt_waiter *bmt_waiter_start(struct kunit *test, struct bucketmap *map,
				    const void *key,
				    struct bucketmap_window window,
				    const void *seen);

/* The thread still waits; after a spurious wake-up it sleeps again. */
void bmt_expect_waiting(struct kunit *test, struct bmt_waiter *waiter);

/* Waits for the end of the wait, which must have succeeded, and the thread. */
void bmt_waiter_join(struct kunit *test, struct bmt_waiter *waiter);

/* Makes a map with the key BMT_OTHER, and if @present BMT_KEY. */
struct bucketmap *bmt_watched_map(struct kunit *test, bool present);

/*
 * Does an operation, by its function or by a batch, to BMT_KEY of such a map,
 * and returns whether it must have changed the key. A comparison expects the
 * value that is there.
 */
bool bmt_watched_operation(struct kunit *test, struct bucketmap *map,
			   const struct bmt_op *operation, bool present,
			   bool batched);

void bmt_clear(struct bucketmap *map);

#endif /* _BM_KUNIT_WAITER_H */

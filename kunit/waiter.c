// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that waits for a map, and operations that may wake it.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "waiter.h"

#define TRIES	5000

/* Waits until the thread sleeps; returns false if it does not. */
static bool sleeps(struct task_struct *task)
{
	u32 tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (READ_ONCE(task->__state) & TASK_INTERRUPTIBLE &&
		    !READ_ONCE(task->on_rq))
			return true;
		usleep_range(100, 200);
	}
	return false;
}

void bmt_expect_waiting(struct kunit *test, struct bmt_waiter *waiter)
{
	usleep_range(2000, 4000);
	KUNIT_EXPECT_FALSE(test, completion_done(&waiter->finished));
	KUNIT_EXPECT_TRUE(test, sleeps(waiter->task));
}

void bmt_waiter_run(struct kunit *test, struct bmt_waiter *waiter,
		    int (*run)(void *waiter))
{
	init_completion(&waiter->finished);
	waiter->task = kthread_create(run, waiter, "bmt/wait");
	KUNIT_ASSERT_FALSE(test, IS_ERR(waiter->task));
	get_task_struct(waiter->task);
	wake_up_process(waiter->task);
	bmt_expect_waiting(test, waiter);
}

static int run_waiter(void *data)
{
	struct bmt_waiter *waiter = data;

	waiter->err = bucketmap_wait(waiter->map, waiter->key, waiter->window,
				     waiter->seen, bmt_after(BMT_TIMEOUT_NS));
	complete(&waiter->finished);
	return 0;
}

struct bmt_waiter *bmt_waiter_start(struct kunit *test, struct bucketmap *map,
				    const void *key,
				    struct bucketmap_window window,
				    const void *seen)
{
	struct bmt_waiter *waiter = kunit_kzalloc(test, sizeof(*waiter),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, waiter);
	waiter->map = map;
	waiter->key = key;
	waiter->window = window;
	waiter->seen = seen;
	bmt_waiter_run(test, waiter, run_waiter);
	return waiter;
}

void bmt_waiter_join(struct kunit *test, struct bmt_waiter *waiter)
{
	wait_for_completion(&waiter->finished);
	KUNIT_EXPECT_EQ(test, waiter->err, 0);
	kthread_stop(waiter->task);
	put_task_struct(waiter->task);
}

struct bucketmap *bmt_watched_map(struct kunit *test, bool present)
{
	struct bucketmap *map = bmt_numbers(test, 0);

	bmt_fill(test, map, BMT_OTHER, 1);
	bmt_fill(test, map, BMT_KEY, present);
	return map;
}

bool bmt_watched_operation(struct kunit *test, struct bucketmap *map,
			   const struct bmt_op *operation, bool present,
			   bool batched)
{
	u64 before = present ? bmt_value(BMT_KEY) : 0, number = before;
	u64 key = BMT_KEY, value = before + 1, previous;
	struct bucketmap_op op =
		bmt_op_make(operation - bmt_ops, BUCKETMAP_WHOLE, &key, &value,
			    &before, &previous);
	bool presence = present;
	u32 finished;
	s32 result;

	op.results = &result;
	if (batched)
		KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &op, 1, &finished,
							 GFP_KERNEL));
	else
		result = operation->call(map, &op, GFP_KERNEL);
	KUNIT_EXPECT_EQ(test, result,
			bmt_op_apply_number(&op, &presence, &number));
	return presence != present || number != before;
}

void bmt_clear(struct bucketmap *map)
{
	struct bucketmap_cursor cursor = { };

	while (!cursor.end)
		bucketmap_clear(map, &cursor);
}

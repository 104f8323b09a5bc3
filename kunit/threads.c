// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that share a map.
 */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "threads.h"

struct threads *threads_of(struct kunit *test, struct bucketmap *map)
{
	struct threads *threads = kunit_kzalloc(test, sizeof(*threads), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, threads);
	threads->test = test;
	threads->map = map;
	return threads;
}

static int run_thread(void *data)
{
	struct thread *thread = data;

	while (!READ_ONCE(thread->threads->go))
		schedule();
	thread->work(thread);
	complete(&thread->finished);
	return 0;
}

struct thread *threads_add(struct threads *threads, void (*work)(struct thread *thread))
{
	struct thread *thread = &threads->list[threads->count];
	u32 cpu = cpumask_local_spread(threads->count, NUMA_NO_NODE);

	thread->threads = threads;
	thread->work = work;
	thread->number = threads->count;
	init_completion(&thread->finished);
	prandom_seed_state(&thread->random, bmt_random(threads->test));
	thread->task = kthread_run_on_cpu(run_thread, thread, cpu, "bmt/%u");
	KUNIT_ASSERT_FALSE(threads->test, IS_ERR(thread->task));
	get_task_struct(thread->task);
	threads->count++;
	return thread;
}

void threads_join(struct threads *threads, struct thread *thread)
{
	if (!wait_for_completion_timeout(&thread->finished, THREADS_TIMEOUT)) {
		KUNIT_FAIL(threads->test, "thread %u timed out", thread->number);
		WRITE_ONCE(threads->stop, true);
		wait_for_completion(&thread->finished);
	}
	kthread_stop(thread->task);
	put_task_struct(thread->task);
	KUNIT_EXPECT_EQ_MSG(threads->test, thread->errors, 0,
			    "thread %u, for example key %llu", thread->number,
			    thread->example);
}

void threads_join_all(struct threads *threads, u32 writers)
{
	u32 i;

	WRITE_ONCE(threads->go, true);
	for (i = 0; i < threads->count; i++) {
		if (i == writers)
			WRITE_ONCE(threads->stop, true);
		threads_join(threads, &threads->list[i]);
	}
}

void threads_finish(struct threads *threads, u32 writers)
{
	threads_join_all(threads, writers);
	bmt_settle(threads->test, threads->map);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include "native/thread.h"

/**
 * struct kthread - a thread
 * @task: what others know of it
 * @thread: the thread
 * @references: kthread_stop() has the first one
 * @function: what it runs
 * @data: the argument
 * @result: what @function has returned
 */
struct kthread {
	struct task_struct task;
	pthread_t thread;
	unsigned int references;
	int (*function)(void *data);
	void *data;
	int result;
};

static struct kthread *kthread_of(struct task_struct *task)
{
	return container_of(task, struct kthread, task);
}

/* It sleeps until wake_up_process(). */
static void *kthread_main(void *argument)
{
	struct kthread *kthread = argument;

	native_set_current(&kthread->task);
	native_thread_begin();
	schedule_hrtimeout(NULL, HRTIMER_MODE_ABS);
	kthread->result = kthread->function(kthread->data);
	native_thread_end();
	return NULL;
}

struct task_struct *native_kthread_create(int (*function)(void *data),
					  void *data)
{
	struct kthread *kthread = calloc(1, sizeof(*kthread));

	native_assert(kthread);
	native_init_task(&kthread->task, TASK_UNINTERRUPTIBLE);
	kthread->references = 1;
	kthread->function = function;
	kthread->data = data;
	native_assert(!pthread_create(&kthread->thread, NULL, kthread_main,
				      kthread));
	return &kthread->task;
}

int kthread_stop(struct task_struct *task)
{
	struct kthread *kthread = kthread_of(task);
	int result;

	might_sleep();
	pthread_join(kthread->thread, NULL);
	result = kthread->result;
	put_task_struct(task);
	return result;
}

void get_task_struct(struct task_struct *task)
{
	__atomic_add_fetch(&kthread_of(task)->references, 1, __ATOMIC_RELAXED);
}

void put_task_struct(struct task_struct *task)
{
	struct kthread *kthread = kthread_of(task);

	if (!__atomic_sub_fetch(&kthread->references, 1, __ATOMIC_ACQ_REL))
		free(kthread);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Sleeping, and wait queues, over a condition variable for each thread. Locks: a queue's,
 * then a sleeper's.
 */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include <linux/hrtimer.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/wait.h>

static __thread struct task_struct *self;

void native_init_task(struct task_struct *task, unsigned int state)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&task->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&task->woken, &attributes);
	pthread_condattr_destroy(&attributes);
	task->__state = state;
	task->on_rq = 1;
	task->fail_nth = 0;
}

void native_set_current(struct task_struct *task)
{
	self = task;
}

struct task_struct *native_current(void)
{
	static __thread struct task_struct sleeper;

	if (!self) {
		native_init_task(&sleeper, TASK_RUNNING);
		self = &sleeper;
	}
	return self;
}

/* Tests look at it without the lock. */
static void set_state(struct task_struct *sleeper, unsigned int state)
{
	pthread_mutex_lock(&sleeper->lock);
	__atomic_store_n(&sleeper->__state, state, __ATOMIC_RELAXED);
	if (state == TASK_RUNNING)
		pthread_cond_signal(&sleeper->woken);
	pthread_mutex_unlock(&sleeper->lock);
}

void set_current_state(unsigned int state)
{
	set_state(native_current(), state);
}

int wake_up_process(struct task_struct *task)
{
	native_step();
	set_state(task, TASK_RUNNING);
	return 1;
}

void init_waitqueue_head(wait_queue_head_t *queue)
{
	pthread_mutex_init(&queue->lock, NULL);
	queue->first = NULL;
}

void init_wait(struct wait_queue_entry *entry)
{
	*entry = (struct wait_queue_entry){
		.func = autoremove_wake_function,
		.sleeper = native_current(),
	};
}

/* waitqueue_active() looks at the first one without the lock. */
static void set_link(struct wait_queue_entry **link,
		     struct wait_queue_entry *entry)
{
	__atomic_store_n(link, entry, __ATOMIC_RELAXED);
}

static void enter(wait_queue_head_t *queue, struct wait_queue_entry *entry,
		  int state, bool exclusive)
{
	pthread_mutex_lock(&queue->lock);
	if (!entry->queued) {
		entry->queued = true;
		entry->exclusive = exclusive;
		entry->next = queue->first;
		set_link(&queue->first, entry);
	}
	set_state(entry->sleeper, state);
	pthread_mutex_unlock(&queue->lock);
}

void prepare_to_wait(wait_queue_head_t *queue, struct wait_queue_entry *entry,
		     int state)
{
	enter(queue, entry, state, false);
}

void prepare_to_wait_exclusive(wait_queue_head_t *queue,
			       struct wait_queue_entry *entry, int state)
{
	enter(queue, entry, state, true);
}

void finish_wait(wait_queue_head_t *queue, struct wait_queue_entry *entry)
{
	struct wait_queue_entry **link = &queue->first;

	set_state(entry->sleeper, TASK_RUNNING);
	pthread_mutex_lock(&queue->lock);
	if (entry->queued) {
		while (*link != entry)
			link = &(*link)->next;
		set_link(link, entry->next);
		entry->queued = false;
	}
	pthread_mutex_unlock(&queue->lock);
}

/* The caller, __wake_up(), takes the entry out of the queue. */
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode,
			     int flags, void *key)
{
	entry->queued = false;
	set_state(entry->sleeper, TASK_RUNNING);
	return 1;
}

int __wake_up(wait_queue_head_t *queue, unsigned int mode, int exclusive,
	      void *key)
{
	struct wait_queue_entry **link = &queue->first;
	int woken = 0;

	pthread_mutex_lock(&queue->lock);
	while (*link) {
		struct wait_queue_entry *entry = *link;
		struct wait_queue_entry *next = entry->next;

		if (entry->func(entry, mode, 0, key)) {
			set_link(link, next);
			woken++;
			if (entry->exclusive && !--exclusive)
				break;
		} else {
			link = &entry->next;
		}
	}
	pthread_mutex_unlock(&queue->lock);
	return woken;
}

/**
 * schedule_hrtimeout() - sleep, unless woken since the state was set
 * @expires: until when; NULL for no limit
 * @mode: HRTIMER_MODE_ABS
 *
 * Return: 0 when the time had come, -EINTR when woken.
 */
int schedule_hrtimeout(ktime_t *expires, enum hrtimer_mode mode)
{
	struct task_struct *task = native_current();
	struct timespec until = { 0 };
	int err = 0;

	might_sleep();
	if (expires) {
		until.tv_sec = *expires / 1000000000;
		until.tv_nsec = *expires % 1000000000;
	}
	pthread_mutex_lock(&task->lock);
	__atomic_store_n(&task->on_rq, 0, __ATOMIC_RELAXED);
	while (task->__state != TASK_RUNNING && err != ETIMEDOUT)
		err = expires ? pthread_cond_timedwait(&task->woken,
						       &task->lock, &until) :
				pthread_cond_wait(&task->woken, &task->lock);
	__atomic_store_n(&task->on_rq, 1, __ATOMIC_RELAXED);
	if (task->__state != TASK_RUNNING)
		__atomic_store_n(&task->__state, TASK_RUNNING,
				 __ATOMIC_RELAXED);
	else
		err = 0;
	pthread_mutex_unlock(&task->lock);
	return err ? 0 : -EINTR;
}

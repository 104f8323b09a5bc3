/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wait queues. A task that has entered one and goes to sleep, by
 * schedule_hrtimeout(), is woken when the queue is woken from then on.
 */
#ifndef _NATIVE_LINUX_WAIT_H
#define _NATIVE_LINUX_WAIT_H

#include <pthread.h>

#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/types.h>

struct wait_queue_entry;

typedef int (*wait_queue_func_t)(struct wait_queue_entry *entry,
				 unsigned int mode, int flags, void *key);

/**
 * struct wait_queue_entry - a task in a queue
 * @func: wakes the task, if @key is for it
 * @sleeper: the task
 * @next: the next entry of the queue
 * @queued: the entry is in a queue
 * @exclusive: a wake-up wakes a limited number of such entries
 */
struct wait_queue_entry {
	wait_queue_func_t func;
	struct task_struct *sleeper;
	struct wait_queue_entry *next;
	bool queued;
	bool exclusive;
};

typedef struct {
	pthread_mutex_t lock;
	struct wait_queue_entry *first;
} wait_queue_head_t;

void init_waitqueue_head(wait_queue_head_t *queue);
void init_wait(struct wait_queue_entry *entry);
void prepare_to_wait(wait_queue_head_t *queue, struct wait_queue_entry *entry,
		     int state);
void prepare_to_wait_exclusive(wait_queue_head_t *queue,
			       struct wait_queue_entry *entry, int state);
void finish_wait(wait_queue_head_t *queue, struct wait_queue_entry *entry);
int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode,
			     int flags, void *key);
int __wake_up(wait_queue_head_t *queue, unsigned int mode, int exclusive,
	      void *key);

static inline bool waitqueue_active(wait_queue_head_t *queue)
{
	return __atomic_load_n(&queue->first, __ATOMIC_RELAXED);
}

#define wake_up_all(queue)	__wake_up(queue, TASK_NORMAL, 0, NULL)

#define DEFINE_WAIT(name)						\
	struct wait_queue_entry name;					\
	init_wait(&(name))

/* Returns 0 if the time is over and the condition does not hold, else 1. */
#define wait_event_interruptible_timeout(queue, condition, timeout) ({	\
	ktime_t _end = ktime_get() + (timeout) * (NSEC_PER_SEC / HZ);	\
	bool _over = false;						\
	long _holds;							\
	DEFINE_WAIT(_wait);						\
									\
	for (;;) {							\
		prepare_to_wait(&(queue), &_wait, TASK_INTERRUPTIBLE);	\
		_holds = !!(condition);					\
		if (_holds || _over)					\
			break;						\
		_over = !schedule_hrtimeout(&_end, HRTIMER_MODE_ABS);	\
	}								\
	finish_wait(&(queue), &_wait);					\
	_holds;								\
})

#endif /* _NATIVE_LINUX_WAIT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks: threads that may go to sleep, by schedule_hrtimeout(). */
#ifndef _NATIVE_LINUX_SCHED_H
#define _NATIVE_LINUX_SCHED_H

#include <pthread.h>
#include <sched.h>

#include <linux/cpumask.h>
#include <linux/preempt.h>

#define TASK_RUNNING		0x0
#define TASK_INTERRUPTIBLE	0x1
#define TASK_UNINTERRUPTIBLE	0x2
#define TASK_NORMAL		0x3
#define TASK_FREEZABLE		0x2000

/**
 * struct task_struct - a thread that may go to sleep
 * @lock: protects @__state
 * @woken: signalled when @__state becomes TASK_RUNNING
 * @__state: TASK_*
 * @on_rq: it does not sleep
 * @fail_nth: counted down by its allocations; the one that makes it 0 fails
 */
struct task_struct {
	pthread_mutex_t lock;
	pthread_cond_t woken;
	unsigned int __state;
	int on_rq;
	unsigned int fail_nth;
};

struct task_struct *native_current(void);
void native_init_task(struct task_struct *task, unsigned int state);
void native_set_current(struct task_struct *task);
void set_current_state(unsigned int state);
int wake_up_process(struct task_struct *task);

#define current				native_current()
#define __set_current_state(state)	set_current_state(state)

/* Threads are preempted anyway. */
static inline void cond_resched(void)
{
	might_sleep();
}

static inline void schedule(void)
{
	might_sleep();
	sched_yield();
}

/* It would be preempted. */
#define need_resched()			false

void schedule_timeout_uninterruptible(unsigned long timeout);

#endif /* _NATIVE_LINUX_SCHED_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks: threads that may go to sleep, by schedule_hrtimeout(). */
#ifndef _NATIVE_LINUX_SCHED_H
#define _NATIVE_LINUX_SCHED_H

#include <linux/cpumask.h>
#include <linux/preempt.h>

#define TASK_RUNNING		0x0
#define TASK_INTERRUPTIBLE	0x1
#define TASK_NORMAL		0x3
#define TASK_FREEZABLE		0x2000

struct task_struct;

struct task_struct *native_current(void);
void set_current_state(unsigned int state);
int wake_up_process(struct task_struct *task);

#define current				native_current()
#define __set_current_state(state)	set_current_state(state)

/* Threads are preempted anyway. */
static inline void cond_resched(void)
{
	might_sleep();
}

void schedule_timeout_uninterruptible(unsigned long timeout);

#endif /* _NATIVE_LINUX_SCHED_H */

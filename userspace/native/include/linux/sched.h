/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_SCHED_H
#define _NATIVE_LINUX_SCHED_H

#include <linux/cpumask.h>
#include <linux/preempt.h>

/* Threads are preempted anyway. */
static inline void cond_resched(void)
{
	might_sleep();
}

void schedule_timeout_uninterruptible(unsigned long timeout);

#endif /* _NATIVE_LINUX_SCHED_H */

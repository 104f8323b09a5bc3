/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_DELAY_H
#define _NATIVE_LINUX_DELAY_H

#include <unistd.h>

#include <linux/preempt.h>
#include <linux/sched.h>

static inline void usleep_range(unsigned long least, unsigned long most)
{
	(void)most;
	might_sleep();
	usleep(least);
}

static inline void msleep(unsigned int ms)
{
	schedule_timeout_uninterruptible(ms);
}

#endif /* _NATIVE_LINUX_DELAY_H */

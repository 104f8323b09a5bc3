/* SPDX-License-Identifier: GPL-2.0 */
/* A jiffy is a millisecond. */
#ifndef _NATIVE_LINUX_JIFFIES_H
#define _NATIVE_LINUX_JIFFIES_H

#include <linux/ktime.h>

#define HZ		1000
#define jiffies		((unsigned long)(ktime_get_ns() / 1000000))

static inline unsigned long msecs_to_jiffies(unsigned int ms)
{
	return ms;
}

#endif /* _NATIVE_LINUX_JIFFIES_H */

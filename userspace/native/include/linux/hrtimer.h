/* SPDX-License-Identifier: GPL-2.0 */
/* Sleeping until a time of CLOCK_MONOTONIC, or until woken. */
#ifndef _NATIVE_LINUX_HRTIMER_H
#define _NATIVE_LINUX_HRTIMER_H

#include <linux/ktime.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS,
};

int schedule_hrtimeout(ktime_t *expires, enum hrtimer_mode mode);

#endif /* _NATIVE_LINUX_HRTIMER_H */

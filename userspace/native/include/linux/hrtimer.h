/* SPDX-License-Identifier: GPL-2.0 */
/* Sleeping until a time of CLOCK_MONOTONIC, or until woken. */
#ifndef _NATIVE_LINUX_HRTIMER_H
#define _NATIVE_LINUX_HRTIMER_H

#include <linux/ktime.h>

enum hrtimer_mode {
	HRTIMER_MODE_ABS,
};

int schedule_hrtimeout(ktime_t *expires, enum hrtimer_mode mode);

/* Timers only go off in softirqs, of which there are none. */
enum hrtimer_restart {
	HRTIMER_NORESTART,
	HRTIMER_RESTART,
};

struct hrtimer {
	enum hrtimer_restart (*function)(struct hrtimer *timer);
};

#define HRTIMER_MODE_REL_SOFT	HRTIMER_MODE_ABS

#define hrtimer_init_on_stack(timer, clock, mode)	native_assert(!(timer))
#define hrtimer_start(timer, time, mode)		native_assert(!(timer))
#define hrtimer_forward_now(timer, interval)		((void)(timer))
#define hrtimer_cancel(timer)				((void)(timer))
#define destroy_hrtimer_on_stack(timer)			((void)(timer))

#endif /* _NATIVE_LINUX_HRTIMER_H */

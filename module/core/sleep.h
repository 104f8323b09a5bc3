/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interruptible sleep with an absolute deadline.
 */
#ifndef _BM_CORE_SLEEP_H
#define _BM_CORE_SLEEP_H

#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

/*
 * Sleeps until woken. The caller has set the task state and entered a queue.
 * @deadline is in nanoseconds of CLOCK_MONOTONIC, 0 for none. Returns 0, -EINTR
 * if a signal is pending, or -ETIME if the deadline has passed.
 */
static inline int bm_sleep(u64 deadline)
{
	ktime_t expires = ns_to_ktime(min_t(u64, deadline, KTIME_MAX));

	if (signal_pending(current))
		return -EINTR;
	if (!schedule_hrtimeout(deadline ? &expires : NULL, HRTIMER_MODE_ABS))
		return -ETIME;
	return 0;
}

/*
 * Must a call that could go on return? Returns 0, -EINTR if a signal is
 * pending, or -ETIME if the deadline, as for bm_sleep(), has passed.
 */
static inline int bm_must_stop(u64 deadline)
{
	if (signal_pending(current))
		return -EINTR;
	if (deadline && ktime_get_ns() >= deadline)
		return -ETIME;
	return 0;
}

#endif /* _BM_CORE_SLEEP_H */

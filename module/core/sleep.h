/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sleeping, with the two ways to be disturbed that all waiting here has.
 */
#ifndef _BM_CORE_SLEEP_H
#define _BM_CORE_SLEEP_H

#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

/*
 * Sleeps until woken, in the state and the queue that the caller has entered.
 * Returns 0, -EINTR when a signal is there, or -ETIME when the deadline, in
 * nanoseconds of CLOCK_MONOTONIC and 0 for none, has passed.
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
 * Must a call stop that could go on? Returns 0, -EINTR when a signal is there,
 * or -ETIME when the deadline, as above, has passed.
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

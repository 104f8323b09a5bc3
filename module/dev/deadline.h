/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ends a call early: a signal, or a deadline.
 */
#ifndef _BM_DEV_DEADLINE_H
#define _BM_DEV_DEADLINE_H

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/timekeeping.h>

/* A deadline by the clock of the caller's time namespace, by the kernel's. */
static inline u64 bm_deadline(u64 deadline)
{
	struct timespec64 offset = {};
	s64 ahead;

	if (!deadline)
		return 0;
	timens_add_monotonic(&offset);
	ahead = timespec64_to_ns(&offset);
	deadline = min_t(u64, deadline, KTIME_MAX);
	return (s64)deadline > ahead ? deadline - ahead : 1;
}

/*
 * Must a call stop that could go on? Returns 0, -EINTR when a signal is there,
 * or -ETIME when the deadline, of the kernel's clock, has passed.
 */
static inline int bm_must_stop(u64 deadline)
{
	if (signal_pending(current))
		return -EINTR;
	if (deadline && ktime_get_ns() >= deadline)
		return -ETIME;
	return 0;
}

#endif /* _BM_DEV_DEADLINE_H */

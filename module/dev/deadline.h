/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Deadlines of ioctls.
 */
#ifndef _BM_DEV_DEADLINE_H
#define _BM_DEV_DEADLINE_H

#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/time_namespace.h>

#include "core/sleep.h"

/* Converts a deadline from the clock of the caller's time namespace to the kernel's. */
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

#endif /* _BM_DEV_DEADLINE_H */

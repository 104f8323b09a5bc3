/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_KTIME_H
#define _NATIVE_LINUX_KTIME_H

#include <time.h>

#include <linux/types.h>

typedef s64 ktime_t;

#define NSEC_PER_USEC	1000L
#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_SEC	1000000000L

#define KTIME_MAX	((s64)(~0ULL >> 1))

static inline ktime_t ns_to_ktime(u64 ns)
{
	return ns;
}

static inline u64 ktime_get_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline ktime_t ktime_get(void)
{
	return ktime_get_ns();
}

static inline ktime_t ktime_add_ms(ktime_t time, u64 ms)
{
	return time + ms * NSEC_PER_MSEC;
}

static inline bool ktime_before(ktime_t one, ktime_t other)
{
	return one < other;
}

#endif /* _NATIVE_LINUX_KTIME_H */

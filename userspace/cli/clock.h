/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The current time, for rates.
 */
#ifndef _BUCKETMAP_CLI_CLOCK_H
#define _BUCKETMAP_CLI_CLOCK_H

#include <time.h>

/* Returns the time in seconds since some instant. */
static inline double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif /* _BUCKETMAP_CLI_CLOCK_H */

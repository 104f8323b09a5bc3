// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waiting for changes of a map.
 */
#include <stdint.h>
#include <time.h>

#include "internal.h"

#define NSEC_PER_SEC	1000000000ULL

/* The kernel's clocks are signed 64-bit numbers. */
#define END_OF_TIME	((__u64)INT64_MAX)

__u64 bucketmap_deadline(__u64 nanoseconds)
{
	struct timespec now;
	__u64 time;

	clock_gettime(CLOCK_MONOTONIC, &now);
	time = now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
	return nanoseconds < END_OF_TIME - time ? time + nanoseconds : END_OF_TIME;
}

int bucketmap_wait(struct bucketmap *map, const void *key, const void *seen,
		   __u32 offset, __u32 length, __u64 deadline)
{
	struct bucketmap_wait wait = {
		.size = sizeof(wait),
		.flags = seen ? 0 : BUCKETMAP_WAIT_ABSENT,
		.key = pointer_to_u64(key),
		.seen = pointer_to_u64(seen),
		.offset = offset,
		.length = length,
		.deadline = deadline,
	};

	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_WAIT, &wait);
}

int bucketmap_changes(struct bucketmap *map)
{
	struct bucketmap_changes changes = { .size = sizeof(changes) };
	int ret = bucketmap_ioctl(map->fd, BUCKETMAP_IOC_CHANGES, &changes);

	return ret ? ret : (int)changes.changed;
}

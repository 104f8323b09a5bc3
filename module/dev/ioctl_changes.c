// SPDX-License-Identifier: GPL-2.0
/*
 * CHANGES and poll(2): has a map changed since the last call?
 *
 * Each open file stores the version of the map that it last reported. If
 * threads call CHANGES concurrently on one file, the last store wins: a change
 * may then be reported twice, but none is hidden. No locks.
 */
#include <linux/poll.h>

#include "core/watch.h"
#include "dev/map_file.h"

/**
 * bm_changes_run() - BUCKETMAP_IOC_CHANGES
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_CHANGES
 * @arguments: struct bucketmap_changes
 *
 * Context: Process context. May sleep.
 * Return: 0, or -EINVAL if a flag or reserved member is set.
 */
long bm_changes_run(struct file *file, unsigned int number,
		    union bm_arguments *arguments)
{
	struct bm_descriptor *descriptor = bm_map_descriptor(file);
	struct bucketmap *map = descriptor->instance->map;
	struct bucketmap_changes *changes = &arguments->changes;
	u64 reported;

	if (changes->flags || changes->reserved)
		return -EINVAL;
	reported = READ_ONCE(descriptor->version);
	bm_changes_begin(map, &descriptor->polls);
	WRITE_ONCE(descriptor->version, bm_changes_arm(map));
	changes->changed = bm_changes_since(map, reported);
	return 0;
}

/**
 * bm_changes_poll() - poll(2): readable as long as CHANGES would report 1
 * @file: descriptor of the map
 * @wait: poll table
 *
 * Context: Process context. May sleep.
 * Return: the events.
 */
__poll_t bm_changes_poll(struct file *file, poll_table *wait)
{
	struct bm_descriptor *descriptor = bm_map_descriptor(file);
	struct bucketmap *map = descriptor->instance->map;

	poll_wait(file, bm_changes_queue(map), wait);
	if (bm_changes_since(map, READ_ONCE(descriptor->version)))
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

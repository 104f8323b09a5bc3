// SPDX-License-Identifier: GPL-2.0
/*
 * CLEAR: remove all entries, until a signal or a deadline.
 */
#include <linux/sched.h>

#include "dev/deadline.h"
#include "dev/map_file.h"

/**
 * bm_clear_run() - BUCKETMAP_IOC_CLEAR
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_CLEAR
 * @arguments: struct bucketmap_clear; its position and flags are updated, to
 *	continue from
 *
 * Context: Process context. May sleep.
 * Return: 0 at the end, or
 *   -EINTR   a signal arrived
 *   -EINVAL  an unknown flag
 *   -ETIME   the deadline has passed
 */
long bm_clear_run(struct file *file, unsigned int number,
		  union bm_arguments *arguments)
{
	struct bucketmap *map = bm_map_instance(file)->map;
	struct bucketmap_clear *clear = &arguments->clear;
	struct bucketmap_cursor cursor = {
		.position = clear->position,
		.end = clear->flags & BUCKETMAP_SCAN_END,
	};
	u64 deadline = bm_deadline(clear->deadline);
	int err = 0;

	if (clear->flags & ~BUCKETMAP_SCAN_END)
		return -EINVAL;
	while (!cursor.end) {
		err = bm_must_stop(deadline);
		if (err)
			break;
		bucketmap_clear(map, &cursor);
		cond_resched();
	}
	clear->position = cursor.position;
	bm_scan_flags(&clear->flags, &cursor);
	return err;
}

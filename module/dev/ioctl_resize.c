// SPDX-License-Identifier: GPL-2.0
/*
 * RESIZE: set the capacity of a map.
 */
#include "dev/deadline.h"
#include "dev/map_file.h"

/**
 * bm_resize_run() - BUCKETMAP_IOC_RESIZE
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_RESIZE
 * @arguments: struct bucketmap_resize
 *
 * Context: Process context. May sleep.
 * Return: 0, -EINVAL if a flag is set, or what bucketmap_resize() returns.
 */
long bm_resize_run(struct file *file, unsigned int number,
		   union bm_arguments *arguments)
{
	const struct bucketmap_resize *resize = &arguments->resize;

	if (resize->flags)
		return -EINVAL;
	return bucketmap_resize(bm_map_instance(file)->map, resize->capacity,
				bm_deadline(resize->deadline));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * RESIZE: another capacity for a map.
 */
#include "core/map.h"
#include "dev/deadline.h"
#include "dev/map.h"

/**
 * bm_resize_run() - BUCKETMAP_IOC_RESIZE
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_RESIZE
 * @arguments: struct bucketmap_resize
 *
 * The map keeps the new capacity whenever it can have it, though it may not
 * have the table yet.
 *
 * Context: Process context. May sleep.
 * Return: 0, -EINVAL for a flag, or what bucketmap_resize() returns.
 */
long bm_resize_run(struct file *file, unsigned int number,
		   union bm_arguments *arguments)
{
	const struct bucketmap_resize *resize = &arguments->resize;
	struct bm_instance *instance = bm_map_instance(file);

	if (resize->flags)
		return -EINVAL;
	if (resize->capacity <= BM_CAPACITY_MAX)
		WRITE_ONCE(instance->capacity, resize->capacity);
	return bucketmap_resize(instance->map, resize->capacity,
				bm_deadline(resize->deadline));
}

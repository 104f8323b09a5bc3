// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The map as a whole: its descriptor, attributes and size.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "internal.h"
#include "mapping.h"

int bucketmap_from_fd(struct bucketmap **map, int fd)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *new_map;
	int ret;

	ret = bucketmap_ioctl(fd, BUCKETMAP_IOC_INFO, &info);
	if (ret)
		return ret;
	new_map = calloc(1, sizeof(*new_map));
	if (!new_map)
		return -ENOMEM;
	new_map->fd = fd;
	*map = new_map;
	return 0;
}

int bucketmap_reopen(struct bucketmap **map, struct bucketmap *from, __u32 flags)
{
	struct bucketmap_reopen reopen = { .size = sizeof(reopen), .flags = flags };
	struct bucketmap *new_map = calloc(1, sizeof(*new_map));

	if (!new_map)
		return -ENOMEM;
	new_map->fd = bucketmap_ioctl(from->fd, BUCKETMAP_IOC_REOPEN, &reopen);
	if (new_map->fd < 0) {
		int ret = new_map->fd;

		free(new_map);
		return ret;
	}
	*map = new_map;
	return 0;
}

int bucketmap_use_mapping(struct bucketmap *map)
{
	return map->mapping ? 0 : mapping_open(&map->mapping, map->fd);
}

int bucketmap_fd(const struct bucketmap *map)
{
	return map->fd;
}

void bucketmap_close(struct bucketmap *map)
{
	if (!map)
		return;
	mapping_close(map->mapping);
	close(map->fd);
	free(map);
}

int bucketmap_unlink_map(struct bucketmap *map)
{
	struct bucketmap_name none = { .size = sizeof(none) };

	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_UNLINK, &none);
}

int bucketmap_info(struct bucketmap *map, struct bucketmap_info *info)
{
	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_INFO, info);
}

int bucketmap_resize(struct bucketmap *map, __u64 capacity, __u64 deadline)
{
	struct bucketmap_resize resize = {
		.size = sizeof(resize),
		.capacity = capacity,
		.deadline = deadline,
	};

	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_RESIZE, &resize);
}

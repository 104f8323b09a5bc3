// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ioctls on the device: create, find and list maps, and query limits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* Names per LIST call. */
#define LIST_CAPACITY	64

/*
 * Returns the descriptor for an ioctl on the device: the caller's, or one that is
 * opened with @access: O_RDONLY, or O_RDWR for ioctls that create or remove
 * something.
 */
static int device_get(int device, int access)
{
	int saved_errno = errno;

	if (device != BUCKETMAP_DEVICE_OPEN)
		return device < 0 ? -EBADF : device;
	device = open(BUCKETMAP_DEVICE, access | O_CLOEXEC);
	if (device < 0) {
		/* ENOENT would read as "no such map". */
		device = errno == ENOENT || errno == ENXIO ? -ENODEV : -errno;
		errno = saved_errno;
	}
	return device;
}

/* @used is what device_get() returned for @device. */
static void device_put(int used, int device)
{
	if (device == BUCKETMAP_DEVICE_OPEN)
		close(used);
}

int bucketmap_device_ioctl(int device, int access, unsigned long number, void *argument)
{
	int used = device_get(device, access);
	int ret;

	if (used < 0)
		return used;
	ret = bucketmap_ioctl(used, number, argument);
	device_put(used, device);
	return ret;
}

/* Runs an ioctl that returns a descriptor, and makes a map of the descriptor. */
static int map_ioctl(struct bucketmap **map, int device, int access, unsigned long number,
		     void *argument)
{
	struct bucketmap *new_map = calloc(1, sizeof(*new_map));
	int fd;

	if (!new_map)
		return -ENOMEM;
	fd = bucketmap_device_ioctl(device, access, number, argument);
	if (fd < 0) {
		free(new_map);
		return fd;
	}
	new_map->fd = fd;
	*map = new_map;
	return 0;
}

static int name_fill(struct bucketmap_name *argument, const char *name, __u32 flags)
{
	size_t length = strlen(name);

	if (length >= sizeof(argument->name))
		return -EINVAL;
	*argument = (struct bucketmap_name) {
		.size = sizeof(*argument),
		.flags = flags,
	};
	memcpy(argument->name, name, length);
	return 0;
}

int bucketmap_create_at(int device, struct bucketmap **map,
			const struct bucketmap_create *config)
{
	/* The kernel only reads the structure. */
	return map_ioctl(map, device, O_RDWR, BUCKETMAP_IOC_CREATE, (void *)config);
}

int bucketmap_create(struct bucketmap **map, const struct bucketmap_create *config)
{
	return bucketmap_create_at(BUCKETMAP_DEVICE_OPEN, map, config);
}

int bucketmap_open_at(int device, struct bucketmap **map, const char *name, __u32 flags)
{
	struct bucketmap_name argument;
	int ret = name_fill(&argument, name, flags);

	if (ret)
		return ret;
	return map_ioctl(map, device, O_RDONLY, BUCKETMAP_IOC_OPEN, &argument);
}

int bucketmap_open(struct bucketmap **map, const char *name, __u32 flags)
{
	return bucketmap_open_at(BUCKETMAP_DEVICE_OPEN, map, name, flags);
}

int bucketmap_unlink_at(int device, const char *name)
{
	struct bucketmap_name argument;
	int ret = name_fill(&argument, name, 0);

	if (ret)
		return ret;
	return bucketmap_device_ioctl(device, O_RDWR, BUCKETMAP_IOC_UNLINK, &argument);
}

int bucketmap_unlink(const char *name)
{
	return bucketmap_unlink_at(BUCKETMAP_DEVICE_OPEN, name);
}

static int list_on_device(int device, int (*each)(const char *name, void *context), void *context)
{
	char names[LIST_CAPACITY][BUCKETMAP_NAME_SIZE];
	struct bucketmap_list list = {
		.size = sizeof(list),
		.names = pointer_to_u64(names),
		.capacity = LIST_CAPACITY,
	};
	int ret;

	do {
		ret = bucketmap_ioctl(device, BUCKETMAP_IOC_LIST, &list);
		for (__u32 i = 0; !ret && i < list.count; i++)
			ret = each(names[i], context);
	} while (!ret && list.count == list.capacity);
	return ret;
}

int bucketmap_list_at(int device, int (*each)(const char *name, void *context), void *context)
{
	int used = device_get(device, O_RDONLY);
	int ret;

	if (used < 0)
		return used;
	ret = list_on_device(used, each, context);
	device_put(used, device);
	return ret;
}

int bucketmap_list(int (*each)(const char *name, void *context), void *context)
{
	return bucketmap_list_at(BUCKETMAP_DEVICE_OPEN, each, context);
}

int bucketmap_limits_at(int device, struct bucketmap_limits *limits)
{
	return bucketmap_device_ioctl(device, O_RDONLY, BUCKETMAP_IOC_LIMITS, limits);
}

int bucketmap_limits(struct bucketmap_limits *limits)
{
	return bucketmap_limits_at(BUCKETMAP_DEVICE_OPEN, limits);
}

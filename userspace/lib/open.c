// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Opening maps that another program may have made: checks of sizes and owner.
 * None of these change while a map lives, so what was checked stays true.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define ROOT	0

/* Size of struct bucketmap_create in the first version of the interface. */
#define CREATE_SIZE_MIN	(offsetof(struct bucketmap_create, name) + BUCKETMAP_NAME_SIZE)

int bucketmap_check(struct bucketmap *map, __u32 key_size, __u32 value_size, __u32 owner)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	int ret = bucketmap_info(map, &info);

	if (ret)
		return ret;
	if (info.key_size != key_size || info.value_size != value_size)
		return -EMEDIUMTYPE;
	return owner == BUCKETMAP_OWNER_ANY || owner == info.uid ? 0 : -EPERM;
}

/* The owner of all names is root, so a map of root is as good as the caller's own. */
static int check_own(struct bucketmap *map, __u32 key_size, __u32 value_size)
{
	int ret = bucketmap_check(map, key_size, value_size, geteuid());

	return ret == -EPERM ? bucketmap_check(map, key_size, value_size, ROOT) : ret;
}

/* Gives an opened map to the caller, or closes it if a check has failed. */
static int deliver(struct bucketmap **map, struct bucketmap *opened, int ret)
{
	if (ret)
		bucketmap_close(opened);
	else
		*map = opened;
	return ret;
}

int bucketmap_open_owned(struct bucketmap **map, const char *name, __u32 flags,
			 __u32 key_size, __u32 value_size, __u32 owner)
{
	struct bucketmap *opened;
	int ret = bucketmap_open(&opened, name, flags);

	if (ret)
		return ret;
	return deliver(map, opened, bucketmap_check(opened, key_size, value_size, owner));
}

int bucketmap_open_sized(struct bucketmap **map, const char *name, __u32 flags,
			 __u32 key_size, __u32 value_size)
{
	return bucketmap_open_owned(map, name, flags, key_size, value_size,
				    BUCKETMAP_OWNER_ANY);
}

static int open_own(int device, struct bucketmap **map, const struct bucketmap_create *config)
{
	struct bucketmap *opened;
	int ret = bucketmap_open_at(device, &opened, config->name, 0);

	if (ret)
		return ret;
	return deliver(map, opened, check_own(opened, config->key_size, config->value_size));
}

int bucketmap_open_or_create_at(int device, struct bucketmap **map,
				const struct bucketmap_create *config)
{
	int ret;

	if (config->size < CREATE_SIZE_MIN || !memchr(config->name, '\0', sizeof(config->name)))
		return -EINVAL;
	/* Other programs may create the map, or remove its name, between the two calls. */
	do {
		ret = open_own(device, map, config);
		if (ret == -ENOENT)
			ret = bucketmap_create_at(device, map, config);
	} while (ret == -EEXIST);
	return ret;
}

int bucketmap_open_or_create(struct bucketmap **map, const struct bucketmap_create *config)
{
	return bucketmap_open_or_create_at(BUCKETMAP_DEVICE_OPEN, map, config);
}

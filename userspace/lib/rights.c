// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mode and owner of a map.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "internal.h"

static struct bucketmap_rights mode_change(__u32 mode)
{
	return (struct bucketmap_rights) {
		.size = sizeof(struct bucketmap_rights),
		.flags = BUCKETMAP_RIGHTS_MODE,
		.mode = mode,
	};
}

static struct bucketmap_rights owner_change(__u32 uid, __u32 gid)
{
	return (struct bucketmap_rights) {
		.size = sizeof(struct bucketmap_rights),
		.flags = (uid == BUCKETMAP_ID_KEEP ? 0 : BUCKETMAP_RIGHTS_UID) |
			 (gid == BUCKETMAP_ID_KEEP ? 0 : BUCKETMAP_RIGHTS_GID),
		.uid = uid,
		.gid = gid,
	};
}

static int change_named(int device, const char *name, struct bucketmap_rights *change)
{
	size_t length = strlen(name);

	if (length >= sizeof(change->name))
		return -EINVAL;
	memcpy(change->name, name, length);
	return bucketmap_device_ioctl(device, O_RDWR, BUCKETMAP_IOC_RIGHTS, change);
}

int bucketmap_chmod_at(int device, const char *name, __u32 mode)
{
	struct bucketmap_rights change = mode_change(mode);

	return change_named(device, name, &change);
}

int bucketmap_chmod(const char *name, __u32 mode)
{
	return bucketmap_chmod_at(BUCKETMAP_DEVICE_OPEN, name, mode);
}

int bucketmap_chmod_map(struct bucketmap *map, __u32 mode)
{
	struct bucketmap_rights change = mode_change(mode);

	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_RIGHTS, &change);
}

int bucketmap_chown_at(int device, const char *name, __u32 uid, __u32 gid)
{
	struct bucketmap_rights change = owner_change(uid, gid);

	return change_named(device, name, &change);
}

int bucketmap_chown(const char *name, __u32 uid, __u32 gid)
{
	return bucketmap_chown_at(BUCKETMAP_DEVICE_OPEN, name, uid, gid);
}

int bucketmap_chown_map(struct bucketmap *map, __u32 uid, __u32 gid)
{
	struct bucketmap_rights change = owner_change(uid, gid);

	return bucketmap_ioctl(map->fd, BUCKETMAP_IOC_RIGHTS, &change);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel's errors mean, in people's words.
 *
 * The library returns the errors of open(2) on the device and those of the
 * command in the same way. Where they may be the same, the device is opened
 * again to learn which it was.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "problem.h"
#include "report.h"
#include "uapi/bucketmap.h"

/* What sets a limit to the memory of a map. */
#define WHOSE_MEMORY	" (of the machine, the memory cgroup or max_bytes)"

/* Errors that mean the same whatever was asked for. */
const char *any_problem(int error)
{
	switch (-error) {
	case ENODEV:
		return "no such device, is the module loaded?";
	case EINVAL:
	case E2BIG:
	case ENOTTY:
		return "the module is of another version, which does not take this";
	case ENOMEM:
		return "no memory" WHOSE_MEMORY;
	case ETIME:
		return "timed out";
	case EUSERS:
		return "too many waiters";
	default:
		return strerror(-error);
	}
}

bool is_name(const char *name)
{
	size_t length = strlen(name);

	if (!length || length >= BUCKETMAP_NAME_SIZE || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	for (; *name; name++) {
		if (*name == '/' || iscntrl((unsigned char)*name))
			return false;
	}
	return true;
}

/* Why the device cannot be opened, if it is so. */
static int device_problem(int access)
{
	int fd = open(BUCKETMAP_DEVICE, access | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

void device_error(int access, int error)
{
	switch (-device_problem(access)) {
	case EACCES:
		system_error("%s: permission denied by the mode of the device", BUCKETMAP_DEVICE);
	case EPERM:
		system_error("%s: not permitted by the device cgroup", BUCKETMAP_DEVICE);
	default:
		system_error("%s: %s", BUCKETMAP_DEVICE, any_problem(error));
	}
}

/* An error that the device and the map can both be the reason for was the device's. */
static void check_device(int access, int error)
{
	if (error == -ENODEV || ((error == -EACCES || error == -EPERM) && device_problem(access)))
		device_error(access, error);
}

static void check_validity(const char *name, int error)
{
	if (error == -EINVAL && !is_name(name))
		system_error("%s: not a name for a map", name);
}

void create_error(const char *name, int error)
{
	check_device(O_RDWR, error);
	check_validity(name, error);
	switch (-error) {
	case EEXIST:
		system_error("%s: a map of that name exists", name);
	case EINVAL:
		system_error("%s: a size, limit or format that the module does not permit", name);
	case ENOSPC:
		system_error("%s: as many maps exist as are permitted (max_maps)", name);
	case EDQUOT:
		system_error("%s: too many maps of this user (max_maps_per_user)", name);
	case ENOMEM:
		system_error("%s: no memory for the map" WHOSE_MEMORY, name);
	default:
		system_error("%s: %s", name, any_problem(error));
	}
}

void open_error(const char *name, int error)
{
	check_device(O_RDONLY, error);
	check_validity(name, error);
	switch (-error) {
	case EACCES:
		system_error("%s: permission denied by the map's mode", name);
	case ENOENT:
		system_error("%s: no such map", name);
	default:
		system_error("%s: %s", name, any_problem(error));
	}
}

void remove_error(const char *name, int error)
{
	check_device(O_RDWR, error);
	check_validity(name, error);
	switch (-error) {
	case ENOENT:
		system_error("%s: no such map", name);
	case EPERM:
		system_error("%s: only the map's owner may remove it", name);
	default:
		system_error("%s: %s", name, any_problem(error));
	}
}

void resize_error(const char *name, int error)
{
	switch (-error) {
	case ENOMEM:
		system_error("%s: no memory for a table of that size" WHOSE_MEMORY, name);
	case EMLINK:
		system_error("%s: too many keys collide for a smaller table", name);
	default:
		map_error(name, error);
	}
}

void map_error(const char *name, int error)
{
	system_error("%s: %s", name, any_problem(error));
}

const char *entry_problem(int error)
{
	switch (-error) {
	case ENOENT:
		return "no such key";
	case ECANCELED:
		return "the value is another";
	case ENOSPC:
		return "the map is full (max_entries)";
	case ENOMEM:
		return "no memory for the entry" WHOSE_MEMORY;
	case EMLINK:
		return "too many keys collide with this one";
	default:
		return any_problem(error);
	}
}

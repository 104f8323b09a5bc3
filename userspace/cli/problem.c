// SPDX-License-Identifier: GPL-2.0
/*
 * Messages for the kernel's errors.
 *
 * The library returns the errors of open(2) on the device and those of the ioctl
 * in the same way. If an error may come from either, the device is opened again
 * to find out which.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "problem.h"
#include "report.h"
#include "uapi/bucketmap.h"

/* The limits of the memory of a map. */
#define MEMORY_LIMITS	" (limit of the machine, the memory cgroup or max_bytes)"

/* Errors that mean the same for every request. */
const char *any_problem(int error)
{
	switch (-error) {
	case ENODEV:
		return "no such device, is the module loaded?";
	case EINVAL:
	case E2BIG:
	case ENOTTY:
		return "the module has another version, which does not support this";
	case ENOMEM:
		return "no memory" MEMORY_LIMITS;
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

/* Returns why the device cannot be opened, or 0 if it can. */
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

/* Reports an error of the device, if the error came from the device and not from the map. */
static void check_device(int access, int error)
{
	if (error == -ENODEV || ((error == -EACCES || error == -EPERM) && device_problem(access)))
		device_error(access, error);
}

static void check_validity(const char *name, int error)
{
	if (error == -EINVAL && !is_name(name))
		system_error("%s: not a valid name of a map", name);
}

void create_error(const char *name, int error)
{
	check_device(O_RDWR, error);
	check_validity(name, error);
	switch (-error) {
	case EEXIST:
		system_error("%s: a map of this name exists", name);
	case EINVAL:
		system_error("%s: the module does not permit this size, limit or format", name);
	case ENOSPC:
		system_error("%s: too many maps exist (max_maps)", name);
	case EDQUOT:
		system_error("%s: this user has too many maps (max_maps_per_user)", name);
	case ENOMEM:
		system_error("%s: no memory for the map" MEMORY_LIMITS, name);
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
		system_error("%s: no memory for a table of this size" MEMORY_LIMITS, name);
	case EMLINK:
		system_error("%s: too many keys collide to fit into a smaller table", name);
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
		return "the key has another value";
	case ENOSPC:
		return "the map is full (max_entries)";
	case ENOMEM:
		return "no memory for the entry" MEMORY_LIMITS;
	case EMLINK:
		return "too many keys collide with this one";
	default:
		return any_problem(error);
	}
}

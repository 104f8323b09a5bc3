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
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/bucketmap.h"
#include "problem.h"

enum exit_code problem_code(int error)
{
	switch (-error) {
	case ENOENT:
	case EEXIST:
	case ECANCELED:
		return EXIT_UNEXPECTED;
	case ETIME:
		return EXIT_TIMEOUT;
	default:
		return EXIT_SYSTEM;
	}
}

/* Returns whether the module's limits are known. A user may be permitted to use a map only. */
static bool query_limits(struct bucketmap_limits *limits)
{
	*limits = (struct bucketmap_limits) { .size = sizeof(*limits) };
	return !bucketmap_limits(limits);
}

static const char *memory_problem(void)
{
	static char problem[256];
	struct bucketmap_limits limits;
	char limit[96] = "max_bytes";

	if (query_limits(&limits))
		snprintf(limit, sizeof(limit), "max_bytes=%llu, of which %llu are used",
			 limits.max_bytes, limits.bytes);
	snprintf(problem, sizeof(problem),
		 "memory limit reached (memory cgroup, or %s); delete entries or raise the limit",
		 limit);
	return problem;
}

/* Whether a file of the kernel begins with @text. */
static bool begins_with(const char *path, const char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char found[16] = "";

	if (fd < 0)
		return false;
	if (read(fd, found, sizeof(found) - 1) < 0)
		*found = '\0';
	close(fd);
	return !strncmp(found, text, strlen(text));
}

/* Whether the kernel loads only modules that are signed by a key that it knows. */
static bool needs_known_key(void)
{
	static const char lockdown[] = "/sys/kernel/security/lockdown";

	return begins_with("/sys/module/module/parameters/sig_enforce", "Y") ||
	       begins_with(lockdown, "none [");
}

static const char *absence_problem(void)
{
	if (needs_known_key())
		return "the module is not loaded; as root: modprobe bucketmap; "
		       "if the kernel refuses its key, enrol it: Secure Boot in bucketmap(7)";
	return "the module is not loaded; as root: modprobe bucketmap; if that fails, see dmesg";
}

/* Errors that mean the same for every request. */
const char *any_problem(int error)
{
	switch (-error) {
	case ENODEV:
		return absence_problem();
	case EINVAL:
	case E2BIG:
	case ENOTTY:
		return "the module has another version, which does not support this";
	case EFAULT:
		return "invalid pointer";
	case ENOMEM:
		return memory_problem();
	case ETIME:
		return "timed out";
	case EUSERS:
		return "too many waiters for this key or in this map; end some of them";
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
		system_error("%s: permission denied by the mode of the device; "
			     "its users are in the group bucketmap (usermod -aG)",
			     BUCKETMAP_DEVICE);
	case EPERM:
		system_error("%s: not permitted by the device cgroup, which is set from outside",
			     BUCKETMAP_DEVICE);
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
		usage_error("%s: not a valid name of a map, which has 1 to %d bytes and no '/'",
			    name, BUCKETMAP_NAME_SIZE - 1);
}

/* The limit of all maps, or that of one user's. */
static __attribute__((noreturn)) void too_many_maps(const char *name, bool of_user)
{
	const char *parameter = of_user ? "max_maps_per_user" : "max_maps";
	const char *whose = of_user ? " of this user" : "";
	struct bucketmap_limits limits;

	if (!query_limits(&limits))
		system_error("%s: too many maps%s (%s); remove some, or raise the limit", name,
			     whose, parameter);
	system_error("%s: too many maps%s (%s=%u); remove some, or raise the limit", name, whose,
		     parameter, of_user ? limits.max_maps_per_user : limits.max_maps);
}

void create_error(const char *name, int error)
{
	check_device(O_RDWR, error);
	check_validity(name, error);
	switch (-error) {
	case EEXIST:
		unexpected_error("%s: a map of this name exists", name);
	case EINVAL:
		system_error("%s: the module does not permit this size, limit or format", name);
	case ENOSPC:
		too_many_maps(name, false);
	case EDQUOT:
		too_many_maps(name, true);
	default:
		map_error(name, error);
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
		unexpected_error("%s: no such map", name);
	default:
		map_error(name, error);
	}
}

void remove_error(const char *name, int error)
{
	check_device(O_RDWR, error);
	check_validity(name, error);
	switch (-error) {
	case ENOENT:
		unexpected_error("%s: no such map", name);
	case EPERM:
		system_error("%s: only the map's owner may remove it", name);
	default:
		map_error(name, error);
	}
}

void rights_error(const char *name, int error)
{
	check_device(O_RDWR, error);
	check_validity(name, error);
	switch (-error) {
	case ENOENT:
		unexpected_error("%s: no such map", name);
	case EPERM:
		system_error("%s: only the map's owner may do that, or only root", name);
	case EINVAL:
		system_error("%s: this user or group does not exist here", name);
	default:
		map_error(name, error);
	}
}

void resize_error(const char *name, int error)
{
	if (error == -EMLINK)
		system_error("%s: too many keys collide to fit into a smaller table", name);
	map_error(name, error);
}

void map_error(const char *name, int error)
{
	fail(problem_code(error), "%s: %s", name, any_problem(error));
}

const char *entry_problem(int error, __u64 max_entries)
{
	static char full[128];

	switch (-error) {
	case ENOENT:
		return "no such key";
	case EEXIST:
		return "the key exists";
	case ECANCELED:
		return "the key has another value";
	case ENOSPC:
		snprintf(full, sizeof(full),
			 "the map is full (max_entries=%llu); delete entries, or create it larger",
			 max_entries);
		return full;
	case EMLINK:
		return "too many keys collide with this one";
	default:
		return any_problem(error);
	}
}

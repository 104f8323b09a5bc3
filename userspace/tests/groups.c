// SPDX-License-Identifier: GPL-2.0
/*
 * Memory cgroups: see groups.h.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "groups.h"

static char mount_point[32];
static int mounted;

static const char *path_of(const char *group, const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s/%s", mount_point, group, file);
	return path;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

__u64 group_number(const char *group, const char *file, const char *name)
{
	FILE *stream = fopen(path_of(group, file), "re");
	char line[256], format[64];
	__u64 number = ~0ULL;

	assert_non_null(stream);
	snprintf(format, sizeof(format), "%s%%llu", name);
	while (fgets(line, sizeof(line), stream) && sscanf(line, format, &number) != 1)
		;
	fclose(stream);
	assert_int_not_equal(number, ~0ULL);
	return number;
}

__u64 charged_to(const char *group)
{
	return group_number(group, "memory.current", "");
}

void limit_group(const char *group, __u64 limit)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", limit);
	assert_ok(write_file(path_of(group, "memory.max"), text));
}

int enter_group(const char *group)
{
	return write_file(path_of(group, "cgroup.procs"), "0");
}

/* A failed test may leave a process in the group. */
static void remove_group(const char *group)
{
	write_file(path_of(group, "cgroup.kill"), "1");
	for (int i = 0; i < 100 && rmdir(path_of(group, "")) && errno == EBUSY; i++)
		sleep_for(10 * NSEC_PER_MSEC);
}

/* Also unlinks the maps that were created in them. */
int remove_groups(void **state)
{
	if (!mounted)
		return 0;
	if (enter_group("."))
		return -1;
	remove_group("creator");
	remove_group("inserter");
	return unlink_test_maps(state);
}

/* The hierarchy is the same at every mount point. */
int mount_groups(void **state)
{
	if (require_device(state))
		return -1;
	strcpy(mount_point, "/tmp/cgroup.XXXXXX");
	if (!mkdtemp(mount_point))
		return -1;
	if (mount("cgroup2", mount_point, "cgroup2", 0, NULL)) {
		rmdir(mount_point);
		return 0;
	}
	mounted = 1;
	return 0;
}

int unmount_groups(void **state)
{
	int failed = unlink_test_maps(state);

	if (mounted && (remove_groups(state) || umount(mount_point) || rmdir(mount_point)))
		return -1;
	return failed;
}

int make_groups(void **state)
{
	(void)state;
	if (!mounted || write_file(path_of(".", "cgroup.subtree_control"), "+memory"))
		return 0;
	if (mkdir(path_of("creator", ""), 0700) || mkdir(path_of("inserter", ""), 0700))
		return -1;
	return enter_group("inserter");
}

void skip_without_groups(void)
{
	if (!mounted || access(path_of("creator", "memory.max"), W_OK))
		skip();
}

void assert_charge_falls_to(const char *group, __u64 charged)
{
	__u64 deadline = bucketmap_deadline(PATIENCE);

	while (charged_to(group) > charged + TOLERANCE && time_now() < deadline)
		sleep_for(50 * NSEC_PER_MSEC);
	assert_in_range(charged_to(group), 0, charged + TOLERANCE);
}

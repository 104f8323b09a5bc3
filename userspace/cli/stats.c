// SPDX-License-Identifier: GPL-2.0
/*
 * stats: what the module shows of a map in debugfs.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "command.h"
#include "report.h"
#include "target.h"

#define DEBUGFS_DIRECTORY	"/sys/kernel/debug"

/* Opening a map's file failed: says whose fault it was. */
static __attribute__((noreturn)) void debugfs_error(const char *name, const char *path, int error)
{
	struct statfs filesystem;

	if (error == EACCES)
		system_error("%s: permission denied, debugfs is root's", path);
	if (statfs(DEBUGFS_DIRECTORY, &filesystem) || filesystem.f_type != DEBUGFS_MAGIC)
		system_error("%s: debugfs is not mounted", DEBUGFS_DIRECTORY);
	if (error == ENOENT)
		map_error(name, -ENOENT);
	system_error("%s: %s", path, strerror(error));
}

static void print_file(const char *name, const char *file)
{
	char path[PATH_MAX];
	char buffer[4096];
	FILE *stream;
	size_t size;

	snprintf(path, sizeof(path), DEBUGFS_DIRECTORY "/bucketmap/%s/%s", name, file);
	stream = fopen(path, "re");
	if (!stream)
		debugfs_error(name, path, errno);
	printf("%s:\n", file);
	while ((size = fread(buffer, 1, sizeof(buffer), stream)))
		fwrite(buffer, 1, size, stdout);
	if (ferror(stream))
		system_error("%s: %s", path, strerror(errno));
	fclose(stream);
}

static void run_stats(int argc, char **argv)
{
	const char *name;

	if (argc != 2)
		wrong_usage();
	name = argv[1];
	/* No map has such a name, and it would lead to another directory. */
	if (strchr(name, '/') || !strcmp(name, "..") || !strcmp(name, ".") || !*name)
		map_error(name, -ENOENT);
	print_file(name, "stats");
	print_file(name, "chains");
	print_file(name, "resize");
}

const struct command stats_command = {
	.name = "stats",
	.operands = "NAME",
	.summary = "print a map's counters, its chains and the state of its resizing",
	.details = "They come from debugfs, which only root may read.\n",
	.run = run_stats,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * ls, info: what maps there are, and what they are.
 */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "lib/bucketmap.h"
#include "report.h"
#include "target.h"

static int read_info(const char *name, struct bucketmap_info *info)
{
	struct bucketmap *map;
	int error;

	*info = (struct bucketmap_info) { .size = sizeof(*info) };
	error = bucketmap_open(&map, name, BUCKETMAP_OPEN_RDONLY);
	if (error)
		return error;
	error = bucketmap_info(map, info);
	bucketmap_close(map);
	return error;
}

static int print_row(const char *name, void *unused)
{
	struct bucketmap_info info;
	int error = read_info(name, &info);

	(void)unused;
	switch (error) {
	case 0:
		printf("%-24s %5u %5u %10llu %10llu %12llu %04o %u:%u\n",
		       name, info.key_size, info.value_size, info.count, info.buckets,
		       info.bytes, info.mode, info.uid, info.gid);
		return 0;
	case -EACCES:
		printf("%-24s %5s %5s %10s %10s %12s %4s %s\n",
		       name, "-", "-", "-", "-", "-", "-", "-");
		return 0;
	case -ENOENT:
		/* Removed since it was listed. */
		return 0;
	default:
		map_error(name, error);
	}
}

static void run_ls(int argc, char **argv)
{
	int error;

	(void)argv;
	if (argc != 1)
		wrong_usage();
	printf("%-24s %5s %5s %10s %10s %12s %4s %s\n",
	       "NAME", "KEY", "VALUE", "ENTRIES", "BUCKETS", "BYTES", "MODE", "OWNER");
	error = bucketmap_list(print_row, NULL);
	if (error)
		map_error(BUCKETMAP_DEVICE, error);
}

const struct command ls_command = {
	.name = "ls",
	.operands = "",
	.summary = "list the named maps",
	.details =
		"KEY and VALUE are sizes in bytes, BYTES is the memory of the map's tables,\n"
		"OWNER is uid:gid. Maps that you may not read show dashes.\n",
	.run = run_ls,
};

static void run_info(int argc, char **argv)
{
	struct bucketmap_info info;
	int error;

	if (argc != 2)
		wrong_usage();
	error = read_info(argv[1], &info);
	if (error)
		map_error(argv[1], error);
	printf("name %s\n", info.name);
	printf("id %llu\n", info.id);
	printf("key_size %u\n", info.key_size);
	printf("value_size %u\n", info.value_size);
	printf("hash %s\n", info.flags & BUCKETMAP_CREATE_XXH64 ? "xxh64" : "siphash");
	printf("capacity %llu\n", info.capacity);
	printf("max_entries %llu\n", info.max_entries);
	printf("entries %llu\n", info.count);
	printf("buckets %llu\n", info.buckets);
	printf("bytes %llu\n", info.bytes);
	printf("mode %04o\n", info.mode);
	printf("owner %u:%u\n", info.uid, info.gid);
}

const struct command info_command = {
	.name = "info",
	.operands = "NAME",
	.summary = "tell what a map is, one 'name value' per line",
	.run = run_info,
};

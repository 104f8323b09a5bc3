// SPDX-License-Identifier: GPL-2.0
/*
 * ls, info: list and describe maps.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>

#include "subcommand.h"
#include "describe.h"
#include "json.h"
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

static void print_readable(const char *name, const struct bucketmap_info *info)
{
	if (json_output)
		print_json_element(map_as_json(info));
	else
		printf("%-24s %5u %5u %10llu %10llu %12llu %04o %u:%u\n",
		       name, info->key_size, info->value_size, info->count, info->buckets,
		       info->bytes, info->mode, info->uid, info->gid);
}

static void print_unreadable(const char *name)
{
	if (json_output)
		print_json_element(json_pack("{s:o}", "name", json_text(name)));
	else
		printf("%-24s %5s %5s %10s %10s %12s %4s %s\n",
		       name, "-", "-", "-", "-", "-", "-", "-");
}

static void begin_list(bool *begun)
{
	if (*begun)
		return;
	*begun = true;
	if (json_output)
		begin_json_array();
	else
		printf("%-24s %5s %5s %10s %10s %12s %4s %s\n",
		       "NAME", "KEY", "VALUE", "ENTRIES", "BUCKETS", "BYTES", "MODE", "OWNER");
}

/* The heading is printed with the first row, so that a failed list has none. */
static int print_row(const char *name, void *begun)
{
	struct bucketmap_info info;
	int error = read_info(name, &info);

	begin_list(begun);
	/* A map that does not exist was removed after it was listed. */
	if (error == -EACCES)
		print_unreadable(name);
	else if (!error)
		print_readable(name, &info);
	else if (error != -ENOENT)
		open_error(name, error);
	return 0;
}

static void run_ls(int argc, char **argv)
{
	bool begun = false;
	int error;

	(void)argv;
	if (argc != 1)
		wrong_usage();
	error = bucketmap_list(print_row, &begun);
	if (error)
		device_error(O_RDONLY, error);
	begin_list(&begun);
	if (json_output)
		end_json_array();
}

const struct subcommand ls_subcommand = {
	.name = "ls",
	.operands = "",
	.summary = "list the named maps",
	.details =
		"KEY and VALUE are sizes in bytes. BYTES is the memory of the map's tables. OWNER is\n"
		"uid:gid. Maps that you may not read show dashes; in JSON only their names.\n",
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
		open_error(argv[1], error);
	if (json_output)
		print_json(map_and_events_as_json(&info));
	else
		print_map(&info);
}

const struct subcommand info_subcommand = {
	.name = "info",
	.operands = "NAME",
	.summary = "print a map's attributes and usage, one 'name value' per line",
	.details =
		"The lines from lookup_hits on count what has happened since the map was created:\n"
		"lookups that found their key or did not, entries inserted, overwritten and deleted,\n"
		"inserts that were refused because the map was full, for lack of memory, or because too\n"
		"many keys collide, and how often the table grew and shrank.\n",
	.run = run_info,
};

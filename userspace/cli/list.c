// SPDX-License-Identifier: GPL-2.0
/*
 * ls, info: list and describe maps.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

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

/**
 * struct row - a map in the list
 * @name: its name
 * @readable: whether the user may read it; else @info is unset
 * @info: what the kernel says of it
 */
struct row {
	char name[BUCKETMAP_NAME_SIZE];
	bool readable;
	struct bucketmap_info info;
};

struct list {
	struct row *rows;
	size_t count;
};

/* Collected before any is printed, so that a list that fails prints nothing. */
static int add_row(const char *name, void *context)
{
	struct list *list = context;
	struct bucketmap_info info;
	int error = read_info(name, &info);
	struct row *row;

	/* A map that does not exist was removed after it was listed. */
	if (error == -ENOENT)
		return 0;
	if (error && error != -EACCES)
		open_error(name, error);
	list->rows = reallocarray(list->rows, list->count + 1, sizeof(*row));
	if (!list->rows)
		system_error("out of memory");
	row = &list->rows[list->count++];
	*row = (struct row) { .readable = !error, .info = info };
	snprintf(row->name, sizeof(row->name), "%s", name);
	return 0;
}

static void print_json_list(const struct list *list)
{
	begin_json_array();
	for (const struct row *row = list->rows; row < list->rows + list->count; row++) {
		if (row->readable)
			print_json_element(map_as_json(&row->info));
		else
			print_json_element(json_pack("{s:o}", "name", json_text(row->name)));
	}
	end_json_array();
}

static void print_list(const struct list *list)
{
	printf("%-24s %5s %5s %10s %10s %12s %4s %s\n",
	       "NAME", "KEY", "VALUE", "ENTRIES", "BUCKETS", "BYTES", "MODE", "OWNER");
	for (const struct row *row = list->rows; row < list->rows + list->count; row++) {
		const struct bucketmap_info *info = &row->info;

		if (row->readable)
			printf("%-24s %5u %5u %10llu %10llu %12llu %04o %u:%u\n", row->name,
			       info->key_size, info->value_size, info->count, info->buckets,
			       info->bytes, info->mode, info->uid, info->gid);
		else
			printf("%-24s %5s %5s %10s %10s %12s %4s %s\n",
			       row->name, "-", "-", "-", "-", "-", "-", "-");
	}
}

static void run_ls(char **operands)
{
	struct list list = { 0 };
	int error = bucketmap_list(add_row, &list);

	(void)operands;
	if (error)
		device_error(O_RDONLY, error);
	if (json_output)
		print_json_list(&list);
	else
		print_list(&list);
	free(list.rows);
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

static void run_info(char **operands)
{
	struct bucketmap_info info;
	int error;

	error = read_info(operands[0], &info);
	if (error)
		open_error(operands[0], error);
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

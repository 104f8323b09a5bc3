// SPDX-License-Identifier: GPL-2.0
/*
 * resize, clear: how large a map is.
 */
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#include "command.h"
#include "lib/bucketmap.h"
#include "operand.h"
#include "options.h"
#include "report.h"
#include "target.h"

static __u64 capacity_operand(const char *operand)
{
	__u64 capacity;
	const char *error = parse_number(operand, &capacity);

	if (error)
		usage_error("%s: %s", operand, error);
	/* For the kernel 0 means to fit. */
	if (*operand == '-' || !capacity)
		usage_error("%s: not a number of entries from 1 on", operand);
	return capacity;
}

static void run_resize(int argc, char **argv)
{
	__u64 deadline = 0, capacity = 0;
	struct target target;
	bool fit = false;
	char option;
	int error;

	while ((option = next_option(argc, argv))) {
		if (option == 't')
			deadline = bucketmap_deadline(seconds_option(option, optarg));
		else
			fit = true;
	}
	if (argc - optind != (fit ? 1 : 2))
		wrong_usage();
	if (!fit)
		capacity = capacity_operand(argv[optind + 1]);
	open_target(&target, argv[optind], 0);
	error = bucketmap_resize(target.map, capacity, deadline);
	if (error)
		resize_error(target.name, error);
	close_target(&target);
}

static const struct command_option resize_options[] = {
	{ 'f', "fit", NULL, "make the map as small as its entries permit, and let it shrink" },
	{ 't', "timeout", "SECONDS", "wait no longer than that; its capacity is then as before" },
	{ 0 },
};

const struct command resize_command = {
	.name = "resize",
	.operands = "NAME {CAPACITY | --fit}",
	.summary = "make room for so many entries, or give back room, and wait for it",
	.options = resize_options,
	.details = "Nobody else waits meanwhile. The map keeps CAPACITY as if created with it.\n",
	.run = run_resize,
};

static void run_clear(int argc, char **argv)
{
	struct bucketmap_cursor cursor = { 0 };
	struct target target;
	__u64 deadline = 0;
	int error;

	while (next_option(argc, argv))
		deadline = bucketmap_deadline(seconds_option('t', optarg));
	if (argc - optind != 1)
		wrong_usage();
	open_target(&target, argv[optind], 0);
	error = bucketmap_clear(target.map, &cursor, deadline);
	if (error)
		map_error(target.name, error);
	close_target(&target);
}

static const struct command_option clear_options[] = {
	{ 't', "timeout", "SECONDS", "work no longer than that" },
	{ 0 },
};

const struct command clear_command = {
	.name = "clear",
	.operands = "NAME",
	.summary = "remove all entries",
	.options = clear_options,
	.details =
		"Entries that others write meanwhile may stay. Where it is interrupted or times\n"
		"out, the entries that it has not come to are still there.\n",
	.run = run_clear,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * resize, clear: change the size of a map.
 */
#include <stdbool.h>
#include <string.h>

#include "arguments.h"
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
	/* To the kernel, 0 means to fit. */
	if (*operand == '-' || !capacity)
		usage_error("%s: not a number of entries, 1 or more", operand);
	return capacity;
}

static void run_resize(char **operands)
{
	__u64 deadline = 0, capacity = 0;
	const char *argument;
	struct target target;
	bool fit = false;
	char option;
	int error;

	while ((option = next_option(&argument))) {
		if (option == 't')
			deadline = bucketmap_deadline(seconds_option(option, argument));
		else
			fit = true;
	}
	if (fit && operands[1])
		usage_error("%s: CAPACITY and --fit exclude each other", operands[1]);
	if (!fit && !operands[1])
		missing_error("CAPACITY or --fit");
	if (!fit)
		capacity = capacity_operand(operands[1]);
	open_target(&target, operands[0], 0);
	error = bucketmap_resize(target.map, capacity, deadline);
	if (error)
		resize_error(target.name, error);
	close_target(&target);
}

static const struct subcommand_option resize_options[] = {
	{ 'f', "fit", NULL, "make the map as small as its entries permit" },
	{ 't', "timeout", "SECONDS", "wait at most this long; then the old capacity stays" },
	{ 0 },
};

const struct subcommand resize_subcommand = {
	.name = "resize",
	.operands = "NAME {CAPACITY | --fit}",
	.summary = "set a map's capacity, or shrink the map to fit",
	.options = resize_options,
	.details =
		"Waits until the map has its new size; other users of the map do not wait. The map\n"
		"does not shrink below CAPACITY, as if it had been created with it. After --fit it\n"
		"may shrink as its entries permit.\n",
	.run = run_resize,
};

static void run_clear(char **operands)
{
	struct bucketmap_cursor cursor = { 0 };
	const char *argument;
	struct target target;
	__u64 deadline = 0;
	int error;

	while (next_option(&argument))
		deadline = bucketmap_deadline(seconds_option('t', argument));
	open_target(&target, operands[0], 0);
	error = bucketmap_clear(target.map, &cursor, deadline);
	if (error)
		map_error(target.name, error);
	close_target(&target);
}

static const struct subcommand_option clear_options[] = {
	{ 't', "timeout", "SECONDS", "work at most this long" },
	{ 0 },
};

const struct subcommand clear_subcommand = {
	.name = "clear",
	.operands = "NAME",
	.summary = "remove all entries",
	.options = clear_options,
	.details =
		"Entries that are written meanwhile may stay. If it is interrupted or times out, the\n"
		"entries that it has not reached remain.\n",
	.run = run_clear,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * create, rm: create and remove maps.
 */
#include <stdint.h>
#include <stdlib.h>

#include "arguments.h"
#include "lib/bucketmap.h"
#include "options.h"
#include "report.h"
#include "target.h"

#define DEFAULT_MODE	0600

static __u32 mode_option(const char *text)
{
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (*text < '0' || *text > '7' || *end || mode > 0777)
		usage_error("-m: %s: not an octal mode up to 777", text);
	return mode;
}

static __u16 format_option(char option, const char *text)
{
	__u32 format = find_format(text);

	if (format == NO_FORMAT || format == BUCKETMAP_FORMAT_UNKNOWN)
		usage_error("-%c: %s: not one of text, dec, hex", option, text);
	return format;
}

static void take_option(struct bucketmap_create *config, char option, const char *argument)
{
	switch (option) {
	case 'k':
		config->key_size = number_option(option, argument, BUCKETMAP_KEY_SIZE_MIN,
						 BUCKETMAP_KEY_SIZE_MAX);
		break;
	case 'v':
		config->value_size = number_option(option, argument, 0, BUCKETMAP_VALUE_SIZE_MAX);
		break;
	case 'K':
		config->key_format = format_option(option, argument);
		break;
	case 'V':
		config->value_format = format_option(option, argument);
		break;
	case 'c':
		config->capacity = number_option(option, argument, 0, ~0ULL);
		break;
	case 'n':
		config->max_entries = number_option(option, argument, 0, INT64_MAX);
		break;
	case 'm':
		config->mode = mode_option(argument);
		break;
	case 'x':
		config->flags |= BUCKETMAP_CREATE_XXH64;
		break;
	}
}

static void need_number_size(char option, __u32 format, __u32 size)
{
	if (format == BUCKETMAP_FORMAT_DECIMAL && !is_number_size(size))
		usage_error("-%c: numbers have 1, 2, 4 or 8 bytes, not %u", option, size);
}

/* Formats that are not given become the defaults, so that other programs see them. */
static void choose_formats(struct bucketmap_create *config)
{
	need_number_size('K', config->key_format, config->key_size);
	need_number_size('V', config->value_format, config->value_size);
	config->key_format = key_shape(config->key_size, config->key_format).format;
	config->value_format = value_shape(config->value_size, config->value_format).format;
}

static void run_create(char **operands)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.mode = DEFAULT_MODE,
	};
	const char *argument;
	struct bucketmap *map;
	char option;
	int error;

	while ((option = next_option(&argument)))
		take_option(&config, option, argument);
	choose_formats(&config);
	set_map_name(&config, operands[0]);
	error = bucketmap_create(&map, &config);
	if (error)
		create_error(operands[0], error);
	bucketmap_close(map);
}

static const struct subcommand_option create_options[] = {
	{ 'k', "key-size", "KEYSIZE", "size of each key in bytes, 1 to 256" },
	{ 'v', "value-size", "VALUESIZE", "size of each value in bytes, 0 to 4096; 0 makes a set" },
	{ 'K', "key-format", "FORMAT", "format of keys: text (the default), dec or hex" },
	{ 'V', "value-format", "FORMAT", "format of values; default dec for 8 bytes, else text" },
	{ 'c', "capacity", "CAPACITY", "number of entries that the map is made for" },
	{ 'n', "max-entries", "MAX", "limit of the number of entries; default 0, no limit" },
	{ 'm', "mode", "MODE", "octal permission bits, less the umask; default 600" },
	{ 'x', "xxh64", NULL, "use a faster hash; safe only if no attacker chooses keys" },
	{ 0 },
};

const struct subcommand create_subcommand = {
	.name = "create",
	.operands = "NAME -k KEYSIZE -v VALUESIZE",
	.summary = "create a map",
	.options = create_options,
	.run = run_create,
};

static void run_rm(char **operands)
{
	int error;

	error = bucketmap_unlink(operands[0]);
	if (error)
		remove_error(operands[0], error);
}

const struct subcommand rm_subcommand = {
	.name = "rm",
	.operands = "NAME",
	.summary = "remove a map's name; the map lives until it is closed",
	.run = run_rm,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * create, rm: create and remove maps.
 */
#include <stdint.h>

#include "arguments.h"
#include "format.h"
#include "hashes.h"
#include "lib/bucketmap.h"
#include "options.h"
#include "report.h"
#include "target.h"

#define DEFAULT_MODE	0600

static __u32 mode_option(const char *text)
{
	__u32 mode;

	if (!parse_mode(text, &mode))
		usage_error("-m: %s: not an octal mode up to 777", text);
	return mode;
}

/**
 * struct request - what the options of create request
 * @config: attributes of the map
 * @key_format: description of the format of keys, or NULL
 * @value_format: the same for values
 */
struct request {
	struct bucketmap_create config;
	const char *key_format;
	const char *value_format;
};

static void take_option(struct request *request, char option, const char *argument)
{
	struct bucketmap_create *config = &request->config;

	switch (option) {
	case 'k':
		config->key_size = number_option(option, argument, BUCKETMAP_KEY_SIZE_MIN,
						 BUCKETMAP_KEY_SIZE_MAX);
		break;
	case 'v':
		config->value_size = number_option(option, argument, 0, BUCKETMAP_VALUE_SIZE_MAX);
		break;
	case 'K':
		request->key_format = argument;
		break;
	case 'V':
		request->value_format = argument;
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
	case 'H':
		if (!set_hash_flag(argument, &config->flags))
			usage_error("-H: %s: the hashes are siphash13, siphash24 and xxh64",
				    argument);
		break;
	case 'M':
		config->flags |= BUCKETMAP_CREATE_MAPPABLE;
		break;
	}
}

/* Parses the format of an option, which may have the size that no other option gives. */
static void take_format(char option, const char *text, __u32 size_max, struct shape *shape)
{
	const char *error = parse_format(text, shape->size, shape);

	if (error)
		usage_error("-%c: %s: %s", option, text, error);
	if (shape->size != NO_SIZE && shape->size > size_max)
		usage_error("-%c: %s: larger than %u bytes", option, text, size_max);
}

/* Formats that are not given become the defaults, so that other programs see them. */
static void choose_formats(struct request *request)
{
	struct bucketmap_create *config = &request->config;
	struct shape key = key_shape(config->key_size, 0);
	struct shape value = value_shape(config->value_size, 0);

	if (request->key_format)
		take_format('K', request->key_format, BUCKETMAP_KEY_SIZE_MAX, &key);
	if (request->value_format)
		take_format('V', request->value_format, BUCKETMAP_VALUE_SIZE_MAX, &value);
	if (key.size == NO_SIZE)
		missing_error("-k KEYSIZE, or a size in -K FORMAT");
	if (value.size == NO_SIZE)
		missing_error("-v VALUESIZE, or a size in -V FORMAT");
	set_formats(config, &key, &value);
	free_shape(&value);
	free_shape(&key);
}

static void run_create(char **operands)
{
	struct request request = {
		.config = {
			.size = sizeof(request.config),
			.key_size = NO_SIZE,
			.value_size = NO_SIZE,
			.mode = DEFAULT_MODE,
		},
	};
	const char *argument;
	struct bucketmap *map;
	char option;
	int error;

	while ((option = next_option(&argument)))
		take_option(&request, option, argument);
	choose_formats(&request);
	set_map_name(&request.config, operands[0]);
	error = bucketmap_create(&map, &request.config);
	if (error)
		create_error(operands[0], error);
	bucketmap_close(map);
}

static const struct subcommand_option create_options[] = {
	{ 'k', "key-size", "KEYSIZE", "size of each key in bytes, 1 to 256" },
	{ 'v', "value-size", "VALUESIZE", "size of each value in bytes, 0 to 4096; 0 makes a set" },
	{ 'K', "key-format", "FORMAT", "format of keys; default text" },
	{ 'V', "value-format", "FORMAT", "format of values; default dec for 8 bytes, else text" },
	{ 'c', "capacity", "CAPACITY", "number of entries that the map is made for" },
	{ 'n', "max-entries", "MAX", "limit of the number of entries; default 0, no limit" },
	{ 'm', "mode", "MODE", "octal permission bits, less the umask; default 600" },
	{ 'H', "hash", "HASH", "siphash13 (the default), siphash24, or xxh64 for trusted keys" },
	{ 'M', "mappable", NULL, "let readers look keys up without system calls" },
	{ 0 },
};

const struct subcommand create_subcommand = {
	.name = "create",
	.operands = "NAME",
	.summary = "create a map",
	.options = create_options,
	.details =
		"FORMAT is text, dec, signed (a number that may be negative), hex, ipv4, ipv6 or\n"
		"mac; with a size u8 to u64, i8 to i64, text:SIZE or hex:SIZE; or a struct of fields\n"
		"with sizes and names, such as u64:hits,u64:last,text:32:user. If it has a size, -k\n"
		"or -v may be left out.\n",
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

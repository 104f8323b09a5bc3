// SPDX-License-Identifier: GPL-2.0
/*
 * limits: the limits of the module, and how far they are used.
 */
#include <fcntl.h>
#include <stdio.h>

#include "json.h"
#include "lib/bucketmap.h"
#include "problem.h"
#include "subcommand.h"

static void print_limits(const struct bucketmap_limits *limits)
{
	printf("max_maps %u\n", limits->max_maps);
	printf("maps %llu\n", limits->maps);
	printf("max_maps_per_user %u\n", limits->max_maps_per_user);
	printf("user_maps %u\n", limits->user_maps);
	printf("max_bytes %llu\n", limits->max_bytes);
	printf("bytes %llu\n", limits->bytes);
	printf("key_size_max %u\n", limits->key_size_max);
	printf("value_size_max %u\n", limits->value_size_max);
	printf("abi_version %u\n", limits->version);
}

static json_t *limits_as_json(const struct bucketmap_limits *limits)
{
	return json_pack("{s:I,s:o,s:I,s:I,s:o,s:o,s:I,s:I,s:I}",
			 "max_maps", (json_int_t)limits->max_maps,
			 "maps", json_number(limits->maps),
			 "max_maps_per_user", (json_int_t)limits->max_maps_per_user,
			 "user_maps", (json_int_t)limits->user_maps,
			 "max_bytes", json_number(limits->max_bytes),
			 "bytes", json_number(limits->bytes),
			 "key_size_max", (json_int_t)limits->key_size_max,
			 "value_size_max", (json_int_t)limits->value_size_max,
			 "abi_version", (json_int_t)limits->version);
}

static void run_limits(char **operands)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	int error = bucketmap_limits(&limits);

	(void)operands;
	if (error)
		device_error(O_RDONLY, error);
	if (json_output)
		print_json(limits_as_json(&limits));
	else
		print_limits(&limits);
}

const struct subcommand limits_subcommand = {
	.name = "limits",
	.operands = "",
	.summary = "print the module's limits and their use, one 'name value' per line",
	.details =
		"max_maps and max_maps_per_user are numbers of maps, of all users and of each;\n"
		"user_maps is how many you have. max_bytes limits the memory of the tables of all\n"
		"maps; 0 is no limit. They are parameters of the module.\n",
	.run = run_limits,
};

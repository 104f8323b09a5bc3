// SPDX-License-Identifier: GPL-2.0
/*
 * create, rm: maps come and go.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
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

static void parse_options(struct bucketmap_create *config, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "xxh64", no_argument, NULL, 'x' },
		{ 0 },
	};
	bool has_value_size = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":k:v:c:n:m:", long_options, NULL)) != -1) {
		switch (option) {
		case 'k':
			config->key_size = number_option('k', optarg, BUCKETMAP_KEY_SIZE_MIN,
							 BUCKETMAP_KEY_SIZE_MAX);
			break;
		case 'v':
			config->value_size = number_option('v', optarg, 0,
							   BUCKETMAP_VALUE_SIZE_MAX);
			has_value_size = true;
			break;
		case 'c':
			config->capacity = number_option('c', optarg, 0, ~0ULL);
			break;
		case 'n':
			config->max_entries = number_option('n', optarg, 0, ~0ULL);
			break;
		case 'm':
			config->mode = mode_option(optarg);
			break;
		case 'x':
			config->flags |= BUCKETMAP_CREATE_XXH64;
			break;
		default:
			bad_option(option, argv);
		}
	}
	if (!config->key_size || !has_value_size || argc - optind != 1)
		wrong_usage();
}

static void run_create(int argc, char **argv)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.mode = DEFAULT_MODE,
	};
	struct bucketmap *map;
	const char *name;
	int error;

	parse_options(&config, argc, argv);
	name = argv[optind];
	/* Without a name, or with half of one, the map would not be the one meant. */
	if (!*name || strlen(name) >= sizeof(config.name))
		map_error(name, -EINVAL);
	strcpy(config.name, name);

	error = bucketmap_create(&map, &config);
	if (error)
		map_error(name, error);
	bucketmap_close(map);
}

const struct command create_command = {
	.name = "create",
	.operands =
		"NAME -k KEYSIZE -v VALUESIZE [-c CAPACITY] [-n MAX_ENTRIES] [-m MODE] [--xxh64]",
	.summary = "make a map",
	.details =
		"  -k KEYSIZE      bytes of each key, 1 to 256\n"
		"  -v VALUESIZE    bytes of each value, 0 to 4096; 0 makes a set\n"
		"  -c CAPACITY     entries to have room for from the start\n"
		"  -n MAX_ENTRIES  entries never to be exceeded; 0, the default, for no limit\n"
		"  -m MODE         octal permission bits, less the umask; 600 by default\n"
		"  --xxh64         a faster hash, for keys that no adversary chooses\n",
	.run = run_create,
};

static void run_rm(int argc, char **argv)
{
	int error;

	if (argc != 2)
		wrong_usage();
	error = bucketmap_unlink(argv[1]);
	if (error)
		map_error(argv[1], error);
}

const struct command rm_command = {
	.name = "rm",
	.operands = "NAME",
	.summary = "remove a map's name, and the map when nobody has it open",
	.run = run_rm,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * top: the entries with the largest numbers.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "leaders.h"
#include "operand.h"
#include "options.h"
#include "report.h"
#include "walk.h"

#define DEFAULT_COUNT	10
#define MAX_COUNT	1000000

static void consider_entry(const struct target *target, const void *key, const void *value,
			   void *context)
{
	__u64 number;

	(void)target;
	memcpy(&number, value, sizeof(number));
	consider_leader(context, key, number);
}

static void print_leaders(const struct leaders *leaders)
{
	char text[OPERAND_SIZE];

	for (size_t i = 0; i < leaders->count; i++) {
		format_key(text, leaders->heap[i].key, leaders->key_size);
		printf("%llu\t%s\n", leaders->heap[i].number, text);
	}
}

static void print_top(const struct target *target, size_t count)
{
	struct leaders leaders = { .key_size = target->key_size, .capacity = count };
	unsigned char *keys = allocate(count, target->key_size);

	leaders.heap = allocate(count, sizeof(leaders.heap[0]));
	for (size_t i = 0; i < count; i++)
		leaders.heap[i].key = keys + i * target->key_size;
	walk_entries(target, consider_entry, &leaders);
	sort_leaders(&leaders);
	print_leaders(&leaders);
	free(leaders.heap);
	free(keys);
}

static void run_top(int argc, char **argv)
{
	size_t count = DEFAULT_COUNT;
	struct target target;
	int option;

	opterr = 0;
	while ((option = getopt(argc, argv, ":n:")) != -1) {
		if (option != 'n')
			bad_option(option, argv);
		count = number_option('n', optarg, 1, MAX_COUNT);
	}
	if (argc - optind != 1)
		wrong_usage();
	open_target(&target, argv[optind], BUCKETMAP_OPEN_RDONLY);
	need_numbers(&target);
	print_top(&target, count);
	close_target(&target);
}

const struct command top_command = {
	.name = "top",
	.operands = "NAME [-n N]",
	.summary = "print the N entries with the largest numbers, 'value<TAB>key' per line",
	.details =
		"N is 10 by default. The number is the first 8 bytes of a value. Largest come\n"
		"first, equal ones in the order of their keys.\n",
	.run = run_top,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * scan: all entries of a map.
 */
#include <stdio.h>

#include "command.h"
#include "operand.h"
#include "report.h"
#include "walk.h"

static void print_entry(const struct target *target, const void *key, const void *value,
			void *unused)
{
	char text[OPERAND_SIZE];

	(void)unused;
	format_key(text, key, target->key_size);
	fputs(text, stdout);
	putchar('\t');
	format_value(text, value, target->value_size);
	puts(text);
	if (ferror(stdout))
		flush_output();
}

static void run_scan(int argc, char **argv)
{
	struct target target;

	if (argc != 2)
		wrong_usage();
	open_target(&target, argv[1], BUCKETMAP_OPEN_RDONLY);
	walk_entries(&target, print_entry, NULL);
	close_target(&target);
}

const struct command scan_command = {
	.name = "scan",
	.operands = "NAME",
	.summary = "print all entries, 'key<TAB>value' per line",
	.details =
		"A key that is there all the time is printed exactly once, and none twice,\n"
		"whatever others do to the map meanwhile.\n",
	.run = run_scan,
};

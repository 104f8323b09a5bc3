// SPDX-License-Identifier: GPL-2.0
/*
 * help: what the subcommands do, from the structures that describe them.
 */
#include <stdio.h>

#include "arguments.h"
#include "help.h"
#include "report.h"

static const char general_help[] =
	"  -j, --json     print data as JSON\n"
	"  -h, --help     print this help, or that of SUBCOMMAND\n"
	"  -V, --version  print the version; goes before SUBCOMMAND\n"
	"\n"
	"Options may stand anywhere before '--', and all after it are operands. Operands that\n"
	"begin with '-' go behind '--'; negative numbers need not. Where a FILE is expected, '-'\n"
	"is standard input or output.\n"
	"\n"
	"A KEY or VALUE has the format of the map, which 'bucketmap help create' lists. The\n"
	"prefixes in text:abc, dec:123 and hex:00ff select a format in any map. Text and hex\n"
	"are padded with zeros. Text that is not printable is printed as hex:00ff. Structs\n"
	"are their fields with commas between them.\n"
	"\n"
	"Exit status: 0 success, 1 wrong usage, 2 an error from the kernel or a file, 3 a map\n"
	"or key that is not there, or a map, value or dump that is not as expected, 4 the time\n"
	"ran out.\n";

void help_on_all(void)
{
	printf("usage: bucketmap [OPTION...] SUBCOMMAND [OPTION or OPERAND...]\n\n");
	for (const struct subcommand *const *each = subcommands; *each; each++)
		printf("  %-13s%s\n", (*each)->name, (*each)->summary);
	printf("\n%s", general_help);
}

static void help_on_options(const struct subcommand_option *option)
{
	for (; option && option->letter; option++) {
		char forms[64];

		snprintf(forms, sizeof(forms), "-%c, --%s %s", option->letter, option->name,
			 option->argument ? option->argument : "");
		printf("  %-30s%s\n", forms, option->text);
	}
}

void help_on(const struct subcommand *subcommand)
{
	char usage[USAGE_SIZE];

	printf("usage: %s\n\n", make_usage(usage, subcommand));
	printf("%s: %s\n\n", subcommand->name, subcommand->summary);
	help_on_options(subcommand->options);
	help_on_options(common_options);
	if (subcommand->details)
		printf("\n%s", subcommand->details);
}

static void run_help(char **operands)
{
	if (operands[0])
		help_on(find_subcommand(operands[0]));
	else
		help_on_all();
}

const struct subcommand help_subcommand = {
	.name = "help",
	.operands = "[SUBCOMMAND]",
	.summary = "list the subcommands, or describe one of them",
	.run = run_help,
};

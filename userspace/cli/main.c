// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap: the tool to create, read and change maps.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "subcommand.h"
#include "json.h"
#include "report.h"
#include "signals.h"

static const struct subcommand *const subcommands[] = {
	&create_subcommand,
	&ls_subcommand,
	&info_subcommand,
	&rm_subcommand,
	&put_subcommand,
	&get_subcommand,
	&del_subcommand,
	&add_subcommand,
	&cas_subcommand,
	&scan_subcommand,
	&dump_subcommand,
	&load_subcommand,
	&count_subcommand,
	&top_subcommand,
	&wait_subcommand,
	&watch_subcommand,
	&stats_subcommand,
	&resize_subcommand,
	&clear_subcommand,
	&help_subcommand,
	NULL,
};

static const char general_help[] =
	"  -j, --json     print data as JSON; goes before SUBCOMMAND\n"
	"  -h, --help     print this help\n"
	"  -V, --version  print the version\n"
	"\n"
	"A KEY or VALUE has the format of the map: text, a decimal number (dec) of 1, 2, 4\n"
	"or 8 bytes, or hexadecimal digits (hex). The prefixes in text:abc, dec:123 and\n"
	"hex:00ff select a format in any map. Text and hex are padded with zeros. Text that\n"
	"is not printable is printed as hex:00ff.\n"
	"\n"
	"Exit codes: 0 success, 1 wrong usage, 2 an error from the kernel or a file.\n";

static const struct subcommand *find_subcommand(const char *name)
{
	for (const struct subcommand *const *each = subcommands; *each; each++) {
		if (!strcmp((*each)->name, name))
			return *each;
	}
	usage_error("%s: no such subcommand, 'bucketmap help' lists them", name);
}

static void help_on_all(void)
{
	printf("usage: bucketmap [-j] SUBCOMMAND [OPERAND...]\n\n");
	for (const struct subcommand *const *each = subcommands; *each; each++)
		printf("  %-8s%s\n", (*each)->name, (*each)->summary);
	printf("\n%s", general_help);
}

static void help_on_option(const struct subcommand_option *option)
{
	char forms[64];

	snprintf(forms, sizeof(forms), "-%c, --%s %s", option->letter, option->name,
		 option->argument ? option->argument : "");
	printf("  %-30s%s\n", forms, option->text);
}

static void help_on(const struct subcommand *subcommand)
{
	printf("usage: bucketmap %s%s%s%s\n\n", subcommand->name,
	       *subcommand->operands ? " " : "", subcommand->operands,
	       subcommand->options ? " [OPTION...]" : "");
	printf("%s: %s\n", subcommand->name, subcommand->summary);
	if (subcommand->options)
		putchar('\n');
	for (const struct subcommand_option *option = subcommand->options;
	     option && option->letter; option++)
		help_on_option(option);
	if (subcommand->details)
		printf("\n%s", subcommand->details);
}

static void run_help(int argc, char **argv)
{
	if (argc > 2)
		wrong_usage();
	if (argc == 2)
		help_on(find_subcommand(argv[1]));
	else
		help_on_all();
}

const struct subcommand help_subcommand = {
	.name = "help",
	.operands = "[SUBCOMMAND]",
	.summary = "list the subcommands, or describe one of them",
	.run = run_help,
};

static bool is_option(const char *argument, const char *letter, const char *name)
{
	return !strcmp(argument, letter) || !strcmp(argument, name);
}

static void run_subcommand(int argc, char **argv)
{
	if (!argc)
		usage_error("no subcommand, 'bucketmap help' lists them");
	if (is_option(argv[0], "-h", "--help")) {
		help_on_all();
	} else if (is_option(argv[0], "-V", "--version")) {
		printf("bucketmap %s\n", BUCKETMAP_VERSION);
	} else {
		current_subcommand = find_subcommand(argv[0]);
		current_subcommand->run(argc, argv);
	}
}

int main(int argc, char **argv)
{
	int operands = 1;

	let_signals_end_us();
	while (operands < argc && is_option(argv[operands], "-j", "--json")) {
		json_output = true;
		operands++;
	}
	run_subcommand(argc - operands, argv + operands);
	flush_output();
	return EXIT_DONE;
}

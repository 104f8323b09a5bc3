// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap: the command to make, read and change maps.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "json.h"
#include "report.h"
#include "signals.h"

static const struct command *const commands[] = {
	&create_command,
	&ls_command,
	&info_command,
	&rm_command,
	&put_command,
	&get_command,
	&del_command,
	&add_command,
	&cas_command,
	&scan_command,
	&dump_command,
	&load_command,
	&count_command,
	&top_command,
	&wait_command,
	&watch_command,
	&stats_command,
	&resize_command,
	&clear_command,
	&help_command,
	NULL,
};

static const char general_help[] =
	"  -j, --json     print data as JSON; goes before COMMAND\n"
	"  -h, --help     print this\n"
	"  -V, --version  print the version\n"
	"\n"
	"A KEY or VALUE is written as its map shows it: as text, as a decimal number\n"
	"(dec) of 1, 2, 4 or 8 bytes, or as hexadecimal digits (hex). text:abc, dec:123\n"
	"and hex:00ff are possible with every map. Text and hex are filled up with zeros.\n"
	"Text that cannot be shown is printed as hex:00ff.\n"
	"\n"
	"Exit codes: 0 done, 1 wrong usage, 2 the kernel or a file refused.\n";

static const struct command *find_command(const char *name)
{
	for (const struct command *const *command = commands; *command; command++) {
		if (!strcmp((*command)->name, name))
			return *command;
	}
	usage_error("%s: no such command, 'bucketmap help' lists them", name);
}

static void help_on_all(void)
{
	printf("usage: bucketmap [-j] COMMAND [OPERAND...]\n\n");
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-8s%s\n", (*command)->name, (*command)->summary);
	printf("\n%s", general_help);
}

static void help_on_option(const struct command_option *option)
{
	char forms[64];

	snprintf(forms, sizeof(forms), "-%c, --%s %s", option->letter, option->name,
		 option->argument ? option->argument : "");
	printf("  %-30s%s\n", forms, option->text);
}

static void help_on(const struct command *command)
{
	printf("usage: bucketmap %s%s%s%s\n\n", command->name, *command->operands ? " " : "",
	       command->operands, command->options ? " [OPTION...]" : "");
	printf("%s: %s\n", command->name, command->summary);
	if (command->options)
		putchar('\n');
	for (const struct command_option *option = command->options;
	     option && option->letter; option++)
		help_on_option(option);
	if (command->details)
		printf("\n%s", command->details);
}

static void run_help(int argc, char **argv)
{
	if (argc > 2)
		wrong_usage();
	if (argc == 2)
		help_on(find_command(argv[1]));
	else
		help_on_all();
}

const struct command help_command = {
	.name = "help",
	.operands = "[COMMAND]",
	.summary = "tell what the commands are, or what one of them does",
	.run = run_help,
};

static bool is_option(const char *argument, const char *letter, const char *name)
{
	return !strcmp(argument, letter) || !strcmp(argument, name);
}

static void run_command(int argc, char **argv)
{
	if (!argc)
		usage_error("no command, 'bucketmap help' lists them");
	if (is_option(argv[0], "-h", "--help")) {
		help_on_all();
	} else if (is_option(argv[0], "-V", "--version")) {
		printf("bucketmap %s\n", BUCKETMAP_VERSION);
	} else {
		current_command = find_command(argv[0]);
		current_command->run(argc, argv);
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
	run_command(argc - operands, argv + operands);
	flush_output();
	return EXIT_DONE;
}

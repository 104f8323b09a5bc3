// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap: the command to make, read and change maps.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "report.h"

static const struct command *const commands[] = {
	&create_command,
	&ls_command,
	&info_command,
	&rm_command,
	&put_command,
	&get_command,
	&del_command,
	&add_command,
	&scan_command,
	&count_command,
	&top_command,
	&stats_command,
	&help_command,
	NULL,
};

static const char operands_help[] =
	"A KEY or VALUE is text, hex:00ff (bytes) or dec:123 (a number of 1, 2, 4 or\n"
	"8 bytes). Text and hex: are filled up with zeros. An 8-byte VALUE that looks\n"
	"like a number is one.\n"
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
	printf("usage: bucketmap COMMAND [OPERANDS]\n"
	       "       bucketmap --help | --version\n\n");
	for (const struct command *const *command = commands; *command; command++)
		printf("  %-8s%s\n", (*command)->name, (*command)->summary);
	printf("\n%s", operands_help);
}

static void help_on(const struct command *command)
{
	printf("usage: bucketmap %s %s\n\n", command->name, command->operands);
	printf("%s: %s\n", command->name, command->summary);
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

int main(int argc, char **argv)
{
	/* Whoever started us may have chosen to ignore it; we end quietly. */
	signal(SIGPIPE, SIG_DFL);

	if (argc < 2)
		usage_error("no command, 'bucketmap help' lists them");
	if (!strcmp(argv[1], "--help")) {
		help_on_all();
	} else if (!strcmp(argv[1], "--version")) {
		printf("bucketmap %s\n", BUCKETMAP_VERSION);
	} else {
		current_command = find_command(argv[1]);
		current_command->run(argc - 1, argv + 1);
	}
	flush_output();
	return EXIT_DONE;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * bucketmap: the tool to create, read and change maps.
 */
#include <stdio.h>

#include "arguments.h"
#include "help.h"
#include "report.h"
#include "signals.h"

static void run(const struct arguments *arguments)
{
	if (arguments->version) {
		printf("bucketmap %s\n", BUCKETMAP_VERSION);
	} else if (arguments->help && arguments->subcommand) {
		help_on(arguments->subcommand);
	} else if (arguments->help) {
		help_on_all();
	} else if (!arguments->subcommand) {
		usage_error("missing SUBCOMMAND, 'bucketmap help' lists them");
	} else {
		check_arguments(arguments);
		arguments->subcommand->run(arguments->operands);
	}
}

int main(int argc, char **argv)
{
	struct arguments arguments;

	let_signals_end_us();
	parse_arguments(&arguments, argc, argv);
	run(&arguments);
	flush_output();
	return EXIT_DONE;
}

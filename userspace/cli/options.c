// SPDX-License-Identifier: GPL-2.0
/*
 * Options of commands.
 */
#include <getopt.h>

#include "operand.h"
#include "options.h"
#include "report.h"

__u64 number_option(char option, const char *text, __u64 min, __u64 max)
{
	__u64 number;
	const char *error = parse_number(text, &number);

	if (error)
		usage_error("-%c: %s: %s", option, text, error);
	if (*text == '-' || number < min || number > max)
		usage_error("-%c: %s: not within %llu to %llu", option, text, min, max);
	return number;
}

void bad_option(int result, char **argv)
{
	if (result == ':')
		usage_error("-%c: needs an argument", optopt);
	if (optopt)
		usage_error("-%c: no such option", optopt);
	usage_error("%s: no such option", argv[optind - 1]);
}

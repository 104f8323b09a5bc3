// SPDX-License-Identifier: GPL-2.0
/*
 * Options of subcommands.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "operand.h"
#include "options.h"
#include "report.h"

#define MAX_OPTIONS	16

/* A century is practically unlimited, and fits into 64 bits of nanoseconds. */
#define MAX_SECONDS	3155760000.0

#define MIN_INTERVAL	(NSEC_PER_SEC / 100)

static __attribute__((noreturn)) void bad_option(int result, char **argv)
{
	const char *option = argv[optind - 1];

	if (result == ':')
		usage_error("-%c: needs an argument", optopt);
	if (!strncmp(option, "--", 2))
		usage_error("%s: no such option", option);
	usage_error("-%c: no such option", optopt);
}

char next_option(int argc, char **argv)
{
	const struct subcommand_option *option = current_subcommand->options;
	struct option names[MAX_OPTIONS + 1] = { 0 };
	char letters[1 + 2 * MAX_OPTIONS + 1] = ":";
	char *letter = letters + 1;
	int result;

	for (struct option *name = names; option->letter; option++, name++) {
		name->name = option->name;
		name->has_arg = option->argument ? required_argument : no_argument;
		name->val = (unsigned char)option->letter;
		*letter++ = option->letter;
		if (option->argument)
			*letter++ = ':';
	}
	opterr = 0;
	result = getopt_long(argc, argv, letters, names, NULL);
	if (result == ':' || result == '?')
		bad_option(result, argv);
	return result < 0 ? 0 : (char)result;
}

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

__u64 seconds_option(char option, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || text[strspn(text, "0123456789.")])
		usage_error("-%c: %s: not a number of seconds", option, text);
	if (seconds > MAX_SECONDS)
		usage_error("-%c: %s: longer than a century", option, text);
	return (__u64)(seconds * NSEC_PER_SEC);
}

__u64 interval_option(char option, const char *text)
{
	__u64 interval = seconds_option(option, text);

	if (interval < MIN_INTERVAL)
		usage_error("-%c: %s: shorter than 0.01 seconds", option, text);
	return interval;
}

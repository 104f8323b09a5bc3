// SPDX-License-Identifier: GPL-2.0
/*
 * The arguments of options.
 */
#include <stdlib.h>
#include <string.h>

#include "operand.h"
#include "options.h"
#include "report.h"

/* A century is practically unlimited, and fits into 64 bits of nanoseconds. */
#define MAX_SECONDS	3155760000.0

#define MIN_INTERVAL	(NSEC_PER_SEC / 100)

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

bool parse_mode(const char *text, __u32 *mode)
{
	char *end;
	unsigned long number = strtoul(text, &end, 8);

	*mode = number;
	return *text >= '0' && *text <= '7' && !*end && number <= 0777;
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

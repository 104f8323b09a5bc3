/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of commands, parsed by getopt_long(3) with ":" first in its string.
 */
#ifndef _BUCKETMAP_CLI_OPTIONS_H
#define _BUCKETMAP_CLI_OPTIONS_H

#include <linux/types.h>

/* The number that is the argument of an option, or the program ends. */
__u64 number_option(char option, const char *text, __u64 min, __u64 max);

/* Ends the program: getopt_long returned @result for an option it cannot take. */
__attribute__((noreturn)) void bad_option(int result, char **argv);

#endif /* _BUCKETMAP_CLI_OPTIONS_H */

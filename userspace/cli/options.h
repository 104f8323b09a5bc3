/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of subcommands, parsed by getopt_long(3) from a subcommand's table.
 */
#ifndef _BUCKETMAP_CLI_OPTIONS_H
#define _BUCKETMAP_CLI_OPTIONS_H

#include <linux/types.h>

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL

/*
 * Returns the letter of the next option of the current subcommand, with its
 * argument in optarg; 0 after the last one, with optind at the first operand.
 * Ends the program if the subcommand does not have the option.
 */
char next_option(int argc, char **argv);

/* Parse a number, or seconds as nanoseconds, from an option. End the program on errors. */
__u64 number_option(char option, const char *text, __u64 min, __u64 max);
__u64 seconds_option(char option, const char *text);

/* As seconds_option(), for the interval of a repeated check. */
__u64 interval_option(char option, const char *text);

#endif /* _BUCKETMAP_CLI_OPTIONS_H */

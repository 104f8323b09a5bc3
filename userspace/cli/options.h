/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Options of commands, taken by getopt_long(3) from a command's table of them.
 */
#ifndef _BUCKETMAP_CLI_OPTIONS_H
#define _BUCKETMAP_CLI_OPTIONS_H

#include <linux/types.h>

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL

/*
 * The letter of the next option of the current command, its argument in optarg;
 * 0 behind the last one, with optind where the operands begin. The program ends
 * at an option that the command does not have.
 */
char next_option(int argc, char **argv);

/* The argument of an option as a number or, in seconds, as nanoseconds; or the program ends. */
__u64 number_option(char option, const char *text, __u64 min, __u64 max);
__u64 seconds_option(char option, const char *text);

/* As seconds_option(), for a time between two looks at something. */
__u64 interval_option(char option, const char *text);

#endif /* _BUCKETMAP_CLI_OPTIONS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arguments of options, as numbers and times.
 */
#ifndef _BUCKETMAP_CLI_OPTIONS_H
#define _BUCKETMAP_CLI_OPTIONS_H

#include <stdbool.h>

#include <linux/types.h>

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL

/* Parse a number, or seconds as nanoseconds, from an option. End the program on errors. */
__u64 number_option(char option, const char *text, __u64 min, __u64 max);
__u64 seconds_option(char option, const char *text);

/* Parses octal permission bits. Returns whether they are valid. */
bool parse_mode(const char *text, __u32 *mode);

/* As seconds_option(), for the interval of a repeated check. */
__u64 interval_option(char option, const char *text);

#endif /* _BUCKETMAP_CLI_OPTIONS_H */

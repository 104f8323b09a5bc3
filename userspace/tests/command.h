/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running the bucketmap command: the one that BUCKETMAP_COMMAND in the
 * environment names, or else the one in PATH.
 */
#ifndef _BUCKETMAP_TESTS_COMMAND_H
#define _BUCKETMAP_TESTS_COMMAND_H

#include "support.h"

/* What the last run left. Texts end with a zero byte. */
struct command_result {
	int status;		/* exit code, or the signal's number and 128 */
	char out[4 << 20];
	char err[4096];
};

extern struct command_result result;

/* What the next run reads; nothing by default. */
void set_input(const void *text, size_t size);

/* Where the next run prints, in place of result.out. The descriptor is not closed. */
void set_output(int fd);

/* Runs the command; @argv ends with NULL. Returns its status. */
int run_command(const char *const argv[]);

#define run(...)	run_command((const char *const[]) { "bucketmap", __VA_ARGS__, NULL })

/* The command succeeds, with this output and nothing on stderr. */
void assert_printed(const char *output);

/* The command failed so, with one line on stderr, "bucketmap: " before @message, and no output. */
void assert_refused(int status, const char *message);

#define assert_prints(output, ...)				\
	do {							\
		run(__VA_ARGS__);				\
		assert_printed(output);				\
	} while (0)

#define assert_refuses(status, message, ...)			\
	do {							\
		run(__VA_ARGS__);				\
		assert_refused(status, message);		\
	} while (0)

#endif /* _BUCKETMAP_TESTS_COMMAND_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running the bucketmap command: the one that BUCKETMAP_COMMAND in the
 * environment names, or else the one in PATH.
 */
#ifndef _BUCKETMAP_TESTS_COMMAND_H
#define _BUCKETMAP_TESTS_COMMAND_H

#include "support.h"

const char *command_path(void);

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

/* How much memory the next run may have, in bytes of address space; any amount by default. */
void set_memory(size_t size);

/* What the next run or start does first, in its own process; nothing by default. */
void set_preparation(void (*prepare)(void));

/* Has the next start be process 1 of a namespace of its own, as in a container. */
void set_process_1(void);

/* Runs the command; @argv ends with NULL. Returns its status. */
int run_command(const char *const argv[]);

/* A command that runs beside the test. */
struct background {
	pid_t pid;
	int in;			/* what is written here it reads */
	FILE *out;		/* here can be read what it prints, errors included */
};

struct background start_command(const char *const argv[]);

/* The same with standard input, output and error of its own, which are not closed. */
pid_t start_with(int in, int out, int err, const char *const argv[]);

/* Its next line without the newline, or "" at the end of its output. Valid until the next call. */
const char *next_line(struct background *background);

/* Waits until the command itself does nothing but wait. */
void until_it_waits(const struct background *background);
void until_process_waits(pid_t pid);

/*
 * Waits for the end of a process, which comes in a second by far, but ten are
 * given to it. Returns its status, or -1 if it goes on.
 */
int end_soon(pid_t pid);

/* Waits for its end, after sending it a signal unless that is 0. Returns its status. */
int end_command(struct background *background, int signal);

#define start(...)	start_command((const char *const[]) { "bucketmap", __VA_ARGS__, NULL })

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

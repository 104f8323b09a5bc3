/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages and the end of the program.
 *
 * Every error is one line on stderr, "bucketmap: SUBCOMMAND: what: why", and where
 * it is not plain, what to do about it.
 */
#ifndef _BUCKETMAP_CLI_REPORT_H
#define _BUCKETMAP_CLI_REPORT_H

#include <stdarg.h>
#include <stddef.h>

#include <linux/types.h>

#include "subcommand.h"

/* Maximum size of a message, which is one line, in bytes; operands in it are truncated. */
#define MESSAGE_SIZE	1024

/**
 * enum exit_code - the exit status of the tool
 * @EXIT_DONE: success
 * @EXIT_USAGE: the command line is wrong, or does not fit the map
 * @EXIT_SYSTEM: an error from the kernel or a file
 * @EXIT_UNEXPECTED: a map or a key is not there, or a map, a value or a dump is not
 *	as expected
 * @EXIT_TIMEOUT: the time ran out
 */
enum exit_code {
	EXIT_DONE,
	EXIT_USAGE,
	EXIT_SYSTEM,
	EXIT_UNEXPECTED,
	EXIT_TIMEOUT,
};

/* The subcommand that runs, for messages. */
extern const struct subcommand *current_subcommand;

/* Done before a message that ends the program, such as to clear the terminal; or NULL. */
extern void (*before_message)(void);

/* Number of the input line that messages are about, or 0. */
extern __u64 message_line;

__attribute__((noreturn, format(printf, 2, 3)))
void fail(enum exit_code code, const char *format, ...);

/* Prints a message; the program goes on. */
__attribute__((format(printf, 1, 2)))
void warn(const char *format, ...);

/* Formats a whole message with its newline. */
__attribute__((format(printf, 2, 0)))
void make_message(char message[MESSAGE_SIZE], const char *format, va_list arguments);

#define usage_error(...)	fail(EXIT_USAGE, __VA_ARGS__)
#define system_error(...)	fail(EXIT_SYSTEM, __VA_ARGS__)
#define unexpected_error(...)	fail(EXIT_UNEXPECTED, __VA_ARGS__)

/* Size of a line that shows the usage of a subcommand. */
#define USAGE_SIZE	128

/* Fills in and returns that line. */
const char *make_usage(char usage[USAGE_SIZE], const struct subcommand *subcommand);

/* Allocates zeroed memory, or ends the program. */
void *allocate(size_t count, size_t size);

/* Sets the name of standard output in messages. */
void name_output(const char *name);

/* Reports that standard output failed, by errno, and ends the program. */
__attribute__((noreturn)) void output_error(void);

/* Flushes standard output. Must be called before the program ends successfully. */
void flush_output(void);

#endif /* _BUCKETMAP_CLI_REPORT_H */

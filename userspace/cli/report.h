/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages and the end of the program.
 *
 * Exit codes: 0 success, 1 the command line is wrong or does not fit the map,
 * 2 an error from the kernel or a file. Every error is one line on stderr:
 * "bucketmap: SUBCOMMAND: what: why".
 */
#ifndef _BUCKETMAP_CLI_REPORT_H
#define _BUCKETMAP_CLI_REPORT_H

#include <stdarg.h>
#include <stddef.h>

#include "subcommand.h"

/* Maximum size of a message, which is one line, in bytes; operands in it are truncated. */
#define MESSAGE_SIZE	1024

enum exit_code {
	EXIT_DONE,
	EXIT_USAGE,
	EXIT_SYSTEM,
};

/* The subcommand that runs, for messages. */
extern const struct subcommand *current_subcommand;

/* Clears the terminal for a message, if something is drawn on it; NULL if not. */
extern void (*before_message)(void);

__attribute__((noreturn, format(printf, 2, 3)))
void fail(enum exit_code code, const char *format, ...);

/* Formats a whole message with its newline. */
__attribute__((format(printf, 2, 0)))
void make_message(char message[MESSAGE_SIZE], const char *format, va_list arguments);

#define usage_error(...)	fail(EXIT_USAGE, __VA_ARGS__)
#define system_error(...)	fail(EXIT_SYSTEM, __VA_ARGS__)

/* Size of a line that shows the usage of a subcommand. */
#define USAGE_SIZE	128

/* Fills in and returns that line. */
const char *make_usage(char usage[USAGE_SIZE], const struct subcommand *subcommand);

/* Allocates zeroed memory, or ends the program. */
void *allocate(size_t count, size_t size);

/* Sets the name of standard output in messages. */
void name_output(const char *name);

/* Flushes standard output. Must be called before the program ends successfully. */
void flush_output(void);

#endif /* _BUCKETMAP_CLI_REPORT_H */

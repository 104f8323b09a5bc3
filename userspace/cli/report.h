/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the program says, and how it ends.
 *
 * Exit codes: 0 done, 1 the command line is wrong or does not suit the map,
 * 2 the kernel or a file refused. Every error is one line on stderr:
 * "bucketmap: COMMAND: what: why".
 */
#ifndef _BUCKETMAP_CLI_REPORT_H
#define _BUCKETMAP_CLI_REPORT_H

#include <stdarg.h>
#include <stddef.h>

#include "command.h"

/* A message has one line, of at most so many bytes, whatever operands it quotes. */
#define MESSAGE_SIZE	1024

enum exit_code {
	EXIT_DONE,
	EXIT_USAGE,
	EXIT_SYSTEM,
};

/* The command that runs, for messages. */
extern const struct command *current_command;

/* Makes room on the terminal for a message, where something is being drawn. NULL if nothing is. */
extern void (*before_message)(void);

__attribute__((noreturn, format(printf, 2, 3)))
void fail(enum exit_code code, const char *format, ...);

/* A whole message with its newline. */
__attribute__((format(printf, 2, 0)))
void make_message(char message[MESSAGE_SIZE], const char *format, va_list arguments);

#define usage_error(...)	fail(EXIT_USAGE, __VA_ARGS__)
#define system_error(...)	fail(EXIT_SYSTEM, __VA_ARGS__)

/* Ends the program with the command's usage, for operands missing or too many. */
__attribute__((noreturn)) void wrong_usage(void);

/* Memory or the end of the program. */
void *allocate(size_t count, size_t size);

/* What standard output is called in messages. */
void name_output(const char *name);

/* Writes what has been printed. To be called before the program ends well. */
void flush_output(void);

#endif /* _BUCKETMAP_CLI_REPORT_H */

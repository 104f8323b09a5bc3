// SPDX-License-Identifier: GPL-2.0
/*
 * What the program says, and how it ends.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* A message has one line, of at most so many bytes, whatever operands it quotes. */
#define MESSAGE_SIZE	512

const struct command *current_command;

static void make_printable(char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			*text = '?';
	}
}

void fail(enum exit_code code, const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	make_printable(message);
	if (current_command)
		fprintf(stderr, "bucketmap: %s: %s\n", current_command->name, message);
	else
		fprintf(stderr, "bucketmap: %s\n", message);
	exit(code);
}

void wrong_usage(void)
{
	usage_error("usage: bucketmap %s %s", current_command->name, current_command->operands);
}

void *allocate(size_t count, size_t size)
{
	/* An empty allocation may be NULL, which is no error. */
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (!memory)
		system_error("out of memory");
	return memory;
}

void flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		system_error("standard output: %s", strerror(errno));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Messages and the end of the program.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

const struct subcommand *current_subcommand;
void (*before_message)(void);
__u64 message_line;

static const char *output_name = "standard output";

static void make_printable(char *text)
{
	for (; *text; text++) {
		if (iscntrl((unsigned char)*text))
			*text = '?';
	}
}

void make_message(char message[MESSAGE_SIZE], const char *format, va_list arguments)
{
	char text[MESSAGE_SIZE / 2];
	int length = 0;

	if (message_line)
		length = snprintf(text, sizeof(text), "line %llu: ", message_line);
	vsnprintf(text + length, sizeof(text) - length, format, arguments);
	make_printable(text);
	if (current_subcommand)
		snprintf(message, MESSAGE_SIZE, "bucketmap: %s: %s\n", current_subcommand->name,
			 text);
	else
		snprintf(message, MESSAGE_SIZE, "bucketmap: %s\n", text);
}

void fail(enum exit_code code, const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	make_message(message, format, arguments);
	va_end(arguments);
	if (before_message)
		before_message();
	fputs(message, stderr);
	exit(code);
}

void warn(const char *format, ...)
{
	char message[MESSAGE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	make_message(message, format, arguments);
	va_end(arguments);
	fputs(message, stderr);
}

const char *make_usage(char usage[USAGE_SIZE], const struct subcommand *subcommand)
{
	snprintf(usage, USAGE_SIZE, "bucketmap %s%s%s%s", subcommand->name,
		 *subcommand->operands ? " " : "", subcommand->operands,
		 subcommand->options ? " [OPTION...]" : "");
	return usage;
}

void *allocate(size_t count, size_t size)
{
	/* calloc() may return NULL for size 0, which is not an error. */
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (!memory)
		system_error("out of memory");
	return memory;
}

void name_output(const char *name)
{
	output_name = name;
}

void output_error(void)
{
	system_error("%s: %s", output_name, strerror(errno));
}

void flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		output_error();
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines of words, as a program writes them into a pipe.
 *
 * Words are separated by spaces and tabs. Blanks and quotes in a word stand between
 * '...' or "...", or behind a backslash; '...' has no backslashes. A line that is
 * empty, or begins with '#', has no words.
 */
#ifndef _BUCKETMAP_CLI_SCRIPT_H
#define _BUCKETMAP_CLI_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/* Size of a line in bytes, with its newline. */
#define SCRIPT_LINE_SIZE	65536

/**
 * struct script - lines that are being read
 * @fd: descriptor that they are read from
 * @line_number: number of lines read
 * @begin: index of the first byte in @bytes that is not read yet
 * @end: number of bytes in @bytes
 * @ended: nothing comes after these
 * @bytes: bytes that were read ahead
 */
struct script {
	int fd;
	__u64 line_number;
	size_t begin;
	size_t end;
	bool ended;
	char bytes[SCRIPT_LINE_SIZE];
};

/* Whether the next line must be waited for. */
bool must_wait(const struct script *script);

/*
 * Sets @line to the next line, without its newline; NULL at the end. Returns NULL,
 * or what is wrong.
 */
const char *read_script_line(struct script *script, char **line);

/*
 * Splits a line, which is overwritten, into words, with NULL after the last one.
 * There is room for one word for every two bytes of the line, and one more. Returns
 * NULL, or what is wrong.
 */
const char *split_line(char *line, char **words);

#endif /* _BUCKETMAP_CLI_SCRIPT_H */

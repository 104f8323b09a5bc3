/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts as words that file names and the first lines of dumps can hold: letters,
 * digits and "._-:," stand for themselves, any other byte, and a dot at the
 * beginning, is "%" and two hexadecimal digits.
 */
#ifndef _BUCKETMAP_CLI_ESCAPE_H
#define _BUCKETMAP_CLI_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

/* Size of the word for a text of @size bytes, the terminators included. */
#define ESCAPED_SIZE(size)	(3 * ((size) - 1) + 1)

/* Makes a word of a text. @word has ESCAPED_SIZE of the text's size. */
void escape(char *word, const char *text);

/* Makes the text again, of at most @size bytes. Returns whether that is possible. */
bool unescape(char *text, size_t size, const char *word);

#endif /* _BUCKETMAP_CLI_ESCAPE_H */

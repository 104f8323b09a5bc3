/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a text: its longest runs of ASCII letters, the output of
 * LC_ALL=C tr -cs A-Za-z '\n'. The text may be passed in pieces of any size.
 */
#ifndef _BUCKETMAP_CLI_WORDS_H
#define _BUCKETMAP_CLI_WORDS_H

#include <stddef.h>

#include "uapi/bucketmap.h"

/**
 * struct word_splitter - splits a text into words
 * @each: called for each word, with at most its first BUCKETMAP_KEY_SIZE_MAX
 *	letters, padded with at least one zero, and its full length
 * @context: passed to @each
 * @length: length of the current word so far
 * @word: its letters, as many as fit
 */
struct word_splitter {
	void (*each)(const char *word, size_t length, void *context);
	void *context;
	size_t length;
	char word[BUCKETMAP_KEY_SIZE_MAX + 1];
};

/* Processes the next piece of the text. */
void split_words(struct word_splitter *splitter, const char *text, size_t size);

/* Ends the text, and its last word. */
void end_words(struct word_splitter *splitter);

#endif /* _BUCKETMAP_CLI_WORDS_H */

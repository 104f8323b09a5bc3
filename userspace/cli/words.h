/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a text: its longest runs of ASCII letters, which is what
 * LC_ALL=C tr -cs A-Za-z '\n' prints. The text comes in pieces of any size.
 */
#ifndef _BUCKETMAP_CLI_WORDS_H
#define _BUCKETMAP_CLI_WORDS_H

#include <stddef.h>

#include "uapi/bucketmap.h"

/**
 * struct word_splitter - where in a text we are
 * @each: gets each word, its first BUCKETMAP_KEY_SIZE_MAX letters at most, with
 *	zeros behind them, one at least, and its true length
 * @context: for @each
 * @length: letters of the word that has begun
 * @word: its letters, as many as fit
 */
struct word_splitter {
	void (*each)(const char *word, size_t length, void *context);
	void *context;
	size_t length;
	char word[BUCKETMAP_KEY_SIZE_MAX + 1];
};

/* Goes on in the text. */
void split_words(struct word_splitter *splitter, const char *text, size_t size);

/* The text is over, and with it the last word. */
void end_words(struct word_splitter *splitter);

#endif /* _BUCKETMAP_CLI_WORDS_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The words of a text.
 */
#include <stdbool.h>
#include <string.h>

#include "words.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void end_words(struct word_splitter *splitter)
{
	size_t kept = splitter->length;

	if (!splitter->length)
		return;
	if (kept > BUCKETMAP_KEY_SIZE_MAX)
		kept = BUCKETMAP_KEY_SIZE_MAX;
	splitter->each(splitter->word, splitter->length, splitter->context);
	memset(splitter->word, 0, kept);
	splitter->length = 0;
}

void split_words(struct word_splitter *splitter, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!is_letter(text[i])) {
			end_words(splitter);
			continue;
		}
		if (splitter->length < BUCKETMAP_KEY_SIZE_MAX)
			splitter->word[splitter->length] = text[i];
		splitter->length++;
	}
}

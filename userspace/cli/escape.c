// SPDX-License-Identifier: GPL-2.0
/*
 * Texts as words.
 */
#include <string.h>

#include "escape.h"

#define PLAIN	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:,"
#define DIGITS	"0123456789abcdef"

void escape(char *word, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (strchr(PLAIN, *c) && (c != text || *c != '.')) {
			*word++ = *c;
			continue;
		}
		*word++ = '%';
		*word++ = DIGITS[(unsigned char)*c >> 4];
		*word++ = DIGITS[*c & 15];
	}
	*word = '\0';
}

/* Returns the byte at the beginning of @word, and moves it on; zero if there is none. */
static char next_byte(const char **word)
{
	const char *high, *low;
	char c = *(*word)++;

	if (c != '%')
		return strchr(PLAIN, c) ? c : '\0';
	high = strchr(DIGITS, **word);
	if (!high || !*high)
		return '\0';
	low = strchr(DIGITS, (*word)[1]);
	if (!low || !*low)
		return '\0';
	*word += 2;
	return (char)((high - DIGITS) << 4 | (low - DIGITS));
}

bool unescape(char *text, size_t size, const char *word)
{
	size_t length = 0;

	while (*word) {
		char c = next_byte(&word);

		if (!c || length + 1 >= size)
			return false;
		text[length++] = c;
	}
	text[length] = '\0';
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Printable UTF-8.
 */
#include "utf8.h"

/* Length of the character that begins with this byte; 0 if none does. */
static size_t character_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	if (first >= 0xf0 && first < 0xf5)
		return 4;
	return 0;
}

/* Whether the second byte gives a code point that is in range and has no shorter encoding. */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xc2: /* U+0080 to U+009F are control characters. */
	case 0xe0:
		return second >= 0xa0;
	case 0xed: /* U+D800 to U+DFFF are surrogates. */
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

static bool is_continued(const unsigned char *character, size_t length)
{
	for (size_t i = 1; i < length; i++) {
		if ((character[i] & 0xc0) != 0x80)
			return false;
	}
	return length == 1 || second_byte_fits(character[0], character[1]);
}

bool is_printable_utf8(const char *text, size_t length)
{
	const unsigned char *character = (const unsigned char *)text;
	const unsigned char *end = character + length;

	while (character < end) {
		size_t size = character_length(*character);

		if (!size || size > (size_t)(end - character) || !is_continued(character, size))
			return false;
		if (*character < ' ' || *character == 0x7f)
			return false;
		character += size;
	}
	return true;
}

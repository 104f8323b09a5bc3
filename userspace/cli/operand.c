// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and values as people write and read them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operand.h"

#define HEX_PREFIX	"hex:"
#define DECIMAL_PREFIX	"dec:"

static bool has_prefix(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static bool looks_like_number(const char *text)
{
	if (*text == '-')
		text++;
	return *text && text[strspn(text, "0123456789")] == '\0';
}

const char *parse_number(const char *digits, __u64 *number)
{
	bool negative = *digits == '-';
	unsigned long long magnitude;

	if (!looks_like_number(digits))
		return "not a decimal number";
	errno = 0;
	magnitude = strtoull(digits + negative, NULL, 10);
	if (errno || (negative && magnitude > 1ULL << 63))
		return "number out of range";
	*number = negative ? -magnitude : magnitude;
	return NULL;
}

/* Whether a number, negative or not, keeps its meaning in so many bits. */
static bool fits(__u64 number, bool negative, unsigned int bits)
{
	if (bits == 64)
		return true;
	if (negative)
		return -number <= 1ULL << (bits - 1);
	return number < 1ULL << bits;
}

static const char *parse_decimal(const char *digits, void *bytes, size_t size)
{
	const char *error;
	__u64 number;

	if (size != 1 && size != 2 && size != 4 && size != 8)
		return "numbers have 1, 2, 4 or 8 bytes";
	error = parse_number(digits, &number);
	if (error)
		return error;
	if (!fits(number, *digits == '-', 8 * size))
		return "number out of range";

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	number <<= 64 - 8 * size;
#endif
	memcpy(bytes, &number, size);
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static const char *parse_hex(const char *digits, unsigned char *bytes, size_t size)
{
	size_t length = strlen(digits);

	if (length % 2)
		return "odd number of hex digits";
	if (length / 2 > size)
		return "too long";
	memset(bytes, 0, size);
	for (; *digits; digits += 2) {
		int high = hex_digit(digits[0]);
		int low = hex_digit(digits[1]);

		if (high < 0 || low < 0)
			return "not hex digits";
		*bytes++ = high << 4 | low;
	}
	return NULL;
}

static const char *parse_text(const char *text, void *bytes, size_t size)
{
	size_t length = strlen(text);

	if (length > size)
		return "too long";
	memset(bytes, 0, size);
	memcpy(bytes, text, length);
	return NULL;
}

const char *parse_key(const char *operand, void *key, size_t size)
{
	if (has_prefix(operand, HEX_PREFIX))
		return parse_hex(operand + strlen(HEX_PREFIX), key, size);
	if (has_prefix(operand, DECIMAL_PREFIX))
		return parse_decimal(operand + strlen(DECIMAL_PREFIX), key, size);
	return parse_text(operand, key, size);
}

const char *parse_value(const char *operand, void *value, size_t size)
{
	if (size == sizeof(__u64) && looks_like_number(operand))
		return parse_decimal(operand, value, size);
	return parse_key(operand, value, size);
}

/* The length of the text in @bytes if they are text and then zeros, else 0. */
static size_t text_length(const char *bytes, size_t size)
{
	size_t length = strnlen(bytes, size);

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] < ' ' || bytes[i] > '~')
			return 0;
	}
	for (size_t i = length; i < size; i++) {
		if (bytes[i])
			return 0;
	}
	return length;
}

static void format_hex(char *text, const unsigned char *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	text = stpcpy(text, HEX_PREFIX);
	for (size_t i = 0; i < size; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = '\0';
}

void format_key(char *text, const void *key, size_t size)
{
	size_t length = text_length(key, size);

	memcpy(text, key, length);
	text[length] = '\0';
	/* Text that would be read as something else is no text, nor are zeros alone. */
	if ((!length && size) || has_prefix(text, HEX_PREFIX) || has_prefix(text, DECIMAL_PREFIX))
		format_hex(text, key, size);
}

void format_value(char *text, const void *value, size_t size)
{
	__u64 number;

	if (size == sizeof(number)) {
		memcpy(&number, value, sizeof(number));
		sprintf(text, "%llu", number);
	} else {
		format_key(text, value, size);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and values as text.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operand.h"
#include "utf8.h"

/* Names of formats; a prefix is a name and a colon. */
static const char *const format_names[NO_FORMAT] = {
	[BUCKETMAP_FORMAT_UNKNOWN]	= "unknown",
	[BUCKETMAP_FORMAT_TEXT]		= "text",
	[BUCKETMAP_FORMAT_DECIMAL]	= "dec",
	[BUCKETMAP_FORMAT_HEX]		= "hex",
};

const char *format_name(__u32 format)
{
	return format_names[format < NO_FORMAT ? format : BUCKETMAP_FORMAT_UNKNOWN];
}

__u32 find_format(const char *name)
{
	__u32 format = 0;

	while (format < NO_FORMAT && strcmp(name, format_names[format]) != 0)
		format++;
	return format;
}

int is_number_size(__u32 size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static struct shape make_shape(__u32 size, __u32 format, __u32 default_format)
{
	if (format == BUCKETMAP_FORMAT_UNKNOWN || format >= NO_FORMAT)
		format = default_format;
	if (format == BUCKETMAP_FORMAT_DECIMAL && !is_number_size(size))
		format = BUCKETMAP_FORMAT_HEX;
	return (struct shape) { .size = size, .format = format };
}

struct shape key_shape(__u32 size, __u32 format)
{
	return make_shape(size, format, BUCKETMAP_FORMAT_TEXT);
}

struct shape value_shape(__u32 size, __u32 format)
{
	return make_shape(size, format, size == sizeof(__u64) ? BUCKETMAP_FORMAT_DECIMAL :
								BUCKETMAP_FORMAT_TEXT);
}

/* Returns the format of a prefix, else NO_FORMAT. @operand is advanced past the prefix. */
static __u32 take_prefix(const char **operand)
{
	for (__u32 format = BUCKETMAP_FORMAT_TEXT; format < NO_FORMAT; format++) {
		size_t length = strlen(format_names[format]);

		if (!strncmp(*operand, format_names[format], length) && (*operand)[length] == ':') {
			*operand += length + 1;
			return format;
		}
	}
	return NO_FORMAT;
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

/* Whether a number, negative or not, can be represented in that many bits. */
static bool fits(__u64 number, bool negative, unsigned int bits)
{
	if (bits == 64)
		return true;
	if (negative)
		return -number <= 1ULL << (bits - 1);
	return number < 1ULL << bits;
}

/* Distance in bits between a number of this size and its place in a __u64. */
static unsigned int number_shift(__u32 size)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return 64 - 8 * size;
#else
	(void)size;
	return 0;
#endif
}

static const char *parse_decimal(const char *digits, void *bytes, __u32 size)
{
	const char *error;
	__u64 number;

	if (!is_number_size(size))
		return "numbers have 1, 2, 4 or 8 bytes";
	error = parse_number(digits, &number);
	if (error)
		return error;
	if (!fits(number, *digits == '-', 8 * size))
		return "number out of range";
	number <<= number_shift(size);
	memcpy(bytes, &number, size);
	return NULL;
}

__u64 read_number(const void *bytes, __u32 size)
{
	__u64 number = 0;

	memcpy(&number, bytes, size);
	return number >> number_shift(size);
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

static const char *parse_hex(const char *digits, unsigned char *bytes, __u32 size)
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

static const char *parse_text(const char *text, void *bytes, __u32 size)
{
	size_t length = strlen(text);

	if (length > size)
		return "too long";
	memset(bytes, 0, size);
	memcpy(bytes, text, length);
	return NULL;
}

const char *parse_operand(const char *operand, void *bytes, struct shape shape)
{
	__u32 format = take_prefix(&operand);

	switch (format == NO_FORMAT ? shape.format : format) {
	case BUCKETMAP_FORMAT_DECIMAL:
		return parse_decimal(operand, bytes, shape.size);
	case BUCKETMAP_FORMAT_HEX:
		return parse_hex(operand, bytes, shape.size);
	default:
		return parse_text(operand, bytes, shape.size);
	}
}

static void format_hex(char *text, const unsigned char *bytes, __u32 size)
{
	static const char digits[] = "0123456789abcdef";

	for (__u32 i = 0; i < size; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = '\0';
}

static bool all_zero(const char *bytes, size_t size)
{
	while (size && !*bytes) {
		bytes++;
		size--;
	}
	return !size;
}

static void format_text(char *text, const char *bytes, __u32 size)
{
	size_t length = strnlen(bytes, size);
	const char *rest = text;

	memcpy(text, bytes, length);
	text[length] = '\0';
	/* Zeros alone are shown as hex, too. */
	if ((length || !size) && is_printable_utf8(bytes, length) &&
	    all_zero(bytes + length, size - length) && take_prefix(&rest) == NO_FORMAT)
		return;
	format_hex(stpcpy(text, "hex:"), (const unsigned char *)bytes, size);
}

void format_operand(char *text, const void *bytes, struct shape shape)
{
	switch (shape.format) {
	case BUCKETMAP_FORMAT_DECIMAL:
		sprintf(text, "%llu", read_number(bytes, shape.size));
		break;
	case BUCKETMAP_FORMAT_HEX:
		format_hex(text, bytes, shape.size);
		break;
	default:
		format_text(text, bytes, shape.size);
	}
}

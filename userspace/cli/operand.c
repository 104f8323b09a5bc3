// SPDX-License-Identifier: GPL-2.0
/*
 * Keys and values as text.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operand.h"
#include "utf8.h"

/* Length of a MAC address as text: 00:00:00:00:00:00 */
#define MAC_LENGTH	17

/*
 * Returns the format of a prefix "text:", "dec:" or "hex:", else NO_FORMAT. @operand
 * is advanced past the prefix.
 */
static __u32 take_prefix(const char **operand)
{
	for (__u32 format = BUCKETMAP_FORMAT_TEXT; format <= BUCKETMAP_FORMAT_HEX; format++) {
		const char *name = format_name(format);
		size_t length = strlen(name);

		if (!strncmp(*operand, name, length) && (*operand)[length] == ':') {
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

/* The same for signed numbers, of which one bit is the sign. */
static bool fits_signed(__u64 number, bool negative, unsigned int bits)
{
	return negative ? fits(number, true, bits) : number < 1ULL << (bits - 1);
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

static const char *parse_decimal(const char *digits, void *bytes, struct shape shape)
{
	bool negative = *digits == '-';
	const char *error;
	__u64 number;

	if (!can_be_number(shape.size))
		return "numbers have 1, 2, 4 or 8 bytes";
	error = parse_number(digits, &number);
	if (error)
		return error;
	if (shape.format == BUCKETMAP_FORMAT_SIGNED ?
	    !fits_signed(number, negative, 8 * shape.size) :
	    !fits(number, negative, 8 * shape.size))
		return "number out of range";
	number <<= number_shift(shape.size);
	memcpy(bytes, &number, shape.size);
	return NULL;
}

__u64 read_number(const void *bytes, struct shape shape)
{
	unsigned int unused = 64 - 8 * shape.size;
	__u64 number = 0;

	memcpy(&number, bytes, shape.size);
	number >>= number_shift(shape.size);
	if (shape.format == BUCKETMAP_FORMAT_SIGNED)
		number = (__u64)((__s64)(number << unused) >> unused);
	return number;
}

void format_number(char text[NUMBER_TEXT_SIZE], __u64 number, struct shape shape)
{
	if (shape.format == BUCKETMAP_FORMAT_SIGNED)
		snprintf(text, NUMBER_TEXT_SIZE, "%lld", (long long)number);
	else
		snprintf(text, NUMBER_TEXT_SIZE, "%llu", number);
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

static const char *parse_mac(const char *text, unsigned char *bytes)
{
	if (strlen(text) != MAC_LENGTH)
		return "not a MAC address";
	for (int i = 0; i < 6; i++, text += 3) {
		int high = hex_digit(text[0]);
		int low = hex_digit(text[1]);

		if (high < 0 || low < 0 || text[2] != (i < 5 ? ':' : '\0'))
			return "not a MAC address";
		bytes[i] = high << 4 | low;
	}
	return NULL;
}

static const char *parse_address(const char *text, void *bytes, struct shape shape)
{
	switch (shape.format) {
	case BUCKETMAP_FORMAT_IPV4:
		return inet_pton(AF_INET, text, bytes) == 1 ? NULL : "not an IPv4 address";
	case BUCKETMAP_FORMAT_IPV6:
		return inet_pton(AF_INET6, text, bytes) == 1 ? NULL : "not an IPv6 address";
	default:
		return parse_mac(text, bytes);
	}
}

/* Text with a prefix, or of the shape's format. */
static const char *parse_thing(const char *operand, void *bytes, struct shape shape)
{
	__u32 format;

	/* dec::1 is an address, too. */
	if (shape.format == BUCKETMAP_FORMAT_IPV6 && !parse_address(operand, bytes, shape))
		return NULL;
	format = take_prefix(&operand);
	if (format != NO_FORMAT && !(format == BUCKETMAP_FORMAT_DECIMAL && is_numeric(&shape)))
		shape.format = format;
	switch (shape.format) {
	case BUCKETMAP_FORMAT_DECIMAL:
	case BUCKETMAP_FORMAT_SIGNED:
		return parse_decimal(operand, bytes, shape);
	case BUCKETMAP_FORMAT_HEX:
		return parse_hex(operand, bytes, shape.size);
	case BUCKETMAP_FORMAT_TEXT:
		return parse_text(operand, bytes, shape.size);
	default:
		return parse_address(operand, bytes, shape);
	}
}

/* The fields with commas between them. Or all bytes in hex, if there is more than one field. */
static const char *parse_struct(const char *operand, char *bytes, struct shape shape)
{
	const struct fields *fields = shape.fields;
	char text[OPERAND_SIZE];

	if (fields->count > 1 && !strchr(operand, ',') && !strncmp(operand, "hex:", 4))
		return parse_hex(operand + 4, (unsigned char *)bytes, shape.size);
	for (__u32 i = 0; i < fields->count; i++) {
		const struct field *field = &fields->field[i];
		size_t length = strcspn(operand, ",");
		bool last = i == fields->count - 1;
		const char *error;

		if (length >= sizeof(text))
			return "too long";
		memcpy(text, operand, length);
		text[length] = '\0';
		operand += length;
		if (!*operand != last)
			return last ? "too many fields" : "too few fields";
		error = parse_thing(text, bytes + field->offset, field->shape);
		if (error)
			return error;
		operand++;
	}
	return NULL;
}

const char *parse_operand(const char *operand, void *bytes, struct shape shape)
{
	return shape.fields ? parse_struct(operand, bytes, shape) :
			      parse_thing(operand, bytes, shape);
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

/* Whether bytes are printed as they are, and not in hex. */
static bool is_plain_text(char *text, const char *bytes, __u32 size)
{
	size_t length = strnlen(bytes, size);
	const char *rest = text;

	memcpy(text, bytes, length);
	text[length] = '\0';
	return is_printable_utf8(bytes, length) && all_zero(bytes + length, size - length) &&
	       take_prefix(&rest) == NO_FORMAT;
}

static void format_text(char *text, const char *bytes, __u32 size)
{
	/* Zeros alone are shown as hex, too. */
	if (!is_plain_text(text, bytes, size) || (size && !*text))
		format_hex(stpcpy(text, "hex:"), (const unsigned char *)bytes, size);
}

static void format_mac(char *text, const unsigned char *bytes)
{
	for (int i = 0; i < 6; i++)
		text += sprintf(text, i ? ":%02x" : "%02x", bytes[i]);
}

static void format_thing(char *text, const void *bytes, struct shape shape)
{
	switch (shape.format) {
	case BUCKETMAP_FORMAT_DECIMAL:
	case BUCKETMAP_FORMAT_SIGNED:
		format_number(text, read_number(bytes, shape), shape);
		break;
	case BUCKETMAP_FORMAT_HEX:
		format_hex(text, bytes, shape.size);
		break;
	case BUCKETMAP_FORMAT_IPV4:
		inet_ntop(AF_INET, bytes, text, INET_ADDRSTRLEN);
		break;
	case BUCKETMAP_FORMAT_IPV6:
		inet_ntop(AF_INET6, bytes, text, INET6_ADDRSTRLEN);
		break;
	case BUCKETMAP_FORMAT_MAC:
		format_mac(text, bytes);
		break;
	default:
		format_text(text, bytes, shape.size);
	}
}

void format_field(char *text, const void *bytes, const struct field *field)
{
	if (*field->name && field->shape.format == BUCKETMAP_FORMAT_TEXT &&
	    all_zero(bytes, field->shape.size))
		*text = '\0';
	else
		format_operand(text, bytes, field->shape);
}

/* Text with a comma is shown as hex, because commas separate the fields. */
static void format_struct(char *text, const char *bytes, const struct fields *fields)
{
	for (__u32 i = 0; i < fields->count; i++) {
		const struct field *field = &fields->field[i];
		const void *from = bytes + field->offset;

		if (i)
			*text++ = ',';
		format_field(text, from, field);
		if (strchr(text, ','))
			format_hex(stpcpy(text, "hex:"), from, field->shape.size);
		text += strlen(text);
	}
}

void format_operand(char *text, const void *bytes, struct shape shape)
{
	if (shape.fields)
		format_struct(text, bytes, shape.fields);
	else
		format_thing(text, bytes, shape);
}

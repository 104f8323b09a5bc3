/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys and values as people write and read them.
 *
 * Each of the two has a shape in a map: its size and one of three formats.
 *	text	characters
 *	dec	an unsigned number of 1, 2, 4 or 8 bytes in the machine's byte
 *		order; one that is written may be negative
 *	hex	two hexadecimal digits a byte
 * Bytes that text and hex leave over at the end are zero. Whatever the format is,
 * "text:", "dec:" or "hex:" in front says how the rest is meant.
 *
 * Printed as text is valid UTF-8 without control characters that begins with
 * no such prefix; any other text is printed as "hex:" and digits. So what is
 * printed is always one line, and an operand for the same bytes.
 */
#ifndef _BUCKETMAP_CLI_OPERAND_H
#define _BUCKETMAP_CLI_OPERAND_H

#include <stddef.h>

#include <linux/types.h>

#include "uapi/bucketmap.h"

/* Room for any key or value as text: "hex:", two digits per byte, and the end. */
#define OPERAND_SIZE	(4 + 2 * BUCKETMAP_VALUE_SIZE_MAX + 1)

/**
 * struct shape - what the keys, or the values, of a map look like
 * @size: bytes of each
 * @format: BUCKETMAP_FORMAT_TEXT, _DECIMAL or _HEX
 */
struct shape {
	__u32 size;
	__u32 format;
};

/*
 * The shapes of a map that remembers this @format. If it is none, or unknown to
 * us, keys are text, and so are values but those of 8 bytes, which are numbers.
 * Numbers of a size that numbers cannot have are shown in hexadecimal.
 */
struct shape key_shape(__u32 size, __u32 format);
struct shape value_shape(__u32 size, __u32 format);

/* Whether numbers can have this many bytes. */
int is_number_size(__u32 size);

/* Names of formats. find_format() returns the first number that no format has for others. */
const char *format_name(__u32 format);
__u32 find_format(const char *name);
#define NO_FORMAT	(BUCKETMAP_FORMAT_HEX + 1)

/* Bytes from text. Returns NULL, or what is wrong with it. */
const char *parse_operand(const char *operand, void *bytes, struct shape shape);

/* A number of at most 8 bytes, negative ones in two's complement. Returns the same. */
const char *parse_number(const char *digits, __u64 *number);

/* Text from bytes. @text has OPERAND_SIZE bytes. */
void format_operand(char *text, const void *bytes, struct shape shape);

/* The number in @size bytes, which is_number_size(). */
__u64 read_number(const void *bytes, __u32 size);

#endif /* _BUCKETMAP_CLI_OPERAND_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys and values as text.
 *
 * The keys of a map have a shape, and so have its values: a size and one of three
 * formats.
 *	text	characters
 *	dec	an unsigned number of 1, 2, 4 or 8 bytes in the machine's byte
 *		order; an operand may be negative
 *	hex	two hexadecimal digits per byte
 * Text and hex are padded with zero bytes. The prefix "text:", "dec:" or "hex:" of
 * an operand overrides the format.
 *
 * Text is printed as it is if it is valid UTF-8 without control characters and
 * does not begin with such a prefix; otherwise as "hex:" and digits. So the output
 * is always one line, and is a valid operand for the same bytes.
 */
#ifndef _BUCKETMAP_CLI_OPERAND_H
#define _BUCKETMAP_CLI_OPERAND_H

#include <stddef.h>

#include <linux/types.h>

#include "uapi/bucketmap.h"

/* Size of any key or value as text: "hex:", two digits per byte, and the terminator. */
#define OPERAND_SIZE	(4 + 2 * BUCKETMAP_VALUE_SIZE_MAX + 1)

/**
 * struct shape - size and format of the keys, or of the values, of a map
 * @size: size of each in bytes
 * @format: BUCKETMAP_FORMAT_TEXT, _DECIMAL or _HEX
 */
struct shape {
	__u32 size;
	__u32 format;
};

/*
 * The shapes of a map with this @format. If it is unset or unknown, keys are text;
 * values are decimal if they have 8 bytes, else text. Decimal falls back to
 * hexadecimal for sizes that numbers cannot have.
 */
struct shape key_shape(__u32 size, __u32 format);
struct shape value_shape(__u32 size, __u32 format);

/* Whether numbers can have this many bytes. */
int is_number_size(__u32 size);

/* Names of formats. find_format() returns NO_FORMAT for other names. */
const char *format_name(__u32 format);
__u32 find_format(const char *name);
#define NO_FORMAT	(BUCKETMAP_FORMAT_HEX + 1)

/* Converts text to bytes. Returns NULL, or a description of the error. */
const char *parse_operand(const char *operand, void *bytes, struct shape shape);

/* Parses a number of at most 8 bytes, negative ones in two's complement. Returns likewise. */
const char *parse_number(const char *digits, __u64 *number);

/* Converts bytes to text. @text has OPERAND_SIZE bytes. */
void format_operand(char *text, const void *bytes, struct shape shape);

/* Returns the number in @size bytes; is_number_size(@size) must be true. */
__u64 read_number(const void *bytes, __u32 size);

#endif /* _BUCKETMAP_CLI_OPERAND_H */

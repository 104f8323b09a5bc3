/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys and values as people write and read them.
 *
 * An operand is one of
 *	hex:00ff	these bytes
 *	dec:123		a number in the machine's byte order, as wide as the key
 *			or value, which has 1, 2, 4 or 8 bytes; may be negative
 *	text		these characters; an 8-byte value that looks like a
 *			number is one, as with dec:
 * Bytes that text and hex: leave over are zero.
 *
 * Printed are 8-byte values as numbers; text, if that is all there is before
 * the zeros at the end; else hex:. What is printed is an operand for the same
 * bytes.
 */
#ifndef _BUCKETMAP_CLI_OPERAND_H
#define _BUCKETMAP_CLI_OPERAND_H

#include <stddef.h>

#include <linux/types.h>

#include "uapi/bucketmap.h"

/* Room for any key or value as text: "hex:", two digits per byte, and the end. */
#define OPERAND_SIZE	(4 + 2 * BUCKETMAP_VALUE_SIZE_MAX + 1)

/* These return NULL, or what is wrong with the operand. */
const char *parse_key(const char *operand, void *key, size_t size);
const char *parse_value(const char *operand, void *value, size_t size);

/* A number of at most 8 bytes, negative ones in two's complement. */
const char *parse_number(const char *digits, __u64 *number);

/* @text has OPERAND_SIZE bytes. */
void format_key(char *text, const void *key, size_t size);
void format_value(char *text, const void *value, size_t size);

#endif /* _BUCKETMAP_CLI_OPERAND_H */

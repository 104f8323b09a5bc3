/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys and values as text.
 *
 * The prefix "text:", "dec:" or "hex:" of an operand overrides the format, which
 * format.h describes. A number may be negative, also for unsigned formats. A
 * struct is its fields, each as text, with commas between them; or "hex:" and all
 * its bytes.
 *
 * Text is printed as it is if it is valid UTF-8 without control characters and
 * does not begin with such a prefix; otherwise as "hex:" and digits, and so is a
 * field with a comma. So the output is always one line, and is a valid operand
 * for the same bytes.
 */
#ifndef _BUCKETMAP_CLI_OPERAND_H
#define _BUCKETMAP_CLI_OPERAND_H

#include <stddef.h>

#include <linux/types.h>

#include "format.h"

/*
 * Size of any key or value as text: "hex:", two digits per byte, and the terminator;
 * in a struct any field may be shorter than its text by this.
 */
#define OPERAND_SIZE	(4 + 2 * BUCKETMAP_VALUE_SIZE_MAX + 1 + MAX_FIELDS * 16)

/* Size of a number as text. */
#define NUMBER_TEXT_SIZE	24

/* Converts text to bytes. Returns NULL, or a description of the error. */
const char *parse_operand(const char *operand, void *bytes, struct shape shape);

/* Parses a number of 8 bytes, negative ones in two's complement. Returns likewise. */
const char *parse_number(const char *digits, __u64 *number);

/* Converts bytes to text. @text has OPERAND_SIZE bytes. */
void format_operand(char *text, const void *bytes, struct shape shape);

/* The same for a field, in which an empty text is shown as such. */
void format_field(char *text, const void *bytes, const struct field *field);

/* Returns a number, for which is_numeric() must be true; a signed one as an __s64. */
__u64 read_number(const void *bytes, struct shape shape);

/* Converts such a number to text. */
void format_number(char text[NUMBER_TEXT_SIZE], __u64 number, struct shape shape);

#endif /* _BUCKETMAP_CLI_OPERAND_H */

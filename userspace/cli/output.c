// SPDX-License-Identifier: GPL-2.0
/*
 * Entries on standard output, as text or as JSON.
 */
#include <stdio.h>

#include "json.h"
#include "output.h"

void print_bytes(const void *bytes, struct shape shape, char behind)
{
	char text[OPERAND_SIZE];

	format_operand(text, bytes, shape);
	fputs(text, stdout);
	putchar(behind);
}

void print_value(const struct target *target, const void *key, const void *value)
{
	if (json_output)
		print_json(json_entry(target, key, value));
	else if (value)
		print_bytes(value, target->value, '\n');
}

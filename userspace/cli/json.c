// SPDX-License-Identifier: GPL-2.0
/*
 * Output as JSON.
 */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "report.h"

/* 2^53: JSON parsers represent all integers up to this exactly, because they use doubles. */
#define JSON_NUMBER_MAX	9007199254740992ULL

bool json_output;

/* Whether an element of the current array has been printed. */
static bool has_elements;

json_t *json_number(__u64 number)
{
	char digits[24];

	if (number <= JSON_NUMBER_MAX)
		return json_integer((json_int_t)number);
	snprintf(digits, sizeof(digits), "%llu", number);
	return json_string(digits);
}

json_t *json_text(const char *text)
{
	char printable[BUCKETMAP_NAME_SIZE];
	json_t *value = json_string(text);

	if (value)
		return value;
	/* JSON must be UTF-8, which names of maps need not be. */
	snprintf(printable, sizeof(printable), "%s", text);
	for (char *c = printable; *c; c++) {
		if (*c & 0x80)
			*c = '?';
	}
	return json_string(printable);
}

json_t *json_shaped_number(__u64 number, struct shape shape)
{
	__s64 value = (__s64)number;
	char digits[NUMBER_TEXT_SIZE];

	if (shape.format != BUCKETMAP_FORMAT_SIGNED || value >= 0)
		return json_number(number);
	if (value >= -(__s64)JSON_NUMBER_MAX)
		return json_integer(value);
	format_number(digits, number, shape);
	return json_string(digits);
}

static json_t *json_struct(const char *bytes, const struct fields *fields)
{
	json_t *object = json_object();

	for (__u32 i = 0; i < fields->count; i++) {
		const struct field *field = &fields->field[i];

		if (json_object_set_new(object, field->name,
					json_field(bytes + field->offset, field)))
			system_error("out of memory");
	}
	return object;
}

json_t *json_field(const void *bytes, const struct field *field)
{
	char text[OPERAND_SIZE];

	if (field->shape.fields)
		return json_struct(bytes, field->shape.fields);
	if (is_numeric(&field->shape))
		return json_shaped_number(read_number(bytes, field->shape), field->shape);
	format_field(text, bytes, field);
	return json_string_nocheck(text);
}

json_t *json_bytes(const void *bytes, struct shape shape)
{
	const struct field whole = { .shape = shape };

	return json_field(bytes, &whole);
}

json_t *json_entry(const struct target *target, const void *key, const void *value)
{
	return json_pack("{s:o, s:o}", "key", json_bytes(key, target->key),
			 "value", value ? json_bytes(value, target->value) : json_null());
}

static void write_json(json_t *value, size_t flags)
{
	if (!value)
		system_error("out of memory");
	json_dumpf(value, stdout, flags | JSON_ENCODE_ANY);
	json_decref(value);
	if (ferror(stdout))
		flush_output();
}

void print_json(json_t *value)
{
	write_json(value, 0);
	putchar('\n');
}

void begin_json_array(void)
{
	has_elements = false;
	putchar('[');
}

void print_json_element(json_t *value)
{
	fputs(has_elements ? ",\n" : "\n", stdout);
	has_elements = true;
	write_json(value, 0);
}

void end_json_array(void)
{
	fputs(has_elements ? "\n]\n" : "]\n", stdout);
}

void begin_json_object(json_t *head, const char *name)
{
	putchar('{');
	write_json(head, JSON_EMBED);
	printf(", \"%s\": ", name);
	begin_json_array();
}

void end_json_object(void)
{
	fputs(has_elements ? "\n]}\n" : "]}\n", stdout);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Formats of keys and values, and their description as text.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

#define DIGITS		"0123456789"

/* Names of formats; those of text, dec and hex with a colon are prefixes of operands. */
static const char *const format_names[NO_FORMAT] = {
	[BUCKETMAP_FORMAT_UNKNOWN]	= "unknown",
	[BUCKETMAP_FORMAT_TEXT]		= "text",
	[BUCKETMAP_FORMAT_DECIMAL]	= "dec",
	[BUCKETMAP_FORMAT_HEX]		= "hex",
	[BUCKETMAP_FORMAT_SIGNED]	= "signed",
	[BUCKETMAP_FORMAT_IPV4]		= "ipv4",
	[BUCKETMAP_FORMAT_IPV6]		= "ipv6",
	[BUCKETMAP_FORMAT_MAC]		= "mac",
};

/* What a description may call them, with the size that the name implies, or 0. */
static const struct type {
	const char *name;
	__u32 format;
	__u32 size;
} types[] = {
	{ "text", BUCKETMAP_FORMAT_TEXT, 0 },
	{ "dec", BUCKETMAP_FORMAT_DECIMAL, 0 },
	{ "signed", BUCKETMAP_FORMAT_SIGNED, 0 },
	{ "hex", BUCKETMAP_FORMAT_HEX, 0 },
	{ "ipv4", BUCKETMAP_FORMAT_IPV4, 4 },
	{ "ipv6", BUCKETMAP_FORMAT_IPV6, 16 },
	{ "mac", BUCKETMAP_FORMAT_MAC, 6 },
	{ "u8", BUCKETMAP_FORMAT_DECIMAL, 1 },
	{ "u16", BUCKETMAP_FORMAT_DECIMAL, 2 },
	{ "u32", BUCKETMAP_FORMAT_DECIMAL, 4 },
	{ "u64", BUCKETMAP_FORMAT_DECIMAL, 8 },
	{ "i8", BUCKETMAP_FORMAT_SIGNED, 1 },
	{ "i16", BUCKETMAP_FORMAT_SIGNED, 2 },
	{ "i32", BUCKETMAP_FORMAT_SIGNED, 4 },
	{ "i64", BUCKETMAP_FORMAT_SIGNED, 8 },
	{ 0 },
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

bool is_known_format(__u32 format)
{
	return format != BUCKETMAP_FORMAT_UNKNOWN && format < NO_FORMAT;
}

bool is_numeric(const struct shape *shape)
{
	return shape->format == BUCKETMAP_FORMAT_DECIMAL ||
	       shape->format == BUCKETMAP_FORMAT_SIGNED;
}

bool can_be_number(__u32 size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

/* Returns why things of this shape cannot have their size, or NULL. */
static const char *check_size(const struct shape *shape)
{
	__u32 size = shape->size;

	switch (shape->format) {
	case BUCKETMAP_FORMAT_DECIMAL:
	case BUCKETMAP_FORMAT_SIGNED:
		return can_be_number(size) ? NULL : "numbers have 1, 2, 4 or 8 bytes";
	case BUCKETMAP_FORMAT_IPV4:
		return size == 4 ? NULL : "IPv4 addresses have 4 bytes";
	case BUCKETMAP_FORMAT_IPV6:
		return size == 16 ? NULL : "IPv6 addresses have 16 bytes";
	case BUCKETMAP_FORMAT_MAC:
		return size == 6 ? NULL : "MAC addresses have 6 bytes";
	default:
		return NULL;
	}
}

static struct shape make_shape(__u32 size, __u32 format, __u32 default_format)
{
	struct shape shape = { .size = size, .format = format };

	if (!is_known_format(format))
		shape.format = default_format;
	if (check_size(&shape))
		shape.format = BUCKETMAP_FORMAT_HEX;
	return shape;
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

static const struct type *find_type(const char *name)
{
	const struct type *type = types;

	while (type->name && strcmp(type->name, name) != 0)
		type++;
	return type->name ? type : NULL;
}

static bool is_field_name(const char *name)
{
	size_t length = 0;

	while (isalnum((unsigned char)name[length]) || name[length] == '_')
		length++;
	return length && length < FIELD_NAME_SIZE && !name[length] &&
	       !isdigit((unsigned char)*name);
}

/* Takes the size from "SIZE" or "SIZE:NAME", and returns the rest, or NULL. */
static char *take_size(char *text, __u32 *size)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (!*text || end != text + strspn(text, DIGITS) || (*end && *end != ':') || !number ||
	    number > BUCKETMAP_VALUE_SIZE_MAX)
		return NULL;
	*size = number;
	return *end ? end + 1 : end;
}

/* Parses "TYPE", "TYPE:SIZE", "TYPE:NAME" or "TYPE:SIZE:NAME"; NO_SIZE if it has no size. */
static const char *parse_field(char *text, struct field *field)
{
	const char *name = strsep(&text, ":");
	const struct type *type = find_type(name);
	char *rest = text;

	if (!type)
		return "no such type";
	field->shape.format = type->format;
	field->shape.size = type->size ? type->size : NO_SIZE;
	if (rest && !type->size && isdigit((unsigned char)*rest)) {
		rest = take_size(rest, &field->shape.size);
		if (!rest)
			return "not a size in bytes";
		if (!*rest)
			rest = NULL;
	}
	if (!rest)
		return NULL;
	if (!is_field_name(rest))
		return "a name of a field has at most 31 letters, digits and _";
	strcpy(field->name, rest);
	return NULL;
}

const struct field *find_field(const struct shape *shape, const char *name)
{
	for (__u32 i = 0; shape->fields && i < shape->fields->count; i++) {
		if (!strcmp(shape->fields->field[i].name, name))
			return &shape->fields->field[i];
	}
	return NULL;
}

/* Appends a parsed field. */
static const char *add_field(struct shape *shape, struct fields *fields, struct field *field)
{
	if (!*field->name)
		return "each field of a struct needs a name";
	if (field->shape.size == NO_SIZE)
		return "each field of a struct needs a size";
	if (find_field(shape, field->name))
		return "two fields have the same name";
	if (fields->count == MAX_FIELDS)
		return "too many fields";
	field->offset = shape->size;
	shape->size += field->shape.size;
	fields->field[fields->count++] = *field;
	return check_size(&field->shape);
}

static const char *parse_fields(char *copy, struct shape *shape, struct fields *fields)
{
	char *text;

	shape->fields = fields;
	while ((text = strsep(&copy, ","))) {
		struct field field = { 0 };
		const char *error = parse_field(text, &field);

		if (!error)
			error = add_field(shape, fields, &field);
		if (error)
			return error;
	}
	return NULL;
}

static const char *parse_struct(const char *text, struct shape *shape)
{
	struct fields *fields = calloc(1, sizeof(*fields));
	char copy[BUCKETMAP_FIELDS_SIZE];
	const char *error;

	if (!fields)
		return "out of memory";
	strcpy(fields->text, text);
	strcpy(copy, text);
	*shape = (struct shape) { .format = BUCKETMAP_FORMAT_HEX };
	error = parse_fields(copy, shape, fields);
	if (error)
		free(fields);
	return error;
}

const char *parse_format(const char *text, __u32 size, struct shape *shape)
{
	char copy[BUCKETMAP_FIELDS_SIZE];
	struct field field = { 0 };
	const char *error;

	if (strlen(text) >= sizeof(copy))
		return "longer than 255 characters";
	strcpy(copy, text);
	error = strchr(text, ',') ? NULL : parse_field(copy, &field);
	if (error)
		return error;
	if (strchr(text, ',') || *field.name) {
		error = parse_struct(text, shape);
	} else {
		*shape = field.shape;
		if (shape->size == NO_SIZE)
			shape->size = size;
		error = shape->size == NO_SIZE ? NULL : check_size(shape);
	}
	if (error || size == NO_SIZE || shape->size == size)
		return error;
	free_shape(shape);
	return "has another size";
}

void free_shape(struct shape *shape)
{
	free((void *)shape->fields);
	shape->fields = NULL;
}

const char *shape_text(const struct shape *shape)
{
	return shape->fields ? shape->fields->text : format_name(shape->format);
}

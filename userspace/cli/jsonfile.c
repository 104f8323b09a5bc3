// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps in JSON: their brackets are read here, and the objects in them by jansson.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "jsonfile.h"

#define TRUNCATED	"JSON truncated"

/* Room for a number, the longest text of a JSON value that is no string. */
#define NUMBER_SIZE	24

/* Returns the next byte, or EOF. */
static int next_byte(struct dump_reader *reader)
{
	int c = reader->pushed_back;

	reader->pushed_back = 0;
	if (c)
		return c;
	c = getc_unlocked(reader->file);
	reader->line_number += c == '\n';
	reader->bytes += c != EOF;
	if (reader->copy && c != EOF)
		putc(c, reader->copy);
	return c;
}

static int next_char(struct dump_reader *reader)
{
	int c;

	do {
		c = next_byte(reader);
	} while (c == ' ' || c == '\t' || c == '\n' || c == '\r');
	return c;
}

/* Jansson asks for more than it needs; one byte at a time, nothing is lost behind its object. */
static size_t read_for_jansson(void *buffer, size_t size, void *context)
{
	int c = size ? next_byte(context) : EOF;

	if (c == EOF)
		return 0;
	*(char *)buffer = (char)c;
	return 1;
}

static const char *end_or(const struct dump_reader *reader, int c, const char *problem)
{
	if (ferror(reader->file))
		return strerror(errno);
	return c == EOF ? TRUNCATED : problem;
}

static const char *expect(struct dump_reader *reader, int wanted)
{
	int c = next_char(reader);

	return c == wanted ? NULL : end_or(reader, c, "not JSON as dump and scan print it");
}

/* Reads an object. Its first byte must be a '{'. */
static const char *read_object(struct dump_reader *reader, json_t **object)
{
	const char *error = expect(reader, '{');
	json_error_t problem;

	if (error)
		return error;
	reader->pushed_back = '{';
	*object = json_load_callback(read_for_jansson, reader,
				     JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &problem);
	if (*object)
		return NULL;
	return end_or(reader, feof(reader->file) ? EOF : 0, "not a JSON object");
}

/* The text that stands for a value in a dump that is not JSON; NULL if there is none. */
static const char *text_of(const json_t *value, char number[NUMBER_SIZE])
{
	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_integer(value))
		return NULL;
	snprintf(number, NUMBER_SIZE, "%lld", (long long)json_integer_value(value));
	return number;
}

static const char *read_attributes(struct dump_reader *reader)
{
	const char *error, *name;
	json_t *object, *value;

	error = read_object(reader, &object);
	if (error)
		return error;
	begin_attributes(&reader->attributes);
	json_object_foreach(object, name, value) {
		char number[NUMBER_SIZE];

		/* The map's name and its usage are no attributes of the copy. */
		if (!error && is_attribute(name))
			error = set_dump_attribute(reader, name, text_of(value, number));
	}
	json_decref(object);
	reader->described = true;
	return error ? error : end_dump_attributes(reader);
}

/* Reads the name of a member and its colon. */
static const char *read_name(struct dump_reader *reader, char name[16])
{
	const char *error = expect(reader, '"');
	size_t length = 0;
	int c;

	if (error)
		return error;
	while ((c = next_byte(reader)) != '"' && c != EOF && length < 15)
		name[length++] = (char)c;
	name[length] = '\0';
	return c == '"' ? expect(reader, ':') :
			  end_or(reader, c, "neither \"map\" nor \"entries\"");
}

static const char *read_members(struct dump_reader *reader)
{
	const char *error;
	char name[16];

	do {
		error = read_name(reader, name);
		if (error)
			return error;
		if (!strcmp(name, "entries"))
			return reader->described ? expect(reader, '[') :
						   "\"map\" must come before \"entries\"";
		if (strcmp(name, "map") != 0)
			return "neither \"map\" nor \"entries\"";
		error = read_attributes(reader);
	} while (!error && !(error = expect(reader, ',')));
	return error;
}

const char *read_json_header(struct dump_reader *reader)
{
	reader->line_number = 1;
	reader->entries = 0;
	reader->described = false;
	return next_char(reader) == '[' ? NULL : read_members(reader);
}

static const char *take_thing(const json_t *value, void *bytes, struct shape shape)
{
	char number[NUMBER_SIZE];
	const char *text = text_of(value, number);

	if (!text || (text == number && !is_numeric(&shape)))
		return "a JSON value of the wrong type";
	return parse_operand(text, bytes, shape);
}

static const char *take_struct(const json_t *object, char *bytes, const struct fields *fields)
{
	if (json_object_size(object) != fields->count)
		return "not the fields of the struct";
	for (__u32 i = 0; i < fields->count; i++) {
		const struct field *field = &fields->field[i];
		const json_t *value = json_object_get(object, field->name);
		const char *error = value ? take_thing(value, bytes + field->offset, field->shape) :
					    "not the fields of the struct";

		if (error)
			return error;
	}
	return NULL;
}

static const char *take_bytes(const json_t *value, void *bytes, struct shape shape)
{
	if (!value)
		return "an entry without key or value";
	if (shape.fields && json_is_object(value))
		return take_struct(value, bytes, shape.fields);
	return take_thing(value, bytes, shape);
}

static const char *check_end(struct dump_reader *reader)
{
	const char *error = reader->described ? expect(reader, '}') : NULL;

	if (error)
		return error;
	return next_char(reader) == EOF ? end_or(reader, 0, NULL) :
					  "data after the end of the dump";
}

const char *read_json_entry(struct dump_reader *reader, void *key, void *value, bool *end)
{
	int c = next_char(reader);
	const char *error;
	json_t *object;

	*end = c == ']';
	if (*end)
		return check_end(reader);
	if (!reader->entries)
		reader->pushed_back = c;
	else if (c != ',')
		return end_or(reader, c, "no comma between two entries");
	error = read_object(reader, &object);
	if (error)
		return error;
	reader->entries++;
	error = take_bytes(json_object_get(object, "key"), key, reader->attributes.key);
	if (!error)
		error = take_bytes(json_object_get(object, "value"), value,
				   reader->attributes.value);
	json_decref(object);
	return error;
}

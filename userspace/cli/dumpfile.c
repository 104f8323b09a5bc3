// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps: maps as text files.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "describe.h"
#include "dumpfile.h"
#include "escape.h"
#include "hashes.h"
#include "jsonfile.h"
#include "output.h"
#include "report.h"

#define MAGIC		"bucketmap dump 1 "
#define END		"end "
#define SUM		" sum="
#define SUM_DIGITS	16

#define TRUNCATED	"dump truncated: no end line"

/* FNV-1a, by Fowler, Noll and Vo: any change of one byte changes the sum. */
#define FIRST_SUM	0xcbf29ce484222325ULL

static __u64 add_to_sum(__u64 sum, const char *bytes, size_t count)
{
	while (count--)
		sum = (sum ^ (unsigned char)*bytes++) * 0x100000001b3ULL;
	return sum;
}

static void print_attributes(const struct bucketmap_info *info)
{
	printf(MAGIC "key_size=%u value_size=%u", info->key_size, info->value_size);
	printf(" key_format=%s value_format=%s", key_format(info), value_format(info));
	printf(" hash=%s capacity=%llu max_entries=%llu mode=%04o", hash_name(info->flags),
	       info->capacity, info->max_entries, info->mode);
	if (info->flags & BUCKETMAP_CREATE_MAPPABLE)
		printf(" mappable=1");
}

void print_dump_header(const struct bucketmap_info *info)
{
	print_attributes(info);
	printf("\n");
}

static void print_remembered(const char *name, __u32 number, const char *fields)
{
	char word[ESCAPED_SIZE(BUCKETMAP_FIELDS_SIZE)];

	escape(word, fields);
	printf(" %s=%u,%s", name, number, word);
}

void print_saved_header(const struct bucketmap_info *info)
{
	print_attributes(info);
	printf(" uid=%u gid=%u", info->uid, info->gid);
	print_remembered("key_remembered", info->key_format, info->key_fields);
	print_remembered("value_remembered", info->value_format, info->value_fields);
	printf("\n");
}

void print_dump_entry(const struct target *target, const void *key, const void *value)
{
	print_bytes(key, target->key, '\t');
	print_bytes(value, target->value, '\n');
}

void print_dump_end(__u64 entries)
{
	printf(END "%llu\n", entries);
}

void print_saved_end(__u64 entries)
{
	__u64 sum = FIRST_SUM;
	char bytes[65536];
	off_t offset = 0;
	ssize_t count;

	flush_output();
	while ((count = pread(STDOUT_FILENO, bytes, sizeof(bytes), offset)) > 0) {
		sum = add_to_sum(sum, bytes, count);
		offset += count;
	}
	if (count < 0)
		output_error();
	printf(END "%llu" SUM "%0*llx\n", entries, SUM_DIGITS, sum);
}

/* Returns a message about what was read. */
static __attribute__((format(printf, 2, 3)))
const char *problem(struct dump_reader *reader, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reader->problem, sizeof(reader->problem), format, arguments);
	va_end(arguments);
	return reader->problem;
}

static const char *invalid_attribute(struct dump_reader *reader, const char *name)
{
	return problem(reader, "unknown or invalid field '%s' in the header", name);
}

const char *set_dump_attribute(struct dump_reader *reader, const char *name, const char *text)
{
	return text && set_attribute(&reader->attributes, name, text) ? NULL :
		invalid_attribute(reader, name);
}

const char *end_dump_attributes(struct dump_reader *reader)
{
	const char *invalid;

	if (!has_sizes(&reader->attributes))
		return "the header has no key_size or no value_size";
	invalid = end_attributes(&reader->attributes);
	return invalid ? invalid_attribute(reader, invalid) : NULL;
}

static bool begins_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

static const char *read_error(const struct dump_reader *reader)
{
	return ferror(reader->file) ? strerror(errno) : TRUNCATED;
}

/* Reads a line, and removes its newline. */
static const char *read_line(struct dump_reader *reader)
{
	size_t length = 0;
	int c = 0;

	reader->line_number++;
	errno = 0;
	while (length < sizeof(reader->line) && (c = getc_unlocked(reader->file)) > 0 && c != '\n')
		reader->line[length++] = (char)c;
	reader->complete = c == '\n';
	reader->bytes += length + reader->complete;
	if (!c)
		return "a zero byte, which has no place in a dump";
	if (length == sizeof(reader->line))
		return problem(reader, "too long: more than %zu bytes", length - 1);
	reader->line[length] = '\0';
	if (c == EOF && (ferror(reader->file) || !length))
		return read_error(reader);
	if (reader->copy && fprintf(reader->copy, "%s\n", reader->line) < 0)
		return "cannot write to the temporary file";
	return NULL;
}

/* Reads a line that must be complete: the missing part could belong to a number. */
static const char *read_whole_line(struct dump_reader *reader)
{
	const char *error = read_line(reader);

	return error || reader->complete ? error : TRUNCATED;
}

static void add_line_to_sum(struct dump_reader *reader)
{
	reader->sum = add_to_sum(reader->sum, reader->line, strlen(reader->line));
	reader->sum = add_to_sum(reader->sum, "\n", 1);
}

static const char *read_text_header(struct dump_reader *reader)
{
	const char *error = read_whole_line(reader);
	char *rest, *name, *text;

	if (error)
		return error;
	if (!begins_with(reader->line, MAGIC))
		return "not a dump, which begins with 'bucketmap dump 1'";
	reader->sum = FIRST_SUM;
	add_line_to_sum(reader);
	begin_attributes(&reader->attributes);
	rest = reader->line + strlen(MAGIC);
	while (!error && (text = strsep(&rest, " "))) {
		name = strsep(&text, "=");
		error = set_dump_attribute(reader, name, text);
	}
	reader->described = true;
	return error ? error : end_dump_attributes(reader);
}

const char *read_dump_header(struct dump_reader *reader)
{
	int c;

	if (reader->form == DUMP_TSV)
		return NULL;
	c = getc(reader->file);
	/* A signal may have ended the wait for input, which another read would begin again. */
	if (c == EOF) {
		reader->line_number++;
		return read_error(reader);
	}
	ungetc(c, reader->file);
	reader->form = c == '{' || c == '[' ? DUMP_JSON : DUMP_TEXT;
	return reader->form == DUMP_JSON ? read_json_header(reader) : read_text_header(reader);
}

/* Removes the sum from the end line, and checks it; a sum that is truncated is wrong. */
static const char *check_sum(struct dump_reader *reader)
{
	char *text = strstr(reader->line, SUM), *end;
	__u64 sum;

	reader->has_sum = text;
	if (!text)
		return NULL;
	*text = '\0';
	text += strlen(SUM);
	sum = strtoull(text, &end, 16);
	if (end == text + SUM_DIGITS && !*end && sum == reader->sum)
		return NULL;
	return reader->complete ? "the sum of the dump is another one: it was changed or damaged" :
		TRUNCATED;
}

/* Checks the line without a tab, after the last entry. */
static const char *check_end(struct dump_reader *reader)
{
	__u64 entries = reader->line_number - 2, counted;
	const char *error = begins_with(reader->line, END) ? check_sum(reader) : NULL;

	if (error)
		return error;
	if (!begins_with(reader->line, END) ||
	    !parse_unsigned(reader->line + strlen(END), 10, ~0ULL, &counted))
		return reader->complete ? "neither 'key<TAB>value' nor 'end NUMBER'" : TRUNCATED;
	if (counted != entries)
		return problem(reader, "the end line says %llu entries, but there are %llu",
			       counted, entries);
	if (fgetc(reader->file) != EOF)
		return "data after the end of the dump";
	return ferror(reader->file) ? strerror(errno) : NULL;
}

void read_dump_again(struct dump_reader *reader, FILE *file)
{
	reader->file = file;
	reader->copy = NULL;
	reader->line_number = 0;
}

/* Parses the line as an entry; @tab is where its value begins. */
static const char *take_entry(struct dump_reader *reader, char *tab, void *key, void *value)
{
	const char *error;

	*tab = '\0';
	error = parse_operand(reader->line, key, reader->attributes.key);
	return error ? error : parse_operand(tab + 1, value, reader->attributes.value);
}

static const char *read_text_entry(struct dump_reader *reader, void *key, void *value, bool *end)
{
	const char *error = read_line(reader);
	char *tab;

	if (error)
		return error;
	tab = strchr(reader->line, '\t');
	*end = !tab;
	if (*end)
		return check_end(reader);
	if (!reader->complete)
		return TRUNCATED;
	add_line_to_sum(reader);
	return take_entry(reader, tab, key, value);
}

/* In a set a key may stand alone. */
static const char *read_tsv_entry(struct dump_reader *reader, void *key, void *value, bool *end)
{
	int c = getc(reader->file);
	const char *error;
	char *tab;

	*end = c == EOF;
	if (*end)
		return ferror(reader->file) ? strerror(errno) : NULL;
	ungetc(c, reader->file);
	error = read_line(reader);
	if (error)
		return error;
	tab = strchr(reader->line, '\t');
	if (tab)
		return take_entry(reader, tab, key, value);
	return reader->attributes.value.size ? "no tab between a key and a value" :
		parse_operand(reader->line, key, reader->attributes.key);
}

const char *read_dump_entry(struct dump_reader *reader, void *key, void *value, bool *end)
{
	switch (reader->form) {
	case DUMP_JSON:
		return read_json_entry(reader, key, value, end);
	case DUMP_TSV:
		return read_tsv_entry(reader, key, value, end);
	default:
		return read_text_entry(reader, key, value, end);
	}
}

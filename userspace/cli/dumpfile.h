/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dumps: maps as text files.
 *
 *	bucketmap dump 1 key_size=16 value_size=8 key_format=text value_format=dec hash=siphash
 *		capacity=0 max_entries=0 mode=0600		(on one line)
 *	alice	5
 *	hex:00ff0000000000000000000000000000	1
 *	end 2
 *
 * The first line describes the map, with the formats of keys and values in this
 * file. Each further line is an entry, "key<TAB>value" as scan prints it, in no
 * particular order. The last line has the number of entries, so that a truncated
 * dump is detected. Only the last line may lack its newline: any other line
 * without one may be the beginning of a longer line.
 *
 * A saved map is a dump with more attributes in its first line, " uid=0 gid=0" and
 * what the kernel stores of the formats, "key_remembered=1, value_remembered=2,";
 * and with the sum of all lines before the last one in that one, FNV-1a of 64 bits:
 *
 *	end 2 sum=01ab23cd45ef6789
 *
 * Other forms can be read, too: JSON, see jsonfile.h, and lines without the first
 * and the last one (TSV).
 */
#ifndef _BUCKETMAP_CLI_DUMPFILE_H
#define _BUCKETMAP_CLI_DUMPFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "attributes.h"
#include "target.h"

/* Print parts of a dump to standard output. */
void print_dump_header(const struct bucketmap_info *info);
void print_dump_entry(const struct target *target, const void *key, const void *value);
void print_dump_end(__u64 entries);

/*
 * The same for a saved map. Standard output must be a regular file that begins with
 * its header, and be open for reading too.
 */
void print_saved_header(const struct bucketmap_info *info);
void print_saved_end(__u64 entries);

/* A line has a key, a value, a tab, a newline and a terminator. */
#define DUMP_LINE_SIZE	(2 * OPERAND_SIZE + 2)

enum dump_form {
	DUMP_TEXT,
	DUMP_JSON,
	DUMP_TSV,
};

/**
 * struct dump_reader - a dump that is being read
 * @file: the file
 * @copy: file that all is copied to as it is; NULL for none
 * @form: the caller sets DUMP_TSV; others are recognized
 * @described: whether the dump describes the map
 * @attributes: attributes of the map, from the header; if @described is false, the
 *	caller sets the shapes
 * @line_number: number of lines read
 * @bytes: number of bytes read
 * @sum: text: sum of the lines with the header and the entries
 * @has_sum: text: whether the last line has it, in a dump that was read to its end
 * @entries: JSON: number of entries read
 * @pushed_back: JSON: byte to be read next, or 0
 * @complete: whether the last line had a newline
 * @line: the last line, without its newline
 * @problem: a message about it
 */
struct dump_reader {
	FILE *file;
	FILE *copy;
	enum dump_form form;
	bool described;
	struct attributes attributes;
	__u64 line_number;
	__u64 bytes;
	__u64 sum;
	bool has_sum;
	__u64 entries;
	int pushed_back;
	bool complete;
	char line[DUMP_LINE_SIZE];
	char problem[128];
};

/* Reads the same dump again from its header, which is at the current position of @file. */
void read_dump_again(struct dump_reader *reader, FILE *file);

/* Set an attribute, for which @text may be NULL, and end them. Return NULL, or what is wrong. */
const char *set_dump_attribute(struct dump_reader *reader, const char *name, const char *text);
const char *end_dump_attributes(struct dump_reader *reader);

/* These return NULL, or a description of the error in the last line. */
const char *read_dump_header(struct dump_reader *reader);
const char *read_dump_entry(struct dump_reader *reader, void *key, void *value, bool *end);

#endif /* _BUCKETMAP_CLI_DUMPFILE_H */

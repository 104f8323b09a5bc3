/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dumps: maps as text files.
 *
 *	bucketmap dump 1 key_size=16 value_size=8 key_format=text value_format=dec hash=siphash
 *		capacity=0 max_entries=0 mode=0600		(in one line)
 *	alice	5
 *	hex:00ff0000000000000000000000000000	1
 *	end 2
 *
 * The first line says what map it is, and by the formats in it the keys and
 * values are to be read. Each line then is an entry, "key<TAB>value" as scan
 * prints it, in no order. The last line has the number of entries, so that a
 * dump that was cut off is noticed. It alone may lack its newline: any other line
 * without one may be the beginning of a longer one.
 */
#ifndef _BUCKETMAP_CLI_DUMPFILE_H
#define _BUCKETMAP_CLI_DUMPFILE_H

#include <stdbool.h>
#include <stdio.h>

#include "target.h"

/* Parts of a dump, on standard output. */
void print_dump_header(const struct bucketmap_info *info);
void print_dump_entry(const struct target *target, const void *key, const void *value);
void print_dump_end(__u64 entries);

/* A line has a key, a value, the tab and the newline, and the end of a string. */
#define DUMP_LINE_SIZE	(2 * OPERAND_SIZE + 2)

/**
 * struct dump_reader - a dump that is being read
 * @file: the file
 * @copy: gets all lines that are read, as they are; NULL for none
 * @config: the map, as the header has it; without a name
 * @key: shape of the keys
 * @value: shape of the values
 * @line_number: lines read
 * @bytes: bytes read
 * @complete: whether the last one had its newline
 * @line: the last one, without it
 */
struct dump_reader {
	FILE *file;
	FILE *copy;
	struct bucketmap_create config;
	struct shape key;
	struct shape value;
	__u64 line_number;
	__u64 bytes;
	bool complete;
	char line[DUMP_LINE_SIZE];
};

/* Has the same dump read again from its header on, which is where @file stands. */
void read_dump_again(struct dump_reader *reader, FILE *file);

/* These return NULL, or what is wrong with the last line. */
const char *read_dump_header(struct dump_reader *reader);
const char *read_dump_entry(struct dump_reader *reader, void *key, void *value, bool *end);

#endif /* _BUCKETMAP_CLI_DUMPFILE_H */

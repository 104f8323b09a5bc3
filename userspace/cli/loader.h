/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Storing the entries of a dump in a map:
 *
 *	open_dump(&loader, file);
 *	check_dump(&loader, name);		(optional)
 *	read_dump(&loader, name);
 *	store_dump(&loader, name, map);
 *
 * All end the program on errors.
 */
#ifndef _BUCKETMAP_CLI_LOADER_H
#define _BUCKETMAP_CLI_LOADER_H

#include <stdbool.h>
#include <sys/types.h>

#include "dumpfile.h"
#include "target.h"

/*
 * Entries to store at a time. Few enough that an interrupt is noticed soon, even
 * if each of them is refused only after the kernel has tried to reclaim memory.
 */
#define BATCH_ENTRIES	256

/**
 * struct loader - a load in progress
 * @target: the map
 * @file_name: name of the file, for messages
 * @bytes: number of bytes to read; 0 if unknown
 * @begin: offset of the dump in the file; negative if it can be read only once
 * @reader: the dump
 * @loaded: number of entries stored
 * @undone: the end of the program removes them, so that messages do not count them
 * @count: number of entries in the columns
 * @lines: column of their line numbers
 * @keys: column of keys
 * @values: column of values
 * @results: column of results
 */
struct loader {
	struct target target;
	const char *file_name;
	__u64 bytes;
	off_t begin;
	struct dump_reader reader;
	__u64 loaded;
	bool undone;
	__u32 count;
	__u64 lines[BATCH_ENTRIES];
	char *keys;
	char *values;
	__s32 *results;
};

/* Opens a file with a dump; NULL for standard input. */
void open_dump(struct loader *loader, const char *name);

/*
 * Opens a file of an open directory, wherever that is now, and follows no link.
 * @path is for messages.
 */
void open_dump_at(struct loader *loader, int directory, const char *file, const char *path);

/* Reads the whole dump, and goes back to its beginning. @name is the map's. */
void check_dump(struct loader *loader, const char *name);

/* Reads the header. Opens the map if the dump does not describe it. */
void read_dump(struct loader *loader, const char *name);

/* Stores the entries in @map, which may be NULL if read_dump() has opened it. Closes the file. */
void store_dump(struct loader *loader, const char *name, struct bucketmap *map);

#endif /* _BUCKETMAP_CLI_LOADER_H */

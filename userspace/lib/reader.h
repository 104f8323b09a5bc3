/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lookups in a mapped map, without a system call.
 */
#ifndef _LIBBUCKETMAP_READER_H
#define _LIBBUCKETMAP_READER_H

#include "mapping.h"

/* The caller must ask the kernel. No lookup returns this. */
#define READER_ASK	1

/* Resolves the short form of the whole value. Returns false for a window outside of it. */
bool reader_window(const struct mapping *mapping, __u32 *offset, __u32 *length);

/* Returns 0, -ENOENT or READER_ASK. */
int reader_lookup(struct mapping *mapping, const void *key, void *value, __u32 offset,
		  __u32 length);

/**
 * struct reader_columns - lookups of many keys
 * @keys: the keys, without gaps
 * @values: the windows, without gaps; or NULL
 * @results: result of each lookup
 * @offset: where the window begins in each value
 * @length: size of the window in bytes
 */
struct reader_columns {
	const unsigned char *keys;
	unsigned char *values;
	__s32 *results;
	__u32 offset;
	__u32 length;
};

/* At most as many lookups at once. */
#define READER_GROUP	32

/* Results are as those of reader_lookup(). */
void reader_lookup_group(struct mapping *mapping, const struct reader_columns *columns,
			 __u32 count);

#endif /* _LIBBUCKETMAP_READER_H */

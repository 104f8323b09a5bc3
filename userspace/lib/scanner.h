/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scans of a mapped map, without a system call.
 */
#ifndef _LIBBUCKETMAP_SCANNER_H
#define _LIBBUCKETMAP_SCANNER_H

#include "mapping.h"

/**
 * struct scanner - one call of a scan
 * @position: hash of the next entry, as in struct bucketmap_cursor
 * @end: there is no next entry
 * @keys: the keys, without gaps
 * @values: the windows, without gaps; or NULL
 * @offset: where the window begins in each value
 * @length: size of the window in bytes
 * @capacity: how many entries there is memory for
 * @count: how many were read
 */
struct scanner {
	__u64 position;
	bool end;
	unsigned char *keys;
	unsigned char *values;
	__u32 offset;
	__u32 length;
	__u32 capacity;
	__u32 count;
};

/*
 * Reads the next entries, and moves the position behind them. Stops before the end
 * and with memory left if the caller must ask the kernel for what comes next. Memory
 * behind the entries that were read may be written to.
 */
void scanner_scan(struct mapping *mapping, struct scanner *scanner);

#endif /* _LIBBUCKETMAP_SCANNER_H */

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Walks over all entries: read them or remove them. A mapped map is read here, as
 * far as that is possible.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"
#include "reader.h"
#include "scanner.h"

/*
 * Returns false if the kernel must be asked, be it only to say what is wrong. It goes
 * on behind the buckets that were found empty here.
 */
static bool scan_mapped(struct bucketmap *map, struct scanner *scanner)
{
	struct scanner mapped = *scanner;

	if (!map->mapping || !mapped.keys || mapped.end ||
	    !reader_window(map->mapping, &mapped.offset, &mapped.length))
		return false;
	scanner_scan(map->mapping, &mapped);
	if (!mapped.count && !mapped.end) {
		scanner->position = mapped.position;
		return false;
	}
	*scanner = mapped;
	return true;
}

static int scan(struct bucketmap *map, struct scanner *scanner)
{
	struct bucketmap_scan scan = {
		.size = sizeof(scan),
		.flags = scanner->end ? BUCKETMAP_SCAN_END : 0,
		.position = scanner->position,
		.keys = pointer_to_u64(scanner->keys),
		.values = pointer_to_u64(scanner->values),
		.capacity = scanner->capacity,
		.offset = scanner->offset,
		.length = scanner->length,
	};
	int ret = bucketmap_ioctl(map->fd, BUCKETMAP_IOC_SCAN, &scan);

	scanner->count = scan.count;
	if (ret)
		return ret;
	scanner->position = scan.position;
	scanner->end = scan.flags & BUCKETMAP_SCAN_END;
	return 0;
}

/* A later version may let a cursor say more. It must not be misunderstood by this one. */
static bool is_known(const struct bucketmap_cursor *cursor)
{
	static const __u8 zeros[sizeof(cursor->reserved)];

	return !memcmp(cursor->reserved, zeros, sizeof(zeros));
}

int bucketmap_scan(struct bucketmap *map, struct bucketmap_cursor *cursor,
		   void *keys, void *values, __u32 offset, __u32 length,
		   __u32 capacity, __u32 *count)
{
	struct scanner scanner = {
		.position = cursor->position,
		.end = cursor->end,
		.keys = keys,
		.values = values,
		.offset = offset,
		.length = length,
		.capacity = capacity,
	};
	int ret;

	if (!is_known(cursor))
		return -EINVAL;
	ret = scan_mapped(map, &scanner) ? 0 : scan(map, &scanner);

	if (!ret) {
		cursor->position = scanner.position;
		cursor->end = scanner.end;
	}
	if (!ret || ret == -ENOBUFS)
		*count = scanner.count;
	return ret;
}

int bucketmap_clear(struct bucketmap *map, struct bucketmap_cursor *cursor, __u64 deadline)
{
	struct bucketmap_clear clear = {
		.size = sizeof(clear),
		.flags = cursor->end ? BUCKETMAP_SCAN_END : 0,
		.position = cursor->position,
		.deadline = deadline,
	};
	int ret;

	if (!is_known(cursor))
		return -EINVAL;
	ret = bucketmap_ioctl(map->fd, BUCKETMAP_IOC_CLEAR, &clear);

	cursor->position = clear.position;
	cursor->end = clear.flags & BUCKETMAP_SCAN_END;
	return ret;
}

// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One operation on many entries. The kernel stops at a signal and says how many
 * are finished; the columns are then moved behind those.
 */
#include <errno.h>

#include "internal.h"

static void advance_column(__u64 *column, __u64 bytes)
{
	if (*column)
		*column += bytes;
}

/* @batch was interrupted after some entries: makes it stand for those @left. */
static int advance(struct bucketmap *map, struct bucketmap_batch *batch, __u64 left)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	__u64 finished = batch->count, window = batch->length;
	int ret = bucketmap_info(map, &info);

	if (ret)
		return ret;
	if (batch->operation == BUCKETMAP_ADD)
		window = sizeof(__u64);
	else if (!batch->offset && !batch->length)
		window = info.value_size;
	advance_column(&batch->keys, finished * info.key_size);
	advance_column(&batch->values, finished * window);
	advance_column(&batch->expected, finished * window);
	advance_column(&batch->previous, finished * window);
	advance_column(&batch->results, finished * sizeof(__s32));
	batch->count = left;
	return 0;
}

/* Errors that leave the count as the caller gave it: no entry was begun. */
static int nothing_was_begun(int ret)
{
	return ret == -EBADF || ret == -E2BIG || ret == -EINVAL || ret == -ENOTTY;
}

/*
 * The caller's structure may be shorter or longer than the library knows it, so
 * it is never copied as a whole: what advance() moves is put back.
 */
int bucketmap_batch(struct bucketmap *map, struct bucketmap_batch *batch)
{
	const __u64 keys = batch->keys, values = batch->values, expected = batch->expected;
	const __u64 previous = batch->previous, results = batch->results, count = batch->count;
	__u64 finished = 0;
	int ret;

	do {
		ret = bucketmap_ioctl_once(map->fd, BUCKETMAP_IOC_BATCH, batch);
		if (!nothing_was_begun(ret))
			finished += batch->count;
	} while (ret == -EINTR && !(ret = advance(map, batch, count - finished)));
	batch->keys = keys;
	batch->values = values;
	batch->expected = expected;
	batch->previous = previous;
	batch->results = results;
	batch->count = finished;
	return ret;
}

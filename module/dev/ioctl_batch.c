// SPDX-License-Identifier: GPL-2.0
/*
 * BATCH: one operation on many entries.
 *
 * Entries are processed in groups, through a buffer of columns. A call stops
 * only between two groups. After a fault inside a group, its entries before the
 * fault are finished, and the remaining entries are processed one by one: the
 * first inaccessible one ends the call. So the number of finished entries is
 * always exact. No locks of its own.
 */
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "core/core.h"
#include "dev/deadline.h"
#include "dev/map_file.h"
#include "dev/request.h"

/* Limits of a group: large enough that the cost per group is small. */
#define GROUP_ENTRIES	128
#define GROUP_BYTES	(32 * 1024)

/* Size of the largest entry, with all columns. */
#define ENTRY_BYTES_MAX	(BUCKETMAP_KEY_SIZE_MAX +			\
			 3 * BUCKETMAP_VALUE_SIZE_MAX + sizeof(s32))

static_assert(ENTRY_BYTES_MAX <= GROUP_BYTES);

static u32 group_entries(const struct bm_request *request, u64 count)
{
	u32 fit = GROUP_BYTES / bm_request_entry_bytes(request);

	return min_t(u64, count, min_t(u32, fit, GROUP_ENTRIES));
}

/*
 * Executes the next entries, @finished of them. Returns 0, also if these are
 * fewer than @count because of a fault, which the next call meets again;
 * -EFAULT if the result of an executed write is lost, so that the entry cannot
 * be retried; or what bucketmap_batch() returns.
 */
static int run_group(const struct bm_request *request, struct bucketmap *map,
		     u32 count, u32 *finished)
{
	struct bucketmap_op op;
	u32 done;
	int err;

	*finished = 0;
	count = bm_request_read(request, count);
	if (bm_op_writes(request->rule))
		count = bm_request_prepare(request, count);
	bm_request_op(request, &op);
	done = bm_batch(map, &op, count, BM_GFP);
	err = done < count ? -EINTR : 0;
	*finished = bm_request_write(request, done);
	if (*finished < done && bm_op_writes(request->rule))
		err = -EFAULT;
	return err;
}

static int run_groups(struct bm_request *request, struct bucketmap *map,
		      u32 capacity, u64 count, u64 deadline, u64 *done)
{
	while (*done < count) {
		u32 wanted = min_t(u64, capacity, count - *done);
		u32 finished;
		int err = bm_must_stop(deadline);

		if (err)
			return err;
		err = run_group(request, map, wanted, &finished);
		*done += finished;
		if (err)
			return err;
		if (!finished && wanted == 1)
			return -EFAULT;
		if (finished < wanted)
			capacity = 1;
		bm_request_advance(request, finished);
		cond_resched();
	}
	return 0;
}

/**
 * bm_batch_run() - BUCKETMAP_IOC_BATCH
 * @file: descriptor of the map
 * @number: BUCKETMAP_IOC_BATCH
 * @arguments: struct bucketmap_batch; its member done is the number of finished
 *	entries, whatever the call returns
 *
 * Context: Process context. May sleep.
 * Return: 0 when all entries are finished, or
 *   -EBADF   the operation writes and @file is not open for writing
 *   -EFAULT  a column is not accessible at the first unfinished entry
 *   -EINTR   a signal arrived
 *   -EINVAL  a flag or reserved member is set, done is larger than count, the
 *	operation is unknown, a member that it does not use is set, the window
 *	does not lie inside the value, or a number that is not aligned
 *   -ENOMEM  no memory for the call
 *   -ETIME   the deadline has passed
 */
long bm_batch_run(struct file *file, unsigned int number,
		  union bm_arguments *arguments)
{
	struct bucketmap_batch *batch = &arguments->batch;
	struct bm_request request = {
		.operation = batch->operation,
		.window = { batch->offset, batch->length },
		.columns = {
			[BM_KEYS].user		= batch->keys,
			[BM_VALUES].user	= batch->values,
			[BM_EXPECTED].user	= batch->expected,
			[BM_PREVIOUS].user	= batch->previous,
			[BM_RESULTS] = { batch->results, sizeof(s32), true },
		},
	};
	u32 capacity;
	int err;

	if (batch->flags || batch->reserved || batch->done > batch->count)
		return -EINVAL;
	err = bm_request_check(&request, file);
	if (err)
		return err;
	if (batch->done == batch->count)
		return 0;

	capacity = group_entries(&request, batch->count - batch->done);
	err = bm_request_init(&request, capacity);
	if (err)
		return err;
	bm_request_advance(&request, batch->done);
	err = run_groups(&request, bm_map_instance(file)->map, capacity,
			 batch->count, bm_deadline(batch->deadline),
			 &batch->done);
	bm_request_exit(&request);
	return err;
}

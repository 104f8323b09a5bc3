// SPDX-License-Identifier: GPL-2.0
/*
 * BATCH: one operation on many entries.
 *
 * They go in chunks through a buffer of columns. What stops a call, stops it
 * between two chunks. After a fault somewhere in a chunk, its entries before
 * that are finished first and the others go one by one: the first of those that
 * is not there ends the call. So the entries that are finished are always known
 * exactly. No locks of its own.
 */
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "core/core.h"
#include "dev/deadline.h"
#include "dev/map_file.h"
#include "dev/request.h"

/* The most that a chunk has: enough to make the next chunk cheap. */
#define CHUNK_ENTRIES	128
#define CHUNK_BYTES	(32 * 1024)

/* The largest entry, with all columns that there are. */
#define ENTRY_BYTES_MAX	(BUCKETMAP_KEY_SIZE_MAX +			\
			 3 * BUCKETMAP_VALUE_SIZE_MAX + sizeof(s32))

static_assert(ENTRY_BYTES_MAX <= CHUNK_BYTES);

static u32 chunk_entries(const struct bm_request *request, u64 count)
{
	u32 fit = CHUNK_BYTES / bm_request_entry_bytes(request);

	return min_t(u64, count, min_t(u32, fit, CHUNK_ENTRIES));
}

/*
 * Carries out the next entries, @finished of them. Returns 0, also when these
 * are fewer because of a fault, which is met again; -EFAULT when an answer is
 * lost, so that its entry cannot be tried again; or as bucketmap_batch().
 */
static int run_chunk(const struct bm_request *request, struct bucketmap *map,
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

static int run_chunks(struct bm_request *request, struct bucketmap *map,
		      u32 capacity, u64 count, u64 deadline, u64 *done)
{
	while (*done < count) {
		u32 wanted = min_t(u64, capacity, count - *done);
		u32 finished;
		int err = bm_must_stop(deadline);

		if (err)
			return err;
		err = run_chunk(request, map, wanted, &finished);
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
 * @arguments: struct bucketmap_batch; its member done says, whatever the call
 *	returns, how many entries are finished
 *
 * Context: Process context. May sleep.
 * Return: 0 when all entries are finished, or
 *   -EBADF   the operation writes and @file is not open for writing
 *   -EFAULT  some column is not there for the first entry that is not finished
 *   -EINTR   a signal came
 *   -EINVAL  a flag, a reserved member, more entries done than there are, an
 *	unknown operation, something that it does not use, a window that does
 *	not lie inside the value, or ADD without an aligned number
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

	capacity = chunk_entries(&request, batch->count - batch->done);
	err = bm_request_init(&request, capacity);
	if (err)
		return err;
	bm_request_advance(&request, batch->done);
	err = run_chunks(&request, bm_map_instance(file)->map, capacity,
			 batch->count, bm_deadline(batch->deadline),
			 &batch->done);
	bm_request_exit(&request);
	return err;
}

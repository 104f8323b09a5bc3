/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An operation that a process requests, on one entry or on many.
 */
#ifndef _BM_DEV_REQUEST_H
#define _BM_DEV_REQUEST_H

#include <linux/fs.h>

#include "core/ops.h"

/* Bytes of a request's buffer that have their place in the request. */
#define BM_REQUEST_SMALL	256

/**
 * enum bm_column_of - what a column is of
 * @BM_KEYS: in: keys
 * @BM_VALUES: in: what the operation takes as value
 * @BM_EXPECTED: in: what it takes as expected
 * @BM_PREVIOUS: out: what it gives as previous
 * @BM_RESULTS: out: results
 * @BM_COLUMNS: how many there are
 */
enum bm_column_of {
	BM_KEYS,
	BM_VALUES,
	BM_EXPECTED,
	BM_PREVIOUS,
	BM_RESULTS,
	BM_COLUMNS,
};

/**
 * struct bm_column - a column, in user memory and in the kernel
 * @user: address of the next entry's part in user memory
 * @bytes: bytes of each entry's part; 0 if the column is not used, or its
 *	window is empty
 * @used: there is such a column
 * @buffer: the kernel's copy of some entries' parts; NULL if it is not used
 */
struct bm_column {
	u64 user;
	u32 bytes;
	bool used;
	void *buffer;
};

/**
 * struct bm_request - a requested operation
 * @operation: BUCKETMAP_LOOKUP and so on
 * @window: as it was given, then as bm_window_check() leaves it
 * @columns: the columns; what has a @user is meant to be used
 * @rule: what the operation is
 * @buffer: where the columns have their buffers
 * @small: a small one
 */
struct bm_request {
	u32 operation;
	struct bucketmap_window window;
	struct bm_column columns[BM_COLUMNS];
	const struct bm_op_rule *rule;
	void *buffer;
	u64 small[BM_REQUEST_SMALL / sizeof(u64)];
};

int bm_request_check(struct bm_request *request, struct file *file);

u32 bm_request_entry_bytes(const struct bm_request *request);
int bm_request_init(struct bm_request *request, u32 capacity);
void bm_request_exit(struct bm_request *request);
void bm_request_op(const struct bm_request *request, struct bucketmap_op *op);

u32 bm_request_read(const struct bm_request *request, u32 count);
u32 bm_request_prepare(const struct bm_request *request, u32 count);
u32 bm_request_write(const struct bm_request *request, u32 count);
void bm_request_advance(struct bm_request *request, u64 count);

#endif /* _BM_DEV_REQUEST_H */

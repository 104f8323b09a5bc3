/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Batches of bucketmap, which a system call or the library operates.
 */
#ifndef _BENCH_ABI_BATCH_H
#define _BENCH_ABI_BATCH_H

#include "table.h"
#include "uapi/bucketmap.h"

/* Returns 0 if the batch was operated, whatever its results. */
typedef int (*operate_fn)(const struct table *table, struct bucketmap_batch *batch);

/* As those of struct operations. */
bool look_up_all(operate_fn operate, const struct table *table, const uint64_t *keys,
		 uint64_t *values, uint32_t count);
bool store_all(operate_fn operate, const struct table *table, const uint64_t *keys,
	       const uint64_t *values, uint32_t count);

#endif /* _BENCH_ABI_BATCH_H */

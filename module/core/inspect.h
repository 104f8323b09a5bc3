/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inspection: figures of a map's internals for debugfs.
 */
#ifndef _BM_CORE_INSPECT_H
#define _BM_CORE_INSPECT_H

#include "core/map.h"

/* The last element counts buckets with BM_CHAINS_MAX - 1 entries or more. */
#define BM_CHAINS_MAX	65

/**
 * struct bm_chains - distribution of entries over buckets
 * @histogram: element i: number of buckets with i entries; the last element:
 *	with i or more
 * @records: number of overflow records in use
 * @longest: number of entries of the fullest bucket
 */
struct bm_chains {
	u64 histogram[BM_CHAINS_MAX];
	u64 records;
	u64 longest;
};

/**
 * struct bm_resize_state - current and past migrations of a map
 * @running: a migration runs
 * @from_buckets: number of buckets of the oldest live table
 * @to_buckets: number of buckets of its successor; @from_buckets if none runs
 * @evacuated: number of buckets that are evacuated in this migration
 * @grown: number of completed migrations to a larger table
 * @shrunk: number of completed migrations to a smaller table
 * @failed: number of tables and chunks that could not be allocated
 * @evacuated_by_worker: buckets evacuated by the worker, or by an insert that
 *	grows a small table, in all migrations
 * @evacuated_by_writers: buckets evacuated by writers, in all migrations
 * @longest_step_ns: longest time that the holder of bm_resize.lock took for a
 *	slice of buckets
 * @longest_allocation_ns: longest time that it took to allocate a table
 */
struct bm_resize_state {
	bool running;
	u64 from_buckets;
	u64 to_buckets;
	u64 evacuated;
	u64 grown;
	u64 shrunk;
	u64 failed;
	u64 evacuated_by_worker;
	u64 evacuated_by_writers;
	u64 longest_step_ns;
	u64 longest_allocation_ns;
};

int bm_inspect_chains(struct bucketmap *map, struct bm_chains *chains);
int bm_inspect_resize(struct bucketmap *map, struct bm_resize_state *state);

#endif /* _BM_CORE_INSPECT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Inspection: what debugfs shows of a map's inside.
 */
#ifndef _BM_CORE_INSPECT_H
#define _BM_CORE_INSPECT_H

#include "core/map.h"

/* Buckets with this many entries or more are counted together. */
#define BM_CHAINS_MAX	65

/**
 * struct bm_chains - how entries are spread over buckets
 * @histogram: element i: buckets with i entries; the last: that many or more
 * @records: overflow records in use
 * @longest: entries of the fullest bucket
 */
struct bm_chains {
	u64 histogram[BM_CHAINS_MAX];
	u64 records;
	u64 longest;
};

/**
 * struct bm_resize_state - how a map's resizing goes, and went
 * @running: a migration runs
 * @from_buckets: buckets of the oldest live table
 * @to_buckets: buckets of the new one; the same when none runs
 * @moved: buckets that have moved in this migration
 * @grown: migrations completed to a larger table
 * @shrunk: migrations completed to a smaller table
 * @failed: tables and chunks that there was no memory for
 * @evacuated_by_worker: buckets moved by the worker, in all migrations
 * @evacuated_by_writers: buckets moved by writers
 * @longest_step_ns: longest time for a slice of the worker's
 * @longest_allocation_ns: longest time for making a table
 */
struct bm_resize_state {
	bool running;
	u64 from_buckets;
	u64 to_buckets;
	u64 moved;
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

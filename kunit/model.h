/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map and a plain model of it: an array with an element for each possible
 * key. Each step is done to both, and the results must be equal.
 *
 * All choices are drawn from one function, so that random numbers or the bytes
 * of a fuzzer can make them. There must be no other writer of the map.
 */
#ifndef _BM_KUNIT_MODEL_H
#define _BM_KUNIT_MODEL_H

#include "common.h"
#include "ops.h"

/**
 * struct bmt_model - a map and a plain model of it
 * @map: the map
 * @keys: number of different keys
 * @most: maximum number of entries of the map
 * @count: number of entries
 * @present: per key: whether it is present
 * @values: per key: its value, all zero if it is absent
 * @filling: steps create entries more often than they remove them
 * @map_steps: steps scan, clear and resize the map too; the worker must run
 * @enomem: operations that may sleep, and resizes, may fail with -ENOMEM too
 * @collides: so many keys may have one hash that a bucket cannot hold them
 * @draw: draws a number less than @limit
 * @source: what @draw draws from; the case, at first
 * @cursor: of the current scan
 * @least: the largest hash that it has met
 * @seen: per key: the scan has returned it
 * @stayed: per key: it has been present since the scan began
 * @key: buffer for a key
 * @given: buffer for the window that a call writes
 * @expected: buffer for the window that a call expects
 * @found: buffer for the window that a call gives, and bytes that guard it
 * @previous: buffer for the window that it must give
 */
struct bmt_model {
	struct bucketmap *map;
	u32 keys;
	u32 most;
	u32 count;
	bool *present;
	u8 *values;
	bool filling;
	bool map_steps;
	bool enomem;
	bool collides;
	u64 (*draw)(void *source, u64 limit);
	void *source;
	struct bucketmap_cursor cursor;
	u64 least;
	bool *seen;
	bool *stayed;
	u8 *key;
	u8 *given;
	u8 *expected;
	u8 *found;
	u8 *previous;
};

struct bmt_model *bmt_model(struct kunit *test, struct bucketmap *map,
			    u32 keys, u32 most);

/* One random step; several; a resize. */
void bmt_model_step(struct kunit *test, struct bmt_model *model);
void bmt_model_steps(struct kunit *test, struct bmt_model *model, u32 steps);
void bmt_model_resize(struct kunit *test, struct bmt_model *model,
		      u64 capacity);

/* Compares all keys; the same by a scan; all that, and the map's structure. */
void bmt_model_check(struct kunit *test, struct bmt_model *model);
void bmt_model_scan(struct kunit *test, struct bmt_model *model, u32 capacity,
		    void (*between)(struct kunit *test,
				    struct bmt_model *model));
void bmt_model_verify(struct kunit *test, struct bmt_model *model);

/* Changes only the model. */
void bmt_model_set(struct bmt_model *model, u32 id, bool present);

/* What the parts of the model share. */

/* Bytes that follow a window, and that a call must not change. */
#define BMT_GUARD	8

/**
 * struct bmt_step - an operation, on one key or on several in one batch
 * @operation: its number
 * @id: number of the first key
 * @batch: number of keys, 0 if the operation is not done by a batch
 * @window: the window, which may be invalid
 * @number: the bytes of values follow from it
 * @matching: a comparison expects the current value
 * @may_sleep: the operation may sleep
 */
struct bmt_step {
	u32 operation;
	u32 id;
	u32 batch;
	struct bucketmap_window window;
	u64 number;
	bool matching;
	bool may_sleep;
};

/* A buffer of at least one byte. */
void *bmt_zalloc(struct kunit *test, size_t bytes);

static inline gfp_t bmt_step_gfp(const struct bmt_step *step)
{
	return step->may_sleep ? GFP_KERNEL : GFP_NOWAIT;
}

void bmt_model_scan_step(struct kunit *test, struct bmt_model *model,
			 u32 capacity);
void bmt_model_clear(struct kunit *test, struct bmt_model *model);
void bmt_model_batch(struct kunit *test, struct bmt_model *model,
		     const struct bmt_step *step);

/* Fills @key, @given and @expected, and makes the operation of them. */
struct bucketmap_op bmt_model_prepare(struct bmt_model *model,
				      const struct bmt_step *step, u32 id);

/* Does a prepared operation to the model, and compares the results. */
void bmt_model_result(struct kunit *test, struct bmt_model *model,
		      const struct bmt_step *step, u32 id,
		      const struct bucketmap_op *op, int result,
		      const void *found);

void bmt_key_bytes(u8 *key, u32 size, u32 id);

#endif /* _BM_KUNIT_MODEL_H */

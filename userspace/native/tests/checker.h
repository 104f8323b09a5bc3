/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map and a plain model of it: an array with an element for each possible key.
 * Each step is done to both, and the results must be equal.
 */
#ifndef _NATIVE_TESTS_CHECKER_H
#define _NATIVE_TESTS_CHECKER_H

#include "bucketmap.h"

enum step_kind {
	STEP_LOOKUP,
	STEP_STORE,
	STEP_INSERT,
	STEP_REPLACE,
	STEP_LOAD_OR_STORE,
	STEP_SWAP,
	STEP_DELETE,
	STEP_LOOKUP_AND_DELETE,
	STEP_COMPARE_AND_SWAP,
	STEP_COMPARE_AND_DELETE,
	STEP_ADD,
	STEP_SCAN,
	STEP_RESIZE,
	STEP_CLEAR,
	STEP_KINDS,
};

/**
 * struct step - an operation on the map and the model
 * @kind: which one
 * @key: number of the key, less than the checker's number of keys
 * @batch: number of keys from @key on that one batch operates on; 0 for a single
 *	operation on @key
 * @window: the window, which may be invalid
 * @number: determines the bytes of values, the delta of an addition, the capacity
 *	of a resize or a scan
 * @matching: a comparison expects the current value
 * @may_sleep: the operation may sleep
 */
struct step {
	enum step_kind kind;
	u32 key;
	u32 batch;
	struct bucketmap_window window;
	u64 number;
	bool matching;
	bool may_sleep;
};

/**
 * struct checker - a map and its model
 * @map: the map
 * @config: its configuration
 * @keys: number of possible keys
 * @enomem_allowed: operations that may sleep can fail with -ENOMEM too
 * @count: number of entries of the model
 * @present: per key: it is present
 * @values: per key: its value
 * @cursor: of the current scan
 * @seen: per key: the current scan has returned it
 * @stayed: per key: it has been present since the current scan began
 * @found: buffer for values that the map returns, followed by a guard
 * @given: buffer for values that the map is given
 * @swapped: buffer for values that comparisons write
 * @mismatch: called when map and model differ; does not return
 */
struct checker {
	struct bucketmap *map;
	struct bucketmap_config config;
	u32 keys;
	bool enomem_allowed;
	u64 count;
	bool *present;
	u8 *values;
	struct bucketmap_cursor cursor;
	bool *seen;
	bool *stayed;
	u8 *found;
	u8 *given;
	u8 *swapped;
	void (*mismatch)(const char *where, const char *what);
};

int checker_begin(struct checker *checker, const struct bucketmap_config *config,
		  u32 keys, void (*mismatch)(const char *where, const char *what));
void checker_end(struct checker *checker);

void step_draw(const struct checker *checker, struct step *step, u64 *random);
void checker_enough(struct checker *checker);
void checker_step(struct checker *checker, const struct step *step);
void checker_verify(struct checker *checker);

#endif /* _NATIVE_TESTS_CHECKER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A map and, beside it, a plain model of it: an array with an element for each
 * key that there may be. Each step is done to both and must come out equal.
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
 * struct step - something to be done to the map and the model
 * @kind: what
 * @key: number of the key, less than the checker's number of keys
 * @batch: it is done in one batch to so many keys from there on; 0: to that
 *	one, by itself
 * @window: the window, which may be wrong
 * @number: value bytes follow from it; it is the delta to add, the capacity to
 *	resize to or to scan with
 * @matching: a comparison is with what is there
 * @may_sleep: the operation may
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
 * @config: what it was made as
 * @keys: how many keys there may be
 * @want: there may be too little memory for what sleeps, too
 * @count: entries of the model
 * @present: of each key: it is there
 * @values: of each key: its value
 * @cursor: of the scan that is under way
 * @seen: of each key: this scan returned it
 * @stayed: of each key: it was there all the time since the scan began
 * @found: takes what the map returns, with a guard behind it
 * @given: what the map is given
 * @swapped: what a comparison writes
 * @mismatch: called when both differ, and does not return
 */
struct checker {
	struct bucketmap *map;
	struct bucketmap_config config;
	u32 keys;
	bool want;
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

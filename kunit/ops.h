/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests know of operations: a row for each, and what it must do to an
 * entry. The module's operation table is checked against this, so nothing here
 * is taken from it.
 */
#ifndef _BM_KUNIT_OPS_H
#define _BM_KUNIT_OPS_H

#include <linux/bits.h>

#include "bucketmap.h"

/* The columns of an operation besides its keys. */
#define BMT_VALUES	BIT(0)
#define BMT_EXPECTED	BIT(1)
#define BMT_PREVIOUS	BIT(2)

/**
 * enum bmt_window - what the window of an operation is
 * @BMT_WINDOW_ANY: any part of the value
 * @BMT_WINDOW_NUMBER: the offset of an aligned u64; the length is 0
 * @BMT_WINDOW_NONE: ignored
 */
enum bmt_window {
	BMT_WINDOW_ANY,
	BMT_WINDOW_NUMBER,
	BMT_WINDOW_NONE,
};

/**
 * enum bmt_effect - what an operation does to an entry that exists
 * @BMT_READS: nothing
 * @BMT_REFUSES: nothing, and fails with -EEXIST
 * @BMT_WRITES: writes the values into the window
 * @BMT_ADDS: adds the value to the number
 * @BMT_RAISES: makes the number the value, if it is smaller
 * @BMT_REMOVES: removes it
 */
enum bmt_effect {
	BMT_READS,
	BMT_REFUSES,
	BMT_WRITES,
	BMT_ADDS,
	BMT_RAISES,
	BMT_REMOVES,
};

/**
 * struct bmt_op - an operation
 * @name: its name
 * @call: calls its function; the columns are those of one entry
 * @columns: BMT_VALUES, BMT_EXPECTED, BMT_PREVIOUS
 * @window: enum bmt_window
 * @effect: enum bmt_effect
 * @creates: makes an entry if the key is absent; otherwise fails with -ENOENT
 * @tells: returns 1 if the key was present
 */
struct bmt_op {
	const char *name;
	int (*call)(struct bucketmap *map, const struct bucketmap_op *op,
		    gfp_t gfp);
	u8 columns;
	enum bmt_window window;
	enum bmt_effect effect;
	bool creates;
	bool tells;
};

extern const struct bmt_op bmt_ops[BUCKETMAP_OPERATIONS];

/**
 * struct bmt_entry - a key of a plain model
 * @present: the key is present
 * @value_size: size of its value
 * @value: its value, all zero if it is absent
 */
struct bmt_entry {
	bool present;
	u32 value_size;
	u8 *value;
};

/*
 * Makes the struct bucketmap_op of an operation on one entry, with the window
 * and those of the columns that the operation has.
 */
struct bucketmap_op bmt_op_make(u32 operation, struct bucketmap_window window,
				const void *key, const void *values,
				const void *expected, void *previous);

/* Makes a window the bytes that are used; returns false if it is invalid. */
bool bmt_op_bytes(const struct bmt_op *op, u32 value_size,
		  struct bucketmap_window *window);

/*
 * Does an operation to an entry of a model, and returns the result. @previous
 * becomes what was in the window before.
 */
int bmt_op_apply(const struct bucketmap_op *op, struct bmt_entry *entry,
		 void *previous);

/* The same for a value that is a u64; returns the result. */
int bmt_op_apply_number(const struct bucketmap_op *op, bool *present,
			u64 *number);

/* Whether an operation that succeeds, or compares, gives a previous value. */
bool bmt_op_gives(const struct bmt_op *op, bool present);

/* Describes an operation that is a parameter of a case. */
void bmt_op_describe(const struct bmt_op *op, char *text);

#endif /* _BM_KUNIT_OPS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operation table: what each operation on an entry takes, does and returns.
 * Everything that depends on the operation is read from it.
 */
#ifndef _BM_CORE_OPS_H
#define _BM_CORE_OPS_H

#include <linux/bits.h>

#include "core/window.h"

/* The columns of an operation besides its keys. */
#define BM_OP_VALUES	BIT(0)
#define BM_OP_EXPECTED	BIT(1)
#define BM_OP_PREVIOUS	BIT(2)

/**
 * enum bm_op_present - what an operation does if the entry exists
 * @BM_READ: read the value, without a lock
 * @BM_REFUSE: fail with -EEXIST
 * @BM_KEEP: leave the entry as it is
 * @BM_OVERWRITE: store the window
 * @BM_ADD: add to the number
 * @BM_MAX: raise the number, if it is smaller
 * @BM_REMOVE: remove the entry
 */
enum bm_op_present {
	BM_READ,
	BM_REFUSE,
	BM_KEEP,
	BM_OVERWRITE,
	BM_ADD,
	BM_MAX,
	BM_REMOVE,
};

/**
 * struct bm_op_rule - an operation
 * @columns: its columns: BM_OP_VALUES, BM_OP_EXPECTED, BM_OP_PREVIOUS
 * @window: enum bm_window_kind
 * @present: enum bm_op_present; all but BM_READ write
 * @create: if the key is absent, make an entry; otherwise fail with -ENOENT
 * @tells: return 1 if the key existed
 */
struct bm_op_rule {
	u8 columns;
	u8 window;
	bool create;
	bool tells;
	enum bm_op_present present;
};

/* Here, so that the compiler knows the rule of a constant operation. */
static const struct bm_op_rule __maybe_unused
bm_op_rules[BUCKETMAP_OPERATIONS] = {
	[BUCKETMAP_LOOKUP] = {
		.columns = BM_OP_PREVIOUS,
		.window = BM_WINDOW_ANY,
		.present = BM_READ,
	},
	[BUCKETMAP_STORE] = {
		.columns = BM_OP_VALUES,
		.window = BM_WINDOW_ANY,
		.present = BM_OVERWRITE,
		.create = true,
	},
	[BUCKETMAP_INSERT] = {
		.columns = BM_OP_VALUES,
		.window = BM_WINDOW_ANY,
		.present = BM_REFUSE,
		.create = true,
	},
	[BUCKETMAP_REPLACE] = {
		.columns = BM_OP_VALUES,
		.window = BM_WINDOW_ANY,
		.present = BM_OVERWRITE,
	},
	[BUCKETMAP_LOAD_OR_STORE] = {
		.columns = BM_OP_VALUES | BM_OP_PREVIOUS,
		.window = BM_WINDOW_ANY,
		.present = BM_KEEP,
		.create = true,
		.tells = true,
	},
	[BUCKETMAP_SWAP] = {
		.columns = BM_OP_VALUES | BM_OP_PREVIOUS,
		.window = BM_WINDOW_ANY,
		.present = BM_OVERWRITE,
		.create = true,
		.tells = true,
	},
	[BUCKETMAP_DELETE] = {
		.window = BM_WINDOW_NONE,
		.present = BM_REMOVE,
	},
	[BUCKETMAP_LOOKUP_AND_DELETE] = {
		.columns = BM_OP_PREVIOUS,
		.window = BM_WINDOW_ANY,
		.present = BM_REMOVE,
	},
	[BUCKETMAP_COMPARE_AND_SWAP] = {
		.columns = BM_OP_VALUES | BM_OP_EXPECTED | BM_OP_PREVIOUS,
		.window = BM_WINDOW_ANY,
		.present = BM_OVERWRITE,
	},
	[BUCKETMAP_COMPARE_AND_DELETE] = {
		.columns = BM_OP_EXPECTED | BM_OP_PREVIOUS,
		.window = BM_WINDOW_ANY,
		.present = BM_REMOVE,
	},
	[BUCKETMAP_ADD] = {
		.columns = BM_OP_VALUES | BM_OP_PREVIOUS,
		.window = BM_WINDOW_NUMBER,
		.present = BM_ADD,
		.create = true,
	},
	[BUCKETMAP_ADD_EXISTING] = {
		.columns = BM_OP_VALUES | BM_OP_PREVIOUS,
		.window = BM_WINDOW_NUMBER,
		.present = BM_ADD,
	},
	[BUCKETMAP_MAX] = {
		.columns = BM_OP_VALUES | BM_OP_PREVIOUS,
		.window = BM_WINDOW_NUMBER,
		.present = BM_MAX,
		.create = true,
	},
	[BUCKETMAP_MAX_EXISTING] = {
		.columns = BM_OP_VALUES | BM_OP_PREVIOUS,
		.window = BM_WINDOW_NUMBER,
		.present = BM_MAX,
	},
};

static inline bool bm_op_writes(const struct bm_op_rule *rule)
{
	return rule->present != BM_READ;
}

/*
 * Has an operation with this result written its previous value? An operation
 * that tells whether the key existed has done so if it did. An operation that
 * compares has also done so if the comparison failed.
 */
static inline bool bm_op_gave_previous(const struct bm_op_rule *rule,
				       int result)
{
	if (rule->tells)
		return result == 1;
	return !result ||
	       (result == -ECANCELED && rule->columns & BM_OP_EXPECTED);
}

int bm_op_check(const struct bucketmap *map, u32 *operation,
		struct bucketmap_window *window);

/* operate.c, batch.c: bm_op_check() must have accepted the operation. */
int bm_operate(struct bucketmap *map, const struct bucketmap_op *op, gfp_t gfp);
u32 bm_batch(struct bucketmap *map, const struct bucketmap_op *op, u32 count,
	     gfp_t gfp);

#endif /* _BM_CORE_OPS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operation table: what each operation on an entry takes, gives, does and
 * returns. All that depends on the operation is read from here.
 */
#ifndef _BM_CORE_OPS_H
#define _BM_CORE_OPS_H

#include <linux/bits.h>

#include "core/window.h"

/* What an operation takes and gives besides the key. */
#define BM_OP_VALUES	BIT(0)
#define BM_OP_EXPECTED	BIT(1)
#define BM_OP_PREVIOUS	BIT(2)

/**
 * enum bm_op_present - what an operation does to an entry that exists
 * @BM_READ: it reads the value, without a lock
 * @BM_REFUSE: it fails with -EEXIST
 * @BM_KEEP: nothing
 * @BM_OVERWRITE: it stores the window
 * @BM_ADD: it adds to the number
 * @BM_REMOVE: it removes the entry
 */
enum bm_op_present {
	BM_READ,
	BM_REFUSE,
	BM_KEEP,
	BM_OVERWRITE,
	BM_ADD,
	BM_REMOVE,
};

/**
 * struct bm_op_rule - an operation
 * @columns: BM_OP_VALUES, BM_OP_EXPECTED, BM_OP_PREVIOUS
 * @window: enum bm_window_kind
 * @present: enum bm_op_present; all but BM_READ write
 * @create: an entry is made if the key is absent, else it fails with -ENOENT
 * @tells: it returns 1 if the key existed
 */
struct bm_op_rule {
	u8 columns;
	u8 window;
	u8 present;
	bool create;
	bool tells;
} __aligned(8);

extern const struct bm_op_rule bm_op_rules[BUCKETMAP_OPERATIONS];

static inline bool bm_op_writes(const struct bm_op_rule *rule)
{
	return rule->present != BM_READ;
}

/*
 * Has an operation with that result written its previous? One that tells whether
 * the key existed does if it did. One that compares also does if what it found
 * differs from what was expected.
 */
static inline bool bm_op_gave_previous(const struct bm_op_rule *rule,
				       int result)
{
	if (rule->tells)
		return result == 1;
	return !result ||
	       (result == -ECANCELED && rule->columns & BM_OP_EXPECTED);
}

int bm_op_check(const struct bucketmap *map, u32 operation,
		struct bucketmap_window *window);

/* operate.c, batch.c: of operations that were checked. */
int bm_operate(struct bucketmap *map, const struct bucketmap_op *op, gfp_t gfp);
u32 bm_batch(struct bucketmap *map, const struct bucketmap_op *op, u32 count,
	     gfp_t gfp);

#endif /* _BM_CORE_OPS_H */

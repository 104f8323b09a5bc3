// SPDX-License-Identifier: GPL-2.0
/*
 * The operation table.
 */
#include "core/ops.h"

#define VALUES		BM_OP_VALUES
#define EXPECTED	BM_OP_EXPECTED
#define PREVIOUS	BM_OP_PREVIOUS

#define ANY		.window = BM_WINDOW_ANY
#define NUMBER		.window = BM_WINDOW_NUMBER
#define CREATES		.create = true
#define TELLS		.tells = true

const struct bm_op_rule bm_op_rules[BUCKETMAP_OPERATIONS] = {
	[BUCKETMAP_LOOKUP] = {
		PREVIOUS, ANY, BM_READ
	},
	[BUCKETMAP_STORE] = {
		VALUES, ANY, BM_OVERWRITE, CREATES
	},
	[BUCKETMAP_INSERT] = {
		VALUES, ANY, BM_REFUSE, CREATES
	},
	[BUCKETMAP_REPLACE] = {
		VALUES, ANY, BM_OVERWRITE
	},
	[BUCKETMAP_LOAD_OR_STORE] = {
		VALUES | PREVIOUS, ANY, BM_KEEP, CREATES, TELLS
	},
	[BUCKETMAP_SWAP] = {
		VALUES | PREVIOUS, ANY, BM_OVERWRITE, CREATES, TELLS
	},
	[BUCKETMAP_DELETE] = {
		.present = BM_REMOVE
	},
	[BUCKETMAP_LOOKUP_AND_DELETE] = {
		PREVIOUS, ANY, BM_REMOVE
	},
	[BUCKETMAP_COMPARE_AND_SWAP] = {
		VALUES | EXPECTED | PREVIOUS, ANY, BM_OVERWRITE
	},
	[BUCKETMAP_COMPARE_AND_DELETE] = {
		EXPECTED | PREVIOUS, ANY, BM_REMOVE
	},
	[BUCKETMAP_ADD] = {
		VALUES | PREVIOUS, NUMBER, BM_ADD, CREATES
	},
};

/**
 * bm_op_check() - check an operation and its window
 * @map: the map
 * @operation: its number
 * @window: its window; becomes the form that bm_operate() and bm_batch() expect
 *
 * Context: any.
 * Return: 0; -EINVAL for an unknown operation, a window outside of the value,
 * or a number that is not aligned.
 */
int bm_op_check(const struct bucketmap *map, u32 operation,
		struct bucketmap_window *window)
{
	if (operation >= BUCKETMAP_OPERATIONS)
		return -EINVAL;
	operation = array_index_nospec(operation, BUCKETMAP_OPERATIONS);
	return bm_window_check(map, bm_op_rules[operation].window, window);
}

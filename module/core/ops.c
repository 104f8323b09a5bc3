// SPDX-License-Identifier: GPL-2.0
/*
 * Checking operations against the operation table.
 */
#include "core/ops.h"

/**
 * bm_op_check() - check an operation and its window
 * @map: the map
 * @operation: its number; also safe from speculation afterwards
 * @window: its window; becomes the form that bm_operate() and bm_batch()
 *	expect, and that must not be checked again
 *
 * Context: any.
 * Return: 0; -EINVAL for an unknown operation, a window outside of the value,
 * or a number that is not aligned.
 */
int bm_op_check(const struct bucketmap *map, u32 *operation,
		struct bucketmap_window *window)
{
	if (*operation >= BUCKETMAP_OPERATIONS)
		return -EINVAL;
	*operation = array_index_nospec(*operation, BUCKETMAP_OPERATIONS);
	return bm_window_check(map, bm_op_rules[*operation].window, window);
}

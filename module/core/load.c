// SPDX-License-Identifier: GPL-2.0
/*
 * Load factors: how many buckets and overflow records a number of entries
 * needs.
 */
#include <linux/kernel.h>

#include "core/load.h"

/**
 * bm_load_order() - choose the smallest table for a number of entries
 * @entries: number of entries
 *
 * Context: any.
 * Return: log2 of the number of buckets.
 */
u32 bm_load_order(u64 entries)
{
	u32 order = BM_ORDER_MIN;

	while (order < BM_ORDER_MAX && entries > BM_LOAD_GROW(1ULL << order))
		order++;
	return order;
}

/**
 * bm_load_wanted() - choose the next table for a number of entries
 * @entries: number of entries
 * @order: log2 of the current number of buckets
 * @least: minimum of the result if the table shrinks
 * @most: maximum of the result if the table grows
 *
 * If the size has to change, it may change by several orders at once, to a size
 * that can stay for a while.
 *
 * Context: any.
 * Return: log2 of the number of buckets; @order if the table can stay.
 */
u32 bm_load_wanted(u64 entries, u32 order, u32 least, u32 most)
{
	if (entries > BM_LOAD_GROW(1ULL << order)) {
		while (order < most && entries > BM_LOAD_FRESH(1ULL << order))
			order++;
	} else {
		while (order > least && entries < BM_LOAD_SHRINK(1ULL << order))
			order--;
	}
	return order;
}

/*
 * Average number of overflow records per bucket, in units of 2^-16, by the
 * number of entries per bucket. A good hash gives a Poisson distribution of
 * entries. A bucket needs one overflow record from the ninth entry on, two from
 * the 17th on, and so on.
 */
static const u32 overflow_by_load[] = {
	0, 1, 16, 250, 1401, 4464, 10023, 17818, 26947
};

#define LOAD_MAX	(ARRAY_SIZE(overflow_by_load) - 1)

/**
 * bm_load_overflow() - estimate how many overflow records a table needs
 * @buckets: number of buckets
 * @entries: number of entries
 *
 * This is an upper bound of the average: between two loads of overflow_by_load,
 * the curve is below the straight line.
 *
 * Context: any.
 * Return: records.
 */
u64 bm_load_overflow(u64 buckets, u64 entries)
{
	u64 load = min_t(u64, entries * 256 / buckets, LOAD_MAX * 256);
	u32 whole = min_t(u64, load / 256, LOAD_MAX - 1);
	u32 part = load - whole * 256;
	u64 share = overflow_by_load[whole] * (256 - part) +
		    overflow_by_load[whole + 1] * part;

	return (buckets * share) >> (16 + 8);
}

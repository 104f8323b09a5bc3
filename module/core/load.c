// SPDX-License-Identifier: GPL-2.0
/*
 * Load factors: how many buckets a number of entries calls for, and how many
 * overflow records.
 */
#include <linux/kernel.h>

#include "core/load.h"

/**
 * bm_load_order() - choose the smallest table for a number of entries
 * @entries: how many
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
 * @entries: how many
 * @order: log2 of the number of buckets that there are now
 * @least: it must not be less
 * @most: it must not be more
 *
 * A table that must change changes by several orders at once, and gets a size
 * that it can keep for a while.
 *
 * Context: any.
 * Return: log2 of the number of buckets; @order if that may stay.
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
 * Overflow records that a bucket needs on the average, by the entries for each
 * bucket, in units of 2^-16. A good hash spreads entries as the Poisson
 * distribution says: from the ninth entry on a bucket needs one, from the 17th
 * two, and so on.
 */
static const u32 overflow_by_load[] = {
	0, 1, 16, 250, 1401, 4464, 10023, 17818, 26947
};

#define LOAD_MAX	(ARRAY_SIZE(overflow_by_load) - 1)

/**
 * bm_load_overflow() - how many overflow records a table needs
 * @buckets: its buckets
 * @entries: its entries
 *
 * An upper bound of the average: between two loads of the table above, the curve
 * lies below the line from one to the other.
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

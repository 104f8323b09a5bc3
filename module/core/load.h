/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Load factors: when a table grows or shrinks, and to what size.
 */
#ifndef _BM_CORE_LOAD_H
#define _BM_CORE_LOAD_H

#include <linux/types.h>

/* Limits of log2 of the number of buckets. */
#define BM_ORDER_MIN	1
#define BM_ORDER_MAX	28

/* A table grows above 13 / 2 = 6.5 entries per bucket, */
#define BM_LOAD_GROW(buckets)	((u64)(buckets) * 13 / 2)

/* to one that has no more than this, */
#define BM_LOAD_FRESH(buckets)	((u64)(buckets) * 5)

/* and shrinks below this. */
#define BM_LOAD_SHRINK(buckets)	((u64)(buckets))

#define BM_CAPACITY_MAX		BM_LOAD_GROW(1ULL << BM_ORDER_MAX)

/*
 * A migration multiplies or divides the number of buckets by at most
 * 1 << BM_RESIZE_ORDERS, as the maximum of a table's pool depends on the table
 * before it.
 */
#define BM_RESIZE_ORDERS	4

u32 bm_load_order(u64 entries);
u32 bm_load_wanted(u64 entries, u32 order, u32 least, u32 most);
u64 bm_load_overflow(u64 buckets, u64 entries);

#endif /* _BM_CORE_LOAD_H */

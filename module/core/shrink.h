/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits of chains while a table shrinks.
 */
#ifndef _BM_CORE_SHRINK_H
#define _BM_CORE_SHRINK_H

#include <linux/types.h>

struct bm_resize;
struct bm_table;

u32 bm_shrink_prepare(struct bm_resize *resize, struct bm_table *table,
		      u32 orders);
bool bm_shrink_blocked(struct bm_resize *resize, struct bm_table *table);
bool bm_shrink_commit(struct bm_table *table, struct bm_table *next);
void bm_shrink_cancel(struct bm_table *table);

#endif /* _BM_CORE_SHRINK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What processes see of a map that they have mapped: the header page, and an
 * area for each table. uapi/bucketmap_mapped.h specifies it.
 */
#ifndef _BM_CORE_MAPPED_H
#define _BM_CORE_MAPPED_H

#include <linux/gfp.h>
#include <linux/rcupdate.h>

#include "core/table.h"
#include "uapi/bucketmap_mapped.h"

struct bucketmap;

/**
 * struct bm_mapped - how a map is mapped
 * @header: the header page; NULL if the map is not mappable
 * @end: offset behind the area of the newest table; only grows
 * @take_out: takes an area out of all mappings, or NULL if there are none. May
 *	sleep
 * @owner: argument for @take_out
 *
 * The worker writes all of it, after the map was created.
 */
struct bm_mapped {
	struct bucketmap_mapped_header *header;
	u64 end;
	void (*take_out)(void *owner, u64 offset, u64 bytes);
	void *owner;
};

int bm_mapped_init(struct bucketmap *map, gfp_t gfp);
void bm_mapped_exit(struct bucketmap *map);
void bm_mapped_connect(struct bucketmap *map,
		       void (*take_out)(void *owner, u64 offset, u64 bytes),
		       void *owner);

int bm_mapped_prepare(const struct bucketmap *map, struct bm_table *table,
		      gfp_t gfp);
void bm_mapped_place(struct bucketmap *map, struct bm_table *table);
void bm_mapped_name(struct bucketmap *map, const struct bm_table *table);
void bm_mapped_retire(struct bucketmap *map, const struct bm_table *table);

u64 bm_mapped_end(const struct bucketmap *map);
void *bm_mapped_page(const struct bucketmap *map, u64 offset);

/*
 * Publishes the successor of a table, to mapped readers first: no bucket may be
 * flagged before they can find it.
 */
static inline void bm_mapped_succeed(struct bm_table *table,
				     struct bm_table *next)
{
	if (table->page) /* (M) in area.c */
		WRITE_ONCE(table->page->next, next->page->table);
	/* (E) in migrate.c; (M) in area.c */
	rcu_assign_pointer(table->next, next);
}

#endif /* _BM_CORE_MAPPED_H */

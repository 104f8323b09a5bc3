/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A mapping of a map, and a reader of it, by the words of
 * uapi/bucketmap_mapped.h. The page table is an array here: page faults and what
 * is taken out work as in module/dev/mmap.c, and every load of a word looks its
 * page up.
 */
#ifndef _NATIVE_TESTS_MAPPED_H
#define _NATIVE_TESTS_MAPPED_H

#include "bucketmap.h"

struct mapping;

/* The map is mappable, and no other thread uses it yet. */
struct mapping *mapping_begin(struct bucketmap *map);

/* After the map was destroyed. Prints how many lookups there were, and returns it. */
u64 mapping_end(struct mapping *mapping);

/* 0, -ENOENT, or -EAGAIN if only the map can tell. */
int mapping_lookup(struct mapping *mapping, u64 key,
		   struct bucketmap_window window, void *value);

#endif /* _NATIVE_TESTS_MAPPED_H */

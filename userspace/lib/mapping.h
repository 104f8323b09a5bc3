/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a process maps of a map: the header page, and a view of each live table.
 *
 * A view is a mapping of the area of one table. Many threads read by a view
 * without a lock, while another thread lets it show another table:
 *
 *  - A view has a word: that of the table it shows, or VIEW_CHANGING.
 *  - A reader loads the word, copies what else it needs of the view, and checks
 *    that the word is the same (view_is()). Only then it reads the table. When it
 *    has read, it checks the word once more before it trusts what it read.
 *  - A view only changes if its table is retired. The addresses of a view stay
 *    readable for good: what replaces its area does so at once. So a reader that
 *    is late reads nonsense, but it reads, and it notices.
 *
 * Barriers
 *  (V) A reader that sees the word of a view sees its members and its area:
 *      release and acquire of the word.
 *  (W) A reader that has read anything of what replaces a view does not see the
 *      old word any more: VIEW_CHANGING is stored before the system call that
 *      replaces the area; pairs with the acquire fence in view_is().
 */
#ifndef _LIBBUCKETMAP_MAPPING_H
#define _LIBBUCKETMAP_MAPPING_H

#include <stddef.h>
#include <stdbool.h>

#include "uapi/bucketmap_mapped.h"

/* A map has two live tables at most, and views are used again: two or three of a size. */
#define VIEWS_MAX	64

/* No table has this word. A view that shows nothing has the word 0. */
#define VIEW_CHANGING	1ULL

/**
 * struct geometry - where the records of a table are; all members are words, which
 *	are loaded and stored whole
 * @shift: 64 less the table's order
 * @segment_shift: as in struct bucketmap_mapped_table, like all others
 */
struct geometry {
	__u64 shift;
	__u64 records;
	__u64 segment_bytes;
	__u64 segment_shift;
	/* For overflow records. */
	__u64 segments_shift;
	__u64 initial;
	__u64 added;
	__u64 chunk_bytes;
	__u64 chunk_shift;
	__u64 chunks_initial;
	__u64 chunks;
};

#define GEOMETRY_WORDS		(sizeof(struct geometry) / sizeof(__u64))

/**
 * struct view - a mapping of the area of a table
 * @word: word of the table, 0 or VIEW_CHANGING
 * @area: where the area begins; never changes
 * @reserved: bytes of addresses at @area that belong to the view
 * @geometry: where records are
 */
struct view {
	__u64 word;
	unsigned char *area;
	size_t reserved;
	struct geometry geometry;
};

/* Where things are in a record, in bytes, and the size of a key in words. */
struct layout {
	__u32 record_bytes;
	__u32 head_offset;
	__u32 tags_offset;
	__u32 slots_offset;
	__u32 slot_bytes;
	__u32 key_offset;
	__u32 value_offset;
	__u32 key_words;
};

/* For keys and values of 8 bytes. */
static const struct layout layout_words = {
	.record_bytes = 144,
	.head_offset = 0,
	.tags_offset = 8,
	.slots_offset = 16,
	.slot_bytes = 16,
	.key_offset = 0,
	.value_offset = 8,
	.key_words = 1,
};

/**
 * struct mapping - what a process has mapped of a map
 * @header: the header page
 * @fd: descriptor of the map
 * @fixed: what never changes in the header page
 * @layout: the layout of records
 * @words: keys and values have 8 bytes, and the layout is as usual
 * @latest: the views that were used last of the oldest live table, and of a
 *	successor
 * @changer: number of forks before the process that changes a view, 0 if none does
 * @refused: word of a table that could not be mapped
 * @patience: lookups until that is tried again
 * @views: the views
 */
struct mapping {
	const struct bucketmap_mapped_header *header;
	int fd;
	struct bucketmap_mapped_header fixed;
	struct layout layout;
	bool words;
	struct view *latest[2];
	unsigned int changer;
	__u64 refused;
	unsigned int patience;
	struct view views[VIEWS_MAX];
};

/* Maps the header page. Returns 0 or -errno, -ENODEV if there is none that we know. */
int mapping_open(struct mapping **mapping, int fd);
void mapping_close(struct mapping *mapping);

/* Finds a view of a table that was not used last, or makes one. Returns NULL if there is none. */
struct view *mapping_find_view(struct mapping *mapping, __u64 word, bool successor);

/* The page may be gone, and then reads as all ones. */
static inline const struct bucketmap_mapped_table *view_page(const struct view *view)
{
	return (const struct bucketmap_mapped_table *)view->area;
}

static inline __u64 load_acquire(const __u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static inline __u64 load(const __u64 *word)
{
	return __atomic_load_n(word, __ATOMIC_RELAXED);
}

/* Finds a view of a table, or makes one. Returns NULL if there is none. */
static inline struct view *mapping_view(struct mapping *mapping, __u64 word, bool successor)
{
	struct view *view = __atomic_load_n(&mapping->latest[successor], __ATOMIC_RELAXED);

	if (load_acquire(&view->word) == word) /* (V) */
		return view;
	return mapping_find_view(mapping, word, successor);
}

/* Does the view show the table still, after all that was read before? */
static inline bool view_is(const struct view *view, __u64 word)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE); /* (W) */
	return load(&view->word) == word;
}

#endif /* _LIBBUCKETMAP_MAPPING_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Windows: the part of a value that an operation reads or writes.
 */
#ifndef _BM_CORE_WINDOW_H
#define _BM_CORE_WINDOW_H

#include <linux/errno.h>
#include <linux/nospec.h>

#include "core/map.h"

/**
 * enum bm_window_kind - which part of a value a caller may name
 * @BM_WINDOW_NONE: none
 * @BM_WINDOW_NUMBER: an aligned u64, by its offset
 * @BM_WINDOW_ANY: any
 */
enum bm_window_kind {
	BM_WINDOW_NONE,
	BM_WINDOW_NUMBER,
	BM_WINDOW_ANY,
};

/* Checks a window and replaces the short form for the whole value. */
static inline int bm_window_resolve(const struct bucketmap *map,
				    struct bucketmap_window *window)
{
	u32 size = map->layout.value_size;

	if (!window->offset && !window->length) {
		*window = (struct bucketmap_window){ .length = size };
		return 0;
	}
	if (window->offset > size || window->length > size - window->offset)
		return -EINVAL;
	/* Both may be a process's. */
	window->offset = array_index_nospec(window->offset, size + 1);
	window->length = array_index_nospec(window->length,
					    size - window->offset + 1);
	return 0;
}

/* The same for an operation that knows only windows of one kind. */
static inline int bm_window_check(const struct bucketmap *map,
				  enum bm_window_kind kind,
				  struct bucketmap_window *window)
{
	if (kind == BM_WINDOW_NUMBER) {
		if (window->offset % sizeof(u64) || window->length)
			return -EINVAL;
		window->length = sizeof(u64);
	}
	return bm_window_resolve(map, window);
}

/* The whole value of a map of words. */
static const struct bucketmap_window __maybe_unused bm_window_word = {
	.length = sizeof(u64),
};

/* Is it that, in the short form or in the long one? */
static inline bool bm_window_is_word(const struct bucketmap *map,
				     struct bucketmap_window window)
{
	return map->layout.words &&
	       !(window.offset | (window.length & ~(u32)sizeof(u64)));
}

#endif /* _BM_CORE_WINDOW_H */

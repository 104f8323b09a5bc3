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
 * enum bm_window_kind - windows that an operation accepts
 * @BM_WINDOW_NONE: any window inside the value, which is ignored
 * @BM_WINDOW_NUMBER: an aligned u64, given by its offset and a length of 0
 * @BM_WINDOW_ANY: any window inside the value
 */
enum bm_window_kind {
	BM_WINDOW_NONE,
	BM_WINDOW_NUMBER,
	BM_WINDOW_ANY,
};

/*
 * Checks a window, and resolves the short form of the whole value, offset and
 * length 0. Returns 0, or -EINVAL for a window outside of the value.
 */
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
	/* Both may come from user space. */
	window->offset = array_index_nospec(window->offset, size + 1);
	window->length = array_index_nospec(window->length,
					    size - window->offset + 1);
	return 0;
}

/*
 * As bm_window_resolve(), for windows of one kind. A number must not be checked
 * twice: its length is 0 before, and that of a u64 afterwards.
 */
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

/* The whole value of a map with the layout of words. */
static const struct bucketmap_window __maybe_unused bm_window_word = {
	.length = sizeof(u64),
};

/* Is @window the whole value of a map of words, in the short or long form? */
static inline bool bm_window_is_word(const struct bucketmap *map,
				     struct bucketmap_window window)
{
	return map->layout.words &&
	       !(window.offset | (window.length & ~(u32)sizeof(u64)));
}

#endif /* _BM_CORE_WINDOW_H */

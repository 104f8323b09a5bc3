/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_XXHASH_H
#define _NATIVE_LINUX_XXHASH_H

/* The kernel's noinline is a macro, and the library uses the word as it is. */
#pragma push_macro("noinline")
#undef noinline
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma pop_macro("noinline")

#include <linux/types.h>

#include "native/checks.h"

static inline u64 xxh64(const void *bytes, size_t size, u64 seed)
{
	return native_hash(XXH64(bytes, size, seed));
}

#endif /* _NATIVE_LINUX_XXHASH_H */

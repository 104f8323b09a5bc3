/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps whose hashes are masked by native_hash_mask. The core itself computes
 * SipHash-1-3, and xxh64 of a word, and knows nothing of the mask: such maps use
 * SipHash-2-4, which is the shim's.
 */
#ifndef _NATIVE_TESTS_MASKED_H
#define _NATIVE_TESTS_MASKED_H

#include "bucketmap.h"
#include "native/checks.h"

static inline struct bucketmap *create_masked(const struct bucketmap_config *config)
{
	struct bucketmap_config masked = *config;

	if (native_hash_mask != ~0ULL) {
		masked.flags &= ~BUCKETMAP_CREATE_XXH64;
		masked.flags |= BUCKETMAP_CREATE_SIPHASH24;
	}
	return bucketmap_create(&masked);
}

#endif /* _NATIVE_TESTS_MASKED_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations of the core for the rest of the module, besides bucketmap.h.
 */
#ifndef _BM_CORE_CORE_H
#define _BM_CORE_CORE_H

#include <linux/gfp.h>

#include "bucketmap.h"

/* Allocations fail at the cgroup's limit, and do not wake the OOM killer. */
#define BM_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* The flags that a map can be created with. */
#define BM_CREATE_FLAGS	(BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_MAPPABLE | \
			 BUCKETMAP_CREATE_SIPHASH24)

int bm_core_init(void);
void bm_core_exit(void);

#endif /* _BM_CORE_CORE_H */

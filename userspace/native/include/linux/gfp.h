/* SPDX-License-Identifier: GPL-2.0 */
/* Allocation flags: here they only say whether the caller may sleep. */
#ifndef _NATIVE_LINUX_GFP_H
#define _NATIVE_LINUX_GFP_H

#include <linux/types.h>

#define __GFP_DIRECT_RECLAIM	0x01u
#define __GFP_KSWAPD_RECLAIM	0x02u
#define __GFP_ZERO		0x04u
#define __GFP_NOWARN		0x08u
#define __GFP_RETRY_MAYFAIL	0x10u
#define __GFP_ACCOUNT		0x20u

#define __GFP_FS		0x40u
#define __GFP_NORETRY		0x80u

#define GFP_KERNEL		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM | \
				 __GFP_FS)
#define GFP_KERNEL_ACCOUNT	(GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOFS		(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT		__GFP_KSWAPD_RECLAIM

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

#endif /* _NATIVE_LINUX_GFP_H */

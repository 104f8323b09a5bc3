/* SPDX-License-Identifier: GPL-2.0 */
/* There is one native "kernel", which has what the module needs. */
#ifndef _NATIVE_COMPAT_H
#define _NATIVE_COMPAT_H

#include <linux/gfp.h>

static inline gfp_t bm_vmalloc_gfp(gfp_t gfp)
{
	return gfp;
}

#endif /* _NATIVE_COMPAT_H */

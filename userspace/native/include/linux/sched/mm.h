/* SPDX-License-Identifier: GPL-2.0 */
/* What tasks have to do with memory: see memcontrol.h, too. */
#ifndef _NATIVE_LINUX_SCHED_MM_H
#define _NATIVE_LINUX_SCHED_MM_H

#include <linux/gfp.h>

/* No task restricts itself. */
static inline gfp_t current_gfp_context(gfp_t gfp)
{
	return gfp;
}

#endif /* _NATIVE_LINUX_SCHED_MM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Whole pages. */
#ifndef _NATIVE_LINUX_VMALLOC_H
#define _NATIVE_LINUX_VMALLOC_H

#include <linux/gfp.h>

void *__vmalloc(unsigned long size, gfp_t gfp);
void vfree(const void *memory);

#endif /* _NATIVE_LINUX_VMALLOC_H */

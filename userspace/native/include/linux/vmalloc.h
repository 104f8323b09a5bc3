/* SPDX-License-Identifier: GPL-2.0 */
/* Whole pages; vmalloc_huge() asks for large ones. */
#ifndef _NATIVE_LINUX_VMALLOC_H
#define _NATIVE_LINUX_VMALLOC_H

#include <linux/gfp.h>

void *__vmalloc(unsigned long size, gfp_t gfp);
void *vmalloc_huge(unsigned long size, gfp_t gfp);
void vfree(const void *memory);

#endif /* _NATIVE_LINUX_VMALLOC_H */

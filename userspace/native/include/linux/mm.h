/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_MM_H
#define _NATIVE_LINUX_MM_H

#include <linux/kernel.h>
#include <linux/slab.h>

#define PAGE_SIZE	4096UL
#define PAGE_ALIGN(x)	ALIGN(x, PAGE_SIZE)

#define PAGE_SHIFT	12

#define PMD_SIZE	(2UL << 20)

/* Of a machine that no test fills. */
static inline unsigned long totalram_pages(void)
{
	return 1UL << (40 - PAGE_SHIFT);
}

#endif /* _NATIVE_LINUX_MM_H */

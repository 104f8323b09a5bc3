/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_MM_H
#define _NATIVE_LINUX_MM_H

#include <linux/kernel.h>
#include <linux/slab.h>

#define PAGE_SIZE	4096UL
#define PAGE_ALIGN(x)	ALIGN(x, PAGE_SIZE)

#define PMD_SIZE	(2UL << 20)

#endif /* _NATIVE_LINUX_MM_H */

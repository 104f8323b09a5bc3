/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_MM_H
#define _NATIVE_LINUX_MM_H

#include <linux/kernel.h>
#include <linux/slab.h>

#define PAGE_SIZE	4096UL
#define PAGE_ALIGNED(x)	(!((unsigned long)(x) & (PAGE_SIZE - 1)))
#define PAGE_ALIGN(x)	ALIGN(x, PAGE_SIZE)

#define PAGE_SHIFT	12

#define PMD_SIZE	(2UL << 20)

/* The machine's memory, and what of it can be had: much, unless a test says so. */
#define totalram_pages()	READ_ONCE(native_ram_pages)
#define si_mem_available()	READ_ONCE(native_available_pages)

extern unsigned long native_ram_pages;
extern long native_available_pages;

#endif /* _NATIVE_LINUX_MM_H */

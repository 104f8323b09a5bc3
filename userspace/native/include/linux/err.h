/* SPDX-License-Identifier: GPL-2.0 */
/* Errors in pointers. */
#ifndef _NATIVE_LINUX_ERR_H
#define _NATIVE_LINUX_ERR_H

#include <linux/errno.h>
#include <linux/types.h>

#define MAX_ERRNO	4095

static inline void *ERR_PTR(long err)
{
	return (void *)err;
}

static inline long PTR_ERR(const void *pointer)
{
	return (long)pointer;
}

static inline bool IS_ERR(const void *pointer)
{
	return (unsigned long)pointer >= (unsigned long)-MAX_ERRNO;
}

#endif /* _NATIVE_LINUX_ERR_H */

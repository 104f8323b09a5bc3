/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_STRING_H
#define _NATIVE_LINUX_STRING_H

#include <stdio.h>
#include <string.h>

#include <linux/types.h>

/* The first byte that is another one, or NULL. */
static inline void *memchr_inv(const void *memory, int byte, size_t size)
{
	const u8 *at = memory;

	for (; size; at++, size--)
		if (*at != (u8)byte)
			return (void *)at;
	return NULL;
}

/* Returns nothing. */
#define strscpy(to, from, size)	((void)snprintf(to, size, "%s", from))

#endif /* _NATIVE_LINUX_STRING_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_MATH_H
#define _NATIVE_LINUX_MATH_H

#include <linux/types.h>

/* Rounded down. */
static inline u32 int_sqrt64(u64 x)
{
	u64 root = 0;
	int bit;

	for (bit = 31; bit >= 0; bit--)
		if ((root | 1ULL << bit) * (root | 1ULL << bit) <= x)
			root |= 1ULL << bit;
	return root;
}

#endif /* _NATIVE_LINUX_MATH_H */

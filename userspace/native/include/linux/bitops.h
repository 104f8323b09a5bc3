/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_BITOPS_H
#define _NATIVE_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

static inline unsigned long hweight64(u64 word)
{
	return __builtin_popcountll(word);
}

#endif /* _NATIVE_LINUX_BITOPS_H */

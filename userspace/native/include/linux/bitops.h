/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NATIVE_LINUX_BITOPS_H
#define _NATIVE_LINUX_BITOPS_H

#include <endian.h>

#include <linux/bits.h>
#include <linux/types.h>

static inline u64 rol64(u64 word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline u64 ror64(u64 word, unsigned int bits)
{
	return word >> bits | word << (64 - bits);
}

static inline __le64 cpu_to_le64(u64 word)
{
	return htole64(word);
}

static inline u64 le64_to_cpup(const __le64 *word)
{
	return le64toh(*word);
}

static inline u64 le64_to_cpu(__le64 word)
{
	return le64toh(word);
}

static inline unsigned long __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline unsigned long hweight64(u64 word)
{
	return __builtin_popcountll(word);
}

/* The number of the highest bit that is set, from 1 on; 0 if none is. */
static inline int fls64(u64 word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}

#endif /* _NATIVE_LINUX_BITOPS_H */

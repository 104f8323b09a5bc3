/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays of bits, for one thread. */
#ifndef _NATIVE_LINUX_BITMAP_H
#define _NATIVE_LINUX_BITMAP_H

#include <string.h>

#include <linux/bitops.h>
#include <linux/kernel.h>

#define BITS_PER_LONG		(8 * sizeof(long))
#define BITS_TO_LONGS(bits)	DIV_ROUND_UP(bits, BITS_PER_LONG)

static inline bool test_and_set_bit(unsigned long bit, unsigned long *bits)
{
	unsigned long *word = &bits[bit / BITS_PER_LONG];
	unsigned long mask = BIT(bit % BITS_PER_LONG);
	bool was = *word & mask;

	*word |= mask;
	return was;
}

static inline void bitmap_zero(unsigned long *bits, unsigned int count)
{
	memset(bits, 0, BITS_TO_LONGS(count) * sizeof(long));
}

/* The bits behind @count must be zero. */
static inline unsigned int bitmap_weight(const unsigned long *bits,
					 unsigned int count)
{
	unsigned int weight = 0;
	size_t i;

	for (i = 0; i < BITS_TO_LONGS(count); i++)
		weight += hweight64(bits[i]);
	return weight;
}

#endif /* _NATIVE_LINUX_BITMAP_H */

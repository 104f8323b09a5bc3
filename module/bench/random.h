/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers and keys. The kernel bench and the benches in userspace/bench/
 * use the same, so this file compiles in both.
 */
#ifndef _BENCH_RANDOM_H
#define _BENCH_RANDOM_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdint.h>
#endif

/* The key of an entry. Entries are numbered from 0; different numbers have different keys. */
static inline uint64_t key_of(uint64_t number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

/* Marsaglia's xorshift64. The state must not be 0. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t random = *state;

	random ^= random << 13;
	random ^= random >> 7;
	random ^= random << 17;
	*state = random;
	return random;
}

/*
 * A random number below @bound, which has at most 32 bits, from the top bits. It
 * is cheap: instructions here delay the start of the next lookup.
 */
static inline uint64_t random_next_below(uint64_t *state, uint64_t bound)
{
	return (random_next(state) >> 32) * bound >> 32;
}

#endif /* _BENCH_RANDOM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers that are the same in every run with the same seed.
 */
#ifndef _NATIVE_RANDOM_H
#define _NATIVE_RANDOM_H

#include <linux/types.h>

/* Steele, Lea and Flood's SplitMix64; every @state is as good as any other. */
static inline u64 native_random(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/**
 * native_seed_hash_keys() - choose the hash keys of maps made from now on
 * @seed: what they follow from; 0 for real random ones
 */
void native_seed_hash_keys(u64 seed);

#endif /* _NATIVE_RANDOM_H */

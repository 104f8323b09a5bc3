/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The choice of the next key. It costs a few instructions, and is the same for
 * every table, and in go/keys.go.
 *
 * Ranks by Zipf's law come from a file that zipf.c writes, in a random order: to
 * compute one would cost more than a lookup.
 */
#ifndef _BENCH_KEYS_H
#define _BENCH_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/random.h"

/* Number of ranks in a file; a power of two. */
#define RANKS	0x400000u

/**
 * enum keys_kind - how keys are chosen
 * @KEYS_UNIFORM: each as often as any other
 * @KEYS_ZIPF: by Zipf's law
 * @KEYS_DISJOINT: uniform, but each thread has its own ones
 * @KEYS_ONE: always the same
 * @KEYS_KINDS: number of kinds
 */
enum keys_kind {
	KEYS_UNIFORM,
	KEYS_ZIPF,
	KEYS_DISJOINT,
	KEYS_ONE,
	KEYS_KINDS,
};

/**
 * struct keys - the choice of keys of one thread
 * @random: state of random_next()
 * @entries: so many numbers can be chosen
 * @step: they are multiples of this
 * @first: plus this
 * @ranks: RANKS ranks below @entries, or NULL for uniform choice
 * @cursor: index of the next rank
 */
struct keys {
	uint64_t random;
	uint64_t entries;
	uint64_t step;
	uint64_t first;
	const uint32_t *ranks;
	uint32_t cursor;
};

/* Maps a random number to numbers below @bound, by its top bits. */
static inline uint64_t random_below(uint64_t random, uint64_t bound)
{
	return (__uint128_t)random * bound >> 64;
}

static inline uint64_t rank_next(struct keys *keys)
{
	return keys->ranks[keys->cursor++ % RANKS];
}

/*
 * Ranks are scattered over the numbers, as in YCSB: the popular entries must not
 * be those that were inserted first.
 */
static inline uint64_t number_next(struct keys *keys, uint64_t random)
{
	if (!keys->ranks)
		return random_below(random, keys->entries) * keys->step + keys->first;
	return random_below((rank_next(keys) + 1) * 0xd1342543de82ef95ULL, keys->entries);
}

enum keys_kind keys_kind(const char *name);
void keys_init(struct keys *keys, enum keys_kind kind, uint64_t entries, const uint32_t *ranks,
	       unsigned int thread, unsigned int threads);
const uint32_t *keys_load_ranks(const char *path);

#endif /* _BENCH_KEYS_H */

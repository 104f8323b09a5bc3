/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hashing: the hash of a key has 64 bits. The top bits select the bucket, the
 * low byte gives the tag, and the whole hash gives the order of a scan.
 */
#ifndef _BM_CORE_HASH_H
#define _BM_CORE_HASH_H

#include <linux/bitops.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "core/siphash13.h"

/**
 * enum bm_hash_kind - a hash function
 * @BM_SIPHASH13: SipHash-1-3
 * @BM_SIPHASH24: SipHash-2-4
 * @BM_XXH64: xxh64, for trusted keys
 */
enum bm_hash_kind {
	BM_SIPHASH13,
	BM_SIPHASH24,
	BM_XXH64,
};

/**
 * struct bm_hash - how a map hashes its keys
 * @key: random; its first word is the seed of xxh64. Cursors expose hashes.
 *	SipHash keeps the key secret nevertheless; with xxh64, one hash is
 *	enough to compute the seed.
 * @kind: the hash function
 */
struct bm_hash {
	siphash_key_t key;
	enum bm_hash_kind kind;
};

int bm_hash_init(struct bm_hash *hash, enum bm_hash_kind kind);
u64 bm_hash_bytes(const struct bm_hash *hash, const u64 *words, u32 bytes);

/* The primes of xxh64, as in lib/xxhash.c. */
#define XXH64_PRIME_1	11400714785074694791ULL
#define XXH64_PRIME_2	14029467366897019727ULL
#define XXH64_PRIME_3	1609587929392839161ULL
#define XXH64_PRIME_4	9650029242287828579ULL
#define XXH64_PRIME_5	2870177450012600261ULL

/* xxh64() of a single word, as most keys are. */
static inline u64 bm_xxh64_word(const u64 *word, u64 seed)
{
	u64 number = le64_to_cpup((const __le64 *)word);
	u64 hash = seed + XXH64_PRIME_5 + sizeof(number);

	hash ^= rol64(number * XXH64_PRIME_2, 31) * XXH64_PRIME_1;
	hash = rol64(hash, 27) * XXH64_PRIME_1 + XXH64_PRIME_4;
	hash = (hash ^ hash >> 33) * XXH64_PRIME_2;
	hash = (hash ^ hash >> 29) * XXH64_PRIME_3;
	return hash ^ hash >> 32;
}

/*
 * Hashes a key that is padded with zeros to whole words. @bytes is its size
 * without the padding.
 */
static inline u64 bm_hash_words(const struct bm_hash *hash, const u64 *words,
				u32 bytes)
{
	if (bytes == sizeof(u64) && hash->kind == BM_XXH64)
		return bm_xxh64_word(words, hash->key.key[0]);
	if (bytes == sizeof(u64) && hash->kind == BM_SIPHASH13)
		return bm_siphash13(&hash->key, words, sizeof(u64));
	return bm_hash_bytes(hash, words, bytes);
}

#endif /* _BM_CORE_HASH_H */

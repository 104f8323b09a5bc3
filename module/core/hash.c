// SPDX-License-Identifier: GPL-2.0
/*
 * Hashing, by SipHash-1-3 (siphash13.h), or by the kernel's own SipHash-2-4 or
 * xxh64.
 *
 * SipHash with a random key for each map prevents an attacker that chooses the
 * map's keys from making them collide (Documentation/security/siphash.rst).
 * xxh64 is faster and gives no such protection. docs/hash.md compares the three.
 */
#include <linux/random.h>
#include <linux/xxhash.h>

#include "core/hash.h"

/**
 * bm_hash_init() - choose a map's hash key
 * @hash: the hash to be initialized
 * @kind: the hash function
 *
 * The key never changes while the map exists: the order of scans depends on it.
 *
 * Context: process context, may sleep until the kernel has random bytes.
 * Return: 0, or -ERESTARTSYS if a signal arrived before that.
 */
int bm_hash_init(struct bm_hash *hash, enum bm_hash_kind kind)
{
	hash->kind = kind;
	return get_random_bytes_wait(&hash->key, sizeof(hash->key));
}

/**
 * bm_hash_bytes() - hash a key of any size
 * @hash: the map's hash
 * @words: the key, padded with zeros to whole words
 * @bytes: the key's size without the padding
 *
 * Context: any.
 * Return: the 64-bit hash.
 */
u64 bm_hash_bytes(const struct bm_hash *hash, const u64 *words, u32 bytes)
{
	switch (hash->kind) {
	case BM_XXH64:
		return xxh64(words, bytes, hash->key.key[0]);
	case BM_SIPHASH24:
		return siphash(words, bytes, &hash->key);
	case BM_SIPHASH13:
		break;
	}
	return bm_siphash13(&hash->key, words, bytes);
}

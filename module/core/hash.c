// SPDX-License-Identifier: GPL-2.0
/*
 * Hashing, by the kernel's own SipHash-2-4 and xxh64.
 *
 * SipHash with a random key for each map prevents an attacker that chooses the
 * map's keys from making them collide (Documentation/security/siphash.rst).
 * xxh64 is faster and gives no such protection.
 */
#include <linux/random.h>
#include <linux/xxhash.h>

#include "hash.h"

/**
 * bm_hash_init() - choose a map's hash key
 * @hash: the hash to be initialized
 * @xxh64: hash by xxh64 instead of SipHash-2-4
 *
 * The key never changes while the map exists: the order of scans depends on it.
 *
 * Context: process context, may sleep until the kernel has random bytes.
 * Return: 0, or -ERESTARTSYS if a signal arrived before that.
 */
int bm_hash_init(struct bm_hash *hash, bool xxh64)
{
	hash->xxh64 = xxh64;
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
	if (hash->xxh64)
		return xxh64(words, bytes, hash->key.key[0]);
	return siphash(words, bytes, &hash->key);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hashing: a key becomes 64 bits, of which the top ones choose the bucket and
 * the low ones the tag, and all together give the order of a scan.
 */
#ifndef _BM_CORE_HASH_H
#define _BM_CORE_HASH_H

#include <linux/siphash.h>
#include <linux/types.h>

/**
 * struct bm_hash - how a map hashes its keys
 * @key: random; xxh64 takes its first word as seed. Never shown to anybody.
 * @xxh64: hash by xxh64, for trusted keys; else by SipHash-2-4
 */
struct bm_hash {
	siphash_key_t key;
	bool xxh64;
};

int bm_hash_init(struct bm_hash *hash, bool xxh64);
u64 bm_hash_words(const struct bm_hash *hash, const u64 *words, u32 bytes);

#endif /* _BM_CORE_HASH_H */

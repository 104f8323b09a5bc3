/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hashes of keys, as uapi/bucketmap_mapped.h names them. Keys are padded with
 * zeros to whole words.
 *
 * SipHash: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. The
 * names are theirs. xxh64 is libxxhash's, inlined.
 */
#ifndef _LIBBUCKETMAP_HASH_H
#define _LIBBUCKETMAP_HASH_H

#include <endian.h>
#include <stddef.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "uapi/bucketmap_mapped.h"

struct sip_state {
	__u64 v0, v1, v2, v3;
};

static inline __u64 rotate_left(__u64 word, unsigned int bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void sip_rounds(struct sip_state *v, unsigned int rounds)
{
	while (rounds--) {
		v->v0 += v->v1;
		v->v2 += v->v3;
		v->v1 = rotate_left(v->v1, 13) ^ v->v0;
		v->v3 = rotate_left(v->v3, 16) ^ v->v2;
		v->v0 = rotate_left(v->v0, 32);
		v->v2 += v->v1;
		v->v0 += v->v3;
		v->v1 = rotate_left(v->v1, 17) ^ v->v2;
		v->v3 = rotate_left(v->v3, 21) ^ v->v0;
		v->v2 = rotate_left(v->v2, 32);
	}
}

static inline void sip_word(struct sip_state *v, __u64 m, unsigned int rounds)
{
	v->v3 ^= m;
	sip_rounds(v, rounds);
	v->v0 ^= m;
}

/* SipHash with @rounds rounds for each word and @final at the end. */
static inline __attribute__((__always_inline__)) __u64
siphash(const __u64 *words, size_t bytes, const __u64 key[2], unsigned int rounds,
	unsigned int final)
{
	struct sip_state v = {
		.v0 = key[0] ^ 0x736f6d6570736575ULL,
		.v1 = key[1] ^ 0x646f72616e646f6dULL,
		.v2 = key[0] ^ 0x6c7967656e657261ULL,
		.v3 = key[1] ^ 0x7465646279746573ULL,
	};
	__u64 last = (__u64)bytes << 56;
	size_t left;

	for (left = bytes; left >= sizeof(__u64); left -= sizeof(__u64))
		sip_word(&v, le64toh(*words++), rounds);
	if (left)
		last |= le64toh(*words);
	sip_word(&v, last, rounds);
	v.v2 ^= 0xff;
	sip_rounds(&v, final);
	return v.v0 ^ v.v1 ^ v.v2 ^ v.v3;
}

static inline __attribute__((__always_inline__)) __u64
hash_words(__u32 hash, const __u64 key[2], const __u64 *words, size_t bytes)
{
	if (hash == BUCKETMAP_MAPPED_XXH64)
		return XXH64(words, bytes, key[0]);
	if (hash == BUCKETMAP_MAPPED_SIPHASH24)
		return siphash(words, bytes, key, 2, 4);
	return siphash(words, bytes, key, 1, 3);
}

#endif /* _LIBBUCKETMAP_HASH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash-1-3, from the kernel's own SipHash round: one round for each word and
 * three at the end, where SipHash-2-4 has two and four.
 *
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. The
 * names are theirs. The kernel's hsiphash() is the same on 64-bit machines, but
 * returns 32 bits.
 */
#ifndef _BM_CORE_SIPHASH13_H
#define _BM_CORE_SIPHASH13_H

#include <asm/byteorder.h>
#include <linux/bitops.h>
#include <linux/siphash.h>
#include <linux/types.h>

struct bm_siphash13 {
	u64 v0;
	u64 v1;
	u64 v2;
	u64 v3;
};

static __always_inline void bm_siphash13_round(struct bm_siphash13 *v)
{
	SIPHASH_PERMUTATION(v->v0, v->v1, v->v2, v->v3);
}

static __always_inline void bm_siphash13_init(struct bm_siphash13 *v,
					      const siphash_key_t *key)
{
	v->v0 = key->key[0] ^ SIPHASH_CONST_0;
	v->v1 = key->key[1] ^ SIPHASH_CONST_1;
	v->v2 = key->key[0] ^ SIPHASH_CONST_2;
	v->v3 = key->key[1] ^ SIPHASH_CONST_3;
}

static __always_inline void bm_siphash13_word(struct bm_siphash13 *v, u64 m)
{
	v->v3 ^= m;
	bm_siphash13_round(v);
	v->v0 ^= m;
}

static __always_inline u64 bm_siphash13_end(struct bm_siphash13 *v, u64 last)
{
	bm_siphash13_word(v, last);
	v->v2 ^= 0xff;
	bm_siphash13_round(v);
	bm_siphash13_round(v);
	bm_siphash13_round(v);
	return v->v0 ^ v->v1 ^ v->v2 ^ v->v3;
}

/*
 * Hashes bytes that are padded with zeros to whole words. The last block is the
 * rest of the bytes and, in its top byte, their number.
 */
static __always_inline u64 bm_siphash13(const siphash_key_t *key,
					const u64 *words, u32 bytes)
{
	const __le64 *word = (const __le64 *)words;
	u64 last = (u64)bytes << 56;
	struct bm_siphash13 v;

	bm_siphash13_init(&v, key);
	for (; bytes >= sizeof(u64); bytes -= sizeof(u64))
		bm_siphash13_word(&v, le64_to_cpup(word++));
	if (bytes)
		last |= le64_to_cpup(word);
	return bm_siphash13_end(&v, last);
}

#endif /* _BM_CORE_SIPHASH13_H */

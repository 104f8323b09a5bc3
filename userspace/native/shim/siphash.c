// SPDX-License-Identifier: GPL-2.0
/*
 * SipHash-2-4: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
 * The names are the paper's.
 */
#include <endian.h>
#include <string.h>

#include <linux/compiler.h>
#include <linux/siphash.h>

struct state {
	u64 v0, v1, v2, v3;
};

static inline void sip_round(struct state *v)
{
	SIPHASH_PERMUTATION(v->v0, v->v1, v->v2, v->v3);
}

static inline struct state initialize(const siphash_key_t *key)
{
	return (struct state){
		.v0 = key->key[0] ^ SIPHASH_CONST_0,
		.v1 = key->key[1] ^ SIPHASH_CONST_1,
		.v2 = key->key[0] ^ SIPHASH_CONST_2,
		.v3 = key->key[1] ^ SIPHASH_CONST_3,
	};
}

static inline void compress(struct state *v, u64 m)
{
	v->v3 ^= m;
	sip_round(v);
	sip_round(v);
	v->v0 ^= m;
}

static inline u64 finalize(struct state *v)
{
	v->v2 ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return native_hash(v->v0 ^ v->v1 ^ v->v2 ^ v->v3);
}

u64 siphash(const void *bytes, size_t size, const siphash_key_t *key)
{
	struct state v = initialize(key);
	u64 last = 0;
	size_t left;

	for (left = size; left >= sizeof(u64); left -= sizeof(u64)) {
		u64 m;

		memcpy(&m, bytes, sizeof(m));
		compress(&v, le64toh(m));
		bytes += sizeof(m);
	}
	memcpy(&last, bytes, left);
	compress(&v, le64toh(last) | (u64)size << 56);
	return finalize(&v);
}

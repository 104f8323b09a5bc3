/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SipHash-2-4, and what others of its family are built from, as in the paper by
 * Aumasson and Bernstein.
 */
#ifndef _NATIVE_LINUX_SIPHASH_H
#define _NATIVE_LINUX_SIPHASH_H

#include <linux/bitops.h>
#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

#define SIPHASH_CONST_0	0x736f6d6570736575ULL
#define SIPHASH_CONST_1	0x646f72616e646f6dULL
#define SIPHASH_CONST_2	0x6c7967656e657261ULL
#define SIPHASH_CONST_3	0x7465646279746573ULL

static inline void native_sip_round(u64 *v0, u64 *v1, u64 *v2, u64 *v3)
{
	*v0 += *v1;
	*v2 += *v3;
	*v1 = rol64(*v1, 13) ^ *v0;
	*v3 = rol64(*v3, 16) ^ *v2;
	*v0 = rol64(*v0, 32);
	*v2 += *v1;
	*v0 += *v3;
	*v1 = rol64(*v1, 17) ^ *v2;
	*v3 = rol64(*v3, 21) ^ *v0;
	*v2 = rol64(*v2, 32);
}

#define SIPHASH_PERMUTATION(a, b, c, d) native_sip_round(&(a), &(b), &(c), &(d))

u64 siphash(const void *bytes, size_t size, const siphash_key_t *key);

#endif /* _NATIVE_LINUX_SIPHASH_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* SipHash-2-4, as in the paper by Aumasson and Bernstein. */
#ifndef _NATIVE_LINUX_SIPHASH_H
#define _NATIVE_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

u64 siphash(const void *bytes, size_t size, const siphash_key_t *key);
u64 siphash_1u64(u64 word, const siphash_key_t *key);

#endif /* _NATIVE_LINUX_SIPHASH_H */

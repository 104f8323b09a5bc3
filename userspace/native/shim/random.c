// SPDX-License-Identifier: GPL-2.0
/*
 * Random bytes, which tests can choose.
 */
#include <string.h>
#include <sys/random.h>

#include <linux/kernel.h>
#include <linux/random.h>

#include "native/random.h"

static u64 seeded;

void native_seed_hash_keys(u64 seed)
{
	__atomic_store_n(&seeded, seed, __ATOMIC_RELAXED);
}

int get_random_bytes_wait(void *bytes, size_t size)
{
	u64 state = __atomic_load_n(&seeded, __ATOMIC_RELAXED);

	if (!state) {
		native_assert(getrandom(bytes, size, 0) == (ssize_t)size);
		return 0;
	}
	while (size) {
		size_t part = min(size, sizeof(u64));
		u64 word = native_random(&state);

		memcpy(bytes, &word, part);
		bytes += part;
		size -= part;
	}
	return 0;
}

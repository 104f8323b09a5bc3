/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers that follow from a seed; not those that the kernel makes of it. */
#ifndef _NATIVE_LINUX_PRANDOM_H
#define _NATIVE_LINUX_PRANDOM_H

#include <string.h>

#include <linux/kernel.h>

#include "native/random.h"

struct rnd_state {
	u64 state;
};

static inline void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	state->state = seed;
}

static inline u32 prandom_u32_state(struct rnd_state *state)
{
	return native_random(&state->state);
}

static inline void prandom_bytes_state(struct rnd_state *state, void *bytes,
				       size_t size)
{
	while (size) {
		u32 word = prandom_u32_state(state);
		size_t part = min(size, sizeof(word));

		memcpy(bytes, &word, part);
		bytes += part;
		size -= part;
	}
}

#endif /* _NATIVE_LINUX_PRANDOM_H */

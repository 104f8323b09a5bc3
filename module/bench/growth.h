/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables that grow from empty: time and memory.
 */
#ifndef _BENCH_GROWTH_H
#define _BENCH_GROWTH_H

#include "peer.h"

int growth_fill(const struct bench_peer *peer, void *table, u64 first, u64 last);
int growth_time(const struct bench_peer *peer, u64 entries, u64 *picoseconds);
int growth_memory(const struct bench_peer *peer, u64 entries,
		  void (*sample)(void *context, u64 entries, u64 bytes), void *context);

#endif /* _BENCH_GROWTH_H */

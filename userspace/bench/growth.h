/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables that grow from empty: throughput, latency and memory.
 */
#ifndef _BENCH_GROWTH_H
#define _BENCH_GROWTH_H

#include "peer.h"

double growth_fill(const struct bench_peer *peer, void *table, uint64_t entries,
		   unsigned int threads);
void growth_latency(const struct bench_peer *peer, uint64_t entries, unsigned int threads);
void growth_memory(const struct bench_peer *peer, uint64_t entries);

#endif /* _BENCH_GROWTH_H */

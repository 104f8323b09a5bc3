/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of the kernel bench.
 */
#ifndef _BENCH_PEERS_H
#define _BENCH_PEERS_H

#include "peer.h"

extern const struct bench_peer bench_xxh64;
extern const struct bench_peer bench_siphash;
extern const struct bench_peer bench_rhashtable;

#endif /* _BENCH_PEERS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a table that doubles asks of the machine, and nothing of a table.
 */
#ifndef _BENCH_DOUBLING_H
#define _BENCH_DOUBLING_H

#include <stdint.h>

struct doubling;

struct doubling *doubling_begin(uint64_t entries, uint64_t nanoseconds, uint64_t busy);
void doubling_ask(struct doubling *doubling, uint64_t now);
void doubling_end(struct doubling *doubling);

#endif /* _BENCH_DOUBLING_H */

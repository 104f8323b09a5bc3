/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The load of a table that doubles, without the table.
 */
#ifndef _BENCH_DOUBLING_H
#define _BENCH_DOUBLING_H

#include <stdint.h>

struct doubling;

struct doubling *doubling_begin(uint64_t entries, uint64_t nanoseconds, uint64_t busy);
void doubling_poll(struct doubling *doubling, uint64_t now);
void doubling_end(struct doubling *doubling);

#endif /* _BENCH_DOUBLING_H */

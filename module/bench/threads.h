/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that run a workload together.
 */
#ifndef _BENCH_THREADS_H
#define _BENCH_THREADS_H

#include "workload.h"

const struct workload *workload_find(const char *name);
int threads_run(const struct workload *workload, const struct worker *model, u64 *picoseconds);

#endif /* _BENCH_THREADS_H */

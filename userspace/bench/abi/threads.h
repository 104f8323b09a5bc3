/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that carry out a workload together.
 */
#ifndef _BENCH_ABI_THREADS_H
#define _BENCH_ABI_THREADS_H

#include "workload.h"

double threads_run(const struct workload *workload, struct table *table, uint32_t processes,
		   uint32_t batch);

#endif /* _BENCH_ABI_THREADS_H */

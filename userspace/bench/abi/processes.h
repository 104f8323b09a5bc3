/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that run a workload together.
 */
#ifndef _BENCH_ABI_PROCESSES_H
#define _BENCH_ABI_PROCESSES_H

#include "bench/workload.h"
#include "table.h"

const struct workload *workload_find(const char *name, bool batched);
double processes_run(const struct workload *workload, struct table *table, uint32_t processes,
		     uint32_t batch);

#endif /* _BENCH_ABI_PROCESSES_H */

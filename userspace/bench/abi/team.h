/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that carry out a workload together.
 */
#ifndef _BENCH_ABI_TEAM_H
#define _BENCH_ABI_TEAM_H

#include "workload.h"

double team_run(const struct workload *workload, struct table *table, uint32_t processes,
		uint32_t batch);

#endif /* _BENCH_ABI_TEAM_H */

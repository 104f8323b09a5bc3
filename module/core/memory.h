/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of maps: who pays for it, and how much there may be.
 */
#ifndef _BM_CORE_MEMORY_H
#define _BM_CORE_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

struct mem_cgroup;

/**
 * struct bm_payer - who pays for a map's memory
 * @charged: it is charged to @cgroup, else to nobody
 * @cgroup: a memory cgroup; NULL where the kernel has none
 */
struct bm_payer {
	bool charged;
	struct mem_cgroup *cgroup;
};

void bm_payer_init(struct bm_payer *payer, bool charged);
void bm_payer_exit(struct bm_payer *payer);
struct mem_cgroup *bm_payer_begin(const struct bm_payer *payer, gfp_t *gfp);
void bm_payer_end(struct mem_cgroup *before);

void bm_memory_init(void);
bool bm_memory_short(u64 bytes);
int bm_memory_take(u64 bytes);
bool bm_memory_permits(u64 bytes);
void bm_memory_give(u64 bytes);
u64 bm_memory_bytes(void);
u64 bm_memory_max_bytes(void);

#endif /* _BM_CORE_MEMORY_H */

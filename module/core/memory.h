/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of maps: memory cgroups, and the limit max_bytes.
 */
#ifndef _BM_CORE_MEMORY_H
#define _BM_CORE_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>

struct mem_cgroup;

/**
 * struct bm_memcg - the memory cgroup that a map's memory is charged to
 * @charged: the memory is charged to @cgroup; if false, it is not charged
 * @cgroup: the memory cgroup; NULL if it is not charged, or the kernel has none
 */
struct bm_memcg {
	bool charged;
	struct mem_cgroup *cgroup;
};

void bm_memcg_init(struct bm_memcg *memcg, bool charged);
void bm_memcg_exit(struct bm_memcg *memcg);
struct mem_cgroup *bm_memcg_begin(const struct bm_memcg *memcg, gfp_t *gfp);
void bm_memcg_end(struct mem_cgroup *before);

void bm_memory_init(void);
bool bm_memory_short(u64 bytes);
int bm_memory_charge(u64 bytes);
void bm_memory_uncharge(u64 bytes);
u64 bm_memory_bytes(void);
u64 bm_memory_max_bytes(void);

size_t bm_records_bytes(size_t bytes);
void *bm_records_alloc(size_t bytes, gfp_t gfp);

#endif /* _BM_CORE_MEMORY_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of maps: who pays for it, and how much there may be.
 *
 * Tables and chunks are nearly all of it. They are counted here, for all maps
 * together, before they are allocated, and never beyond max_bytes, nor beyond
 * what the machine can spare: nobody can take this memory away from a map again,
 * and the page tables for it are allocated by the kernel in a way that wakes the
 * OOM killer. What is allocated for a map is charged to its memcg, by whomever:
 * for the time of the allocation the task acts for the memcg's memory cgroup.
 */
#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/vmalloc.h>

#include "core/core.h"
#include "core/memory.h"

/* What is left to others: a sixteenth of all memory, but at most 1 GB. */
#define MARGIN_PARTS	16
#define MARGIN_BYTES	BIT(30)

/*
 * From this size on records lie in large pages, if there are any: most of the
 * time that a lookup in a large table takes, it waits for memory, and for the
 * page table to tell where that is. Their size is a multiple of such pages then;
 * what is left behind the home records is chunks.
 */
#define HUGE_BYTES	(16 * PMD_SIZE)

static unsigned long max_bytes;
static bool max_bytes_given;

static int set_max_bytes(const char *text, const struct kernel_param *param)
{
	max_bytes_given = true;
	return param_set_ulong(text, param);
}

static const struct kernel_param_ops max_bytes_ops = {
	.set = set_max_bytes,
	.get = param_get_ulong,
};

module_param_cb(max_bytes, &max_bytes_ops, &max_bytes, 0644);
__MODULE_PARM_TYPE(max_bytes, "ulong");
MODULE_PARM_DESC(max_bytes, "Bytes that the tables of all maps together may take, 0 for no limit; default: half of the memory");

static atomic64_t charged_bytes;

/**
 * bm_memory_init() - set the limit, if nobody has
 *
 * Context: any, before there are maps.
 */
void bm_memory_init(void)
{
	if (!max_bytes_given)
		max_bytes = totalram_pages() / 2 * PAGE_SIZE;
}

/**
 * bm_memcg_init() - decide who pays for a map
 * @memcg: to be initialized
 * @charged: the memory cgroup of the calling task pays, else nobody
 *
 * Context: process context.
 */
void bm_memcg_init(struct bm_memcg *memcg, bool charged)
{
	memcg->charged = charged;
	memcg->cgroup = charged ? get_mem_cgroup_from_mm(current->mm) : NULL;
}

/**
 * bm_memcg_exit() - the other half of bm_memcg_init()
 * @memcg: the memcg, for whom nothing more is allocated
 *
 * Context: process context.
 */
void bm_memcg_exit(struct bm_memcg *memcg)
{
	mem_cgroup_put(memcg->cgroup);
}

/**
 * bm_memcg_begin() - charge what the task allocates from now on to a memcg
 * @memcg: the memcg
 * @gfp: allocation flags; becomes those to be used
 *
 * Context: process context.
 * Return: what bm_memcg_end() needs.
 */
struct mem_cgroup *bm_memcg_begin(const struct bm_memcg *memcg, gfp_t *gfp)
{
	*gfp = memcg->charged ? *gfp | __GFP_ACCOUNT : *gfp & ~__GFP_ACCOUNT;
	return set_active_memcg(memcg->cgroup);
}

/**
 * bm_memcg_end() - the other half of bm_memcg_begin()
 * @before: what bm_memcg_begin() returned
 *
 * Context: process context.
 */
void bm_memcg_end(struct mem_cgroup *before)
{
	set_active_memcg(before);
}

/**
 * bm_memory_short() - is there too little memory in the machine?
 * @bytes: how much is to be allocated
 *
 * Context: any.
 * Return: true if that should not be allocated.
 */
bool bm_memory_short(u64 bytes)
{
	unsigned long margin = min(totalram_pages() / MARGIN_PARTS,
				   MARGIN_BYTES / PAGE_SIZE);
	u64 pages = DIV_ROUND_UP_ULL(bytes, PAGE_SIZE) + margin;
	long available = si_mem_available();

	return available < 0 || pages > available;
}

/**
 * bm_memory_charge() - count memory that is to be allocated
 * @bytes: how much
 *
 * Context: any.
 * Return: 0, or -ENOMEM if that would be more than max_bytes permits, or than
 * there is.
 */
int bm_memory_charge(u64 bytes)
{
	u64 limit = bm_memory_max_bytes();
	s64 before = atomic64_read(&charged_bytes);

	if (bm_memory_short(bytes))
		return -ENOMEM;
	do {
		if (limit && before + bytes > limit)
			return -ENOMEM;
		/* (K) in pass.c */
	} while (!atomic64_try_cmpxchg(&charged_bytes, &before, before + bytes));
	return 0;
}

/**
 * bm_memory_permits() - would bm_memory_charge() succeed?
 * @bytes: how much
 *
 * Context: any.
 * Return: true if it would.
 */
bool bm_memory_permits(u64 bytes)
{
	u64 limit = bm_memory_max_bytes();

	return !bm_memory_short(bytes) &&
	       (!limit || atomic64_read(&charged_bytes) + bytes <= limit);
}

/**
 * bm_memory_uncharge() - count memory that was freed, or not allocated
 * @bytes: how much
 *
 * Context: any.
 */
void bm_memory_uncharge(u64 bytes)
{
	atomic64_sub(bytes, &charged_bytes);
}

/**
 * bm_memory_bytes() - how much memory all maps together take
 *
 * Context: any.
 * Return: bytes.
 */
u64 bm_memory_bytes(void)
{
	return atomic64_read(&charged_bytes);
}

/**
 * bm_memory_max_bytes() - how much they may take
 *
 * Context: any.
 * Return: bytes, 0 for no limit.
 */
u64 bm_memory_max_bytes(void)
{
	return READ_ONCE(max_bytes);
}

/**
 * bm_records_bytes() - how much memory is allocated for records
 * @bytes: how much they need
 *
 * Context: any.
 * Return: bytes, whole pages; large ones from a size on.
 */
size_t bm_records_bytes(size_t bytes)
{
	return bytes < HUGE_BYTES ? PAGE_ALIGN(bytes) : ALIGN(bytes, PMD_SIZE);
}

/**
 * bm_records_alloc() - allocate zeroed memory for records, to be freed by vfree()
 * @bytes: how much, from bm_records_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: the memory, or NULL.
 */
void *bm_records_alloc(size_t bytes, gfp_t gfp)
{
	gfp |= __GFP_ZERO;
	return bytes < HUGE_BYTES ? __vmalloc(bytes, gfp) :
				    vmalloc_huge(bytes, gfp);
}

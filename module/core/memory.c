// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of maps: memory cgroups, and the limit max_bytes.
 *
 * Nearly all memory of maps is tables and chunks. They are charged here before
 * they are allocated, for all maps together, and never beyond max_bytes, nor
 * beyond what the machine can spare: this memory cannot be reclaimed, and
 * vmalloc allocates its page tables with flags that may wake the OOM killer.
 * Memory for a map is charged to the map's memcg, whichever task allocates it:
 * during the allocation, the memcg's cgroup is the task's active one.
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

#include "compat.h"
#include "core/core.h"
#include "core/memory.h"

/* Memory to leave available: a sixteenth of all memory, but at most 1 GiB. */
#define MARGIN_PARTS	16
#define MARGIN_BYTES	BIT(30)

/*
 * From this size on, records are allocated in huge pages, if available: a
 * lookup in a large table spends most of its time in cache and TLB misses. The
 * size is then a multiple of huge pages; the rest behind the home records is
 * used for chunks.
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
 * bm_memory_init() - set the default of max_bytes, unless it was given
 *
 * Context: any, before there are maps.
 */
void bm_memory_init(void)
{
	if (!max_bytes_given)
		max_bytes = totalram_pages() / 2 * PAGE_SIZE;
}

/**
 * bm_memcg_init() - choose the memory cgroup of a map
 * @memcg: the memcg to be initialized
 * @charged: charge the memory cgroup of the calling task; if false, charge none
 *
 * Context: process context.
 */
void bm_memcg_init(struct bm_memcg *memcg, bool charged)
{
	memcg->charged = charged;
	memcg->cgroup = charged ? get_mem_cgroup_from_mm(current->mm) : NULL;
}

/**
 * bm_memcg_exit() - release the memory cgroup of a map
 * @memcg: the memcg, to which no more memory is charged
 *
 * Context: process context.
 */
void bm_memcg_exit(struct bm_memcg *memcg)
{
	mem_cgroup_put(memcg->cgroup);
}

/**
 * bm_memcg_begin() - charge the task's allocations to a memcg from now on
 * @memcg: the memcg
 * @gfp: allocation flags; becomes the flags to be used
 *
 * Context: process context.
 * Return: the previously active memory cgroup, for bm_memcg_end().
 */
struct mem_cgroup *bm_memcg_begin(const struct bm_memcg *memcg, gfp_t *gfp)
{
	*gfp = memcg->charged ? *gfp | __GFP_ACCOUNT : *gfp & ~__GFP_ACCOUNT;
	return set_active_memcg(memcg->cgroup);
}

/**
 * bm_memcg_end() - end what bm_memcg_begin() began
 * @before: what bm_memcg_begin() returned
 *
 * Context: process context.
 */
void bm_memcg_end(struct mem_cgroup *before)
{
	set_active_memcg(before);
}

/**
 * bm_memory_short() - is the machine short of memory for an allocation?
 * @bytes: size of the allocation
 *
 * Context: any.
 * Return: true if the allocation should not be tried.
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
 * bm_memory_charge() - charge memory before it is allocated
 * @bytes: number of bytes
 *
 * Context: any.
 * Return: 0, or -EDQUOT if that would exceed max_bytes, or the machine is short
 * of memory.
 */
int bm_memory_charge(u64 bytes)
{
	u64 limit = bm_memory_max_bytes();
	s64 before = atomic64_read(&charged_bytes);

	if (bm_memory_short(bytes))
		return -EDQUOT;
	do {
		if (limit && before + bytes > limit)
			return -EDQUOT;
		/* (K) in pass.c */
	} while (!atomic64_try_cmpxchg(&charged_bytes, &before, before + bytes));
	return 0;
}

/**
 * bm_memory_uncharge() - uncharge memory that was freed, or not allocated
 * @bytes: number of bytes
 *
 * Context: any.
 */
void bm_memory_uncharge(u64 bytes)
{
	atomic64_sub(bytes, &charged_bytes);
}

/**
 * bm_memory_bytes() - return the memory charged for all maps together
 *
 * Context: any.
 * Return: bytes.
 */
u64 bm_memory_bytes(void)
{
	return atomic64_read(&charged_bytes);
}

/**
 * bm_memory_max_bytes() - return the limit for all maps together
 *
 * Context: any.
 * Return: bytes, 0 for no limit.
 */
u64 bm_memory_max_bytes(void)
{
	return READ_ONCE(max_bytes);
}

/**
 * bm_records_bytes() - round up the size of an allocation for records
 * @bytes: number of bytes that the records need
 *
 * Context: any.
 * Return: bytes, a multiple of pages; of huge pages for a large size.
 */
size_t bm_records_bytes(size_t bytes)
{
	return bytes < HUGE_BYTES ? PAGE_ALIGN(bytes) : ALIGN(bytes, PMD_SIZE);
}

/**
 * bm_records_alloc() - allocate zeroed memory for records, to be freed by
 * vfree()
 * @bytes: number of bytes, from bm_records_bytes()
 * @gfp: allocation flags, which must permit to sleep
 *
 * Context: process context, may sleep.
 * Return: the memory, or NULL.
 */
void *bm_records_alloc(size_t bytes, gfp_t gfp)
{
	gfp = bm_vmalloc_gfp(gfp | __GFP_ZERO);
	return bytes < HUGE_BYTES ? __vmalloc(bytes, gfp) :
				    vmalloc_huge(bytes, gfp);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Memory. Whole pages come from mmap() and are populated from the beginning, as
 * the kernel's are: the first access does not fault. A page before
 * them knows their size, one behind them is out of bounds. Without checks a few
 * pages come from malloc(): the kernel's allocation of them needs no system
 * call either.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "native/memory.h"
#include "native/random.h"

/**
 * struct plan - which allocations fail
 * @whose: NATIVE_FAIL_*, or 0
 * @self: NATIVE_FAIL_SELF stands for this thread
 * @nth: the one to fail, or 0
 * @kill: the @nth does not fail: the thread that requests it is killed
 * @one_in: one of so many fails, or 0
 * @seed: of @one_in
 * @attempts: allocations that the plan has counted
 * @failed: those that failed
 */
static struct {
	unsigned int whose;
	unsigned long self;
	u64 nth;
	bool kill;
	u32 one_in;
	u64 seed;
	u64 attempts;
	u64 failed;
} plan;

/* Whatever reads or writes the plan holds it: workers allocate at any time. */
static pthread_mutex_t plan_lock = PTHREAD_MUTEX_INITIALIZER;

static u64 live;

/* 64 TB. */
unsigned long native_ram_pages = 1UL << 34;
long native_available_pages = 1L << 34;

static unsigned int whose_allocation(void)
{
	if (native_thread_is_worker)
		return NATIVE_FAIL_WORKERS;
	return native_thread == plan.self ? NATIVE_FAIL_SELF : NATIVE_FAIL_OTHERS;
}

static bool is_planned(void)
{
	u64 number, state;

	if (!(plan.whose & whose_allocation()))
		return false;
	number = ++plan.attempts;
	state = plan.seed + number;
	if (number == plan.nth && plan.kill) {
		native_killed = true;
		return false;
	}
	return number == plan.nth ||
	       (plan.one_in && !(native_random(&state) % plan.one_in));
}

/* As the kernel's fault injection does it. */
static bool is_nth(void)
{
	return current->fail_nth && !--current->fail_nth;
}

static bool shall_fail(gfp_t gfp)
{
	bool fails;

	if (gfpflags_allow_blocking(gfp))
		might_sleep();
	pthread_mutex_lock(&plan_lock);
	fails = is_planned() || is_nth();
	plan.failed += fails;
	pthread_mutex_unlock(&plan_lock);
	return fails;
}

static void make_plan(unsigned int whose, u64 nth, u32 one_in, u64 seed)
{
	pthread_mutex_lock(&plan_lock);
	plan.whose = whose;
	plan.self = native_thread;
	plan.nth = nth;
	plan.kill = false;
	plan.one_in = one_in;
	plan.seed = seed;
	plan.attempts = 0;
	plan.failed = 0;
	pthread_mutex_unlock(&plan_lock);
}

void native_fail_nth(unsigned int whose, u64 nth)
{
	make_plan(whose, nth, 0, 0);
}

void native_fail_randomly(unsigned int whose, u32 one_in, u64 seed)
{
	make_plan(whose, 0, one_in, seed);
}

void native_kill_nth(u64 nth)
{
	make_plan(NATIVE_FAIL_SELF, nth, 0, 0);
	pthread_mutex_lock(&plan_lock);
	plan.kill = true;
	pthread_mutex_unlock(&plan_lock);
}

u64 native_attempts(void)
{
	u64 attempts;

	pthread_mutex_lock(&plan_lock);
	attempts = plan.attempts;
	pthread_mutex_unlock(&plan_lock);
	return attempts;
}

u64 native_fail_no_more(void)
{
	u64 failed;

	pthread_mutex_lock(&plan_lock);
	plan.whose = 0;
	failed = plan.failed;
	pthread_mutex_unlock(&plan_lock);
	return failed;
}

u64 native_allocations(void)
{
	return __atomic_load_n(&live, __ATOMIC_RELAXED);
}

static void *counted(void *memory)
{
	if (memory)
		__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
	return memory;
}

static void count_freed(void)
{
	__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
}

void *kvmalloc(size_t size, gfp_t gfp)
{
	void *memory;

	if (shall_fail(gfp) || posix_memalign(&memory, SMP_CACHE_BYTES, size))
		return NULL;
	if (gfp & __GFP_ZERO)
		memset(memory, 0, size);
	return counted(memory);
}

void *kvmalloc_array(size_t count, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return kvmalloc(bytes, gfp);
}

void kvfree(const void *memory)
{
	if (!memory)
		return;
	count_freed();
	free((void *)memory);
}

#ifdef NATIVE_CHECKS
#define TAKEN_MAX	0
#else
#define TAKEN_MAX	(64UL << 10)
#endif

/**
 * struct mapping - what the page before whole pages holds
 * @pages: where the mapping begins
 * @size: bytes of it; 0 if it comes from malloc()
 */
struct mapping {
	char *pages;
	size_t size;
};

static struct mapping *mapping_of(const void *memory)
{
	return (struct mapping *)((char *)memory - PAGE_SIZE);
}

/*
 * What the map's users see is mapped once more by the tests, which takes shared
 * memory. It has no large pages, so most benchmarks have memory of their own.
 */
#ifdef NATIVE_CHECKS
bool native_memory_is_shared = true;
#else
bool native_memory_is_shared;
#endif

/* Maps @size bytes of memory, aligned to @align, a page before and one behind. */
static void *map_pages(size_t size, size_t align)
{
	int kind = native_memory_is_shared ? MAP_SHARED : MAP_PRIVATE;
	struct mapping mapping = { .size = size + align + PAGE_SIZE };
	char *memory;

	mapping.pages = mmap(NULL, mapping.size, PROT_READ | PROT_WRITE,
			     kind | MAP_ANONYMOUS, -1, 0);
	if (mapping.pages == MAP_FAILED)
		return NULL;
	memory = (char *)ALIGN((uintptr_t)mapping.pages + PAGE_SIZE, align);
	*mapping_of(memory) = mapping;
	native_assert(!mprotect(memory + size, PAGE_SIZE, PROT_NONE));
	return counted(memory);
}

/* As map_pages(), by malloc(), without a page behind. */
static void *take_pages(size_t size)
{
	struct mapping mapping = { .size = 0 };
	void *pages;
	char *memory;

	if (posix_memalign(&pages, PAGE_SIZE, PAGE_SIZE + size))
		return NULL;
	mapping.pages = pages;
	memory = mapping.pages + PAGE_SIZE;
	*mapping_of(memory) = mapping;
	memset(memory, 0, size);
	return counted(memory);
}

/* Each page is there from now on. */
static void populate(char *memory, size_t size)
{
	size_t at;

	for (at = 0; at < size; at += PAGE_SIZE)
		((volatile char *)memory)[at] = 0;
}

void *__vmalloc(unsigned long size, gfp_t gfp)
{
	void *memory;

	if (shall_fail(gfp))
		return NULL;
	if (size <= TAKEN_MAX && !native_memory_is_shared)
		return take_pages(PAGE_ALIGN(size));
	memory = map_pages(PAGE_ALIGN(size), PAGE_SIZE);
	if (memory)
		populate(memory, size);
	return memory;
}

void *vmalloc_huge(unsigned long size, gfp_t gfp)
{
	void *memory = shall_fail(gfp) ? NULL :
		       map_pages(PAGE_ALIGN(size), PMD_SIZE);

	if (memory) {
		/* Where the kernel has no large pages, it keeps to small ones. */
		madvise(memory, size, MADV_HUGEPAGE);
		populate(memory, size);
	}
	return memory;
}

void vfree(const void *memory)
{
	struct mapping mapping;

	if (!memory)
		return;
	count_freed();
	mapping = *mapping_of(memory);
	if (!mapping.size)
		free(mapping.pages);
	else
		native_assert(!munmap(mapping.pages, mapping.size));
}

void *native_alloc_percpu(size_t size, gfp_t gfp)
{
	const size_t all = NATIVE_THREADS_MAX * NATIVE_PERCPU_BYTES;
	void *memory;

	native_assert(size <= NATIVE_PERCPU_BYTES);
	if (shall_fail(gfp))
		return NULL;
	memory = map_pages(all, PAGE_SIZE);
	if (memory)
		populate(memory, all);
	return memory;
}

void free_percpu(void __percpu *memory)
{
	vfree(memory);
}

int param_set_ulong(const char *text, const struct kernel_param *param)
{
	WRITE_ONCE(*(unsigned long *)param->arg, strtoul(text, NULL, 0));
	return 0;
}

int param_get_ulong(char *buffer, const struct kernel_param *param)
{
	return sprintf(buffer, "%lu\n", *(unsigned long *)param->arg);
}

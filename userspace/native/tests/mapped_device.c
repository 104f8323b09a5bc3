// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of maps without a kernel. See mapped_device.h.
 *
 * One lock stands for those of the kernel: page faults, changes of mappings and
 * take_out() exclude each other. A fault happens in a thread that reads a
 * mapping, and so never in one that holds the lock.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kernel.h>
#include <linux/mm.h>

#include "core/map.h"
#include "mapped_device.h"

#define AREAS_MAX	256

/* A fault maps so many pages, if they are in one piece of memory. The bench has more of them. */
#ifndef FAULT_PAGES
#define FAULT_PAGES	1
#endif

/**
 * struct area - a mapping of the map
 * @start: its first address; NULL if there is none
 * @bytes: its size
 * @offset: what it begins with
 */
struct area {
	char *start;
	size_t bytes;
	u64 offset;
};

#define must(condition)							\
	do {								\
		if (!(condition))					\
			abort();					\
	} while (0)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bucketmap *mapped_map;
static struct area areas[AREAS_MAX];
static struct sigaction before;
static char *ones;
static bool refuses;
static unsigned int refused;

/*
 * System calls about what readers read are made without libc: ThreadSanitizer
 * would take them for writes.
 */
static void *reserve(void *start, size_t bytes)
{
	return (void *)syscall(SYS_mmap, start, bytes, PROT_NONE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			       (start ? MAP_FIXED : 0), -1, 0);
}

/*
 * Maps pages once more: memory of a shared mapping is, if its old size is said
 * to be 0.
 */
static bool map_again(void *page, char *address, u64 pages)
{
	return (char *)syscall(SYS_mremap, page, 0, pages * PAGE_SIZE,
			       MREMAP_MAYMOVE | MREMAP_FIXED, address) == address &&
	       !syscall(SYS_mprotect, address, pages * PAGE_SIZE, PROT_READ);
}

static struct area *area_of(const char *address)
{
	struct area *area;

	for (area = areas; area < areas + AREAS_MAX; area++)
		if (area->start && address >= area->start &&
		    address < area->start + area->bytes)
			return area;
	return NULL;
}

/* Takes [@start, @start + @bytes) from the area that it begins in, if any. */
static void forget(char *start, size_t bytes)
{
	struct area *area = area_of(start);

	if (!area)
		return;
	must(area->start == start);
	bytes = min(bytes, area->bytes);
	area->start = bytes < area->bytes ? start + bytes : NULL;
	area->bytes -= bytes;
	area->offset += bytes;
}

static struct area *free_area(void)
{
	struct area *area;

	for (area = areas; area->start; area++)
		must(area < areas + AREAS_MAX - 1);
	return area;
}

/* Page faults */

/* Counts the pages from @page on that are in one piece of memory. */
static u64 count_pages(const struct area *area, u64 offset, const char *page)
{
	u64 end = area->offset + area->bytes;
	u64 pages = 1;

	while (pages < FAULT_PAGES && offset + pages * PAGE_SIZE < end &&
	       bm_mapped_page(mapped_map, offset + pages * PAGE_SIZE) == page + pages * PAGE_SIZE)
		pages++;
	return pages;
}

static bool map_page(const struct area *area, char *address)
{
	u64 offset = area->offset + (address - area->start);
	void *page = bm_mapped_page(mapped_map, offset);

	if (!page)
		return map_again(ones, address, 1);
	return map_again(page, address, count_pages(area, offset, page));
}

static void fault(int number, siginfo_t *info, void *context)
{
	char *address = (char *)((uintptr_t)info->si_addr & ~(PAGE_SIZE - 1));
	struct area *area;

	(void)context;
	pthread_mutex_lock(&lock);
	area = area_of(address);
	if (area) {
		must(map_page(area, address));
	} else if (msync(address, PAGE_SIZE, MS_ASYNC)) {
		/* Nothing is mapped there. Else it is by now, and can be read. */
		sigaction(number, &before, NULL);
	}
	pthread_mutex_unlock(&lock);
}

/* As the module does: nobody finds the pages any more, then they are unmapped. */
static void take_out(void *owner, u64 offset, u64 bytes)
{
	struct area *area;

	(void)owner;
	pthread_mutex_lock(&lock);
	for (area = areas; area < areas + AREAS_MAX; area++) {
		u64 first = max(offset, area->offset);
		u64 end = min(offset + bytes, area->offset + area->bytes);

		if (area->start && first < end)
			must(reserve(area->start + (first - area->offset),
				     end - first) != MAP_FAILED);
	}
	pthread_mutex_unlock(&lock);
}

/* System calls */

void *__wrap_mmap(void *start, size_t bytes, int protection, int flags, int fd, off_t offset)
{
	struct area *area;

	if (fd != MAPPED_DEVICE_FD) {
		pthread_mutex_lock(&lock);
		if (flags & MAP_FIXED)
			forget(start, bytes);
		start = flags & MAP_FIXED ?
			(void *)syscall(SYS_mmap, start, bytes, protection, flags, fd, offset) :
			__real_mmap(start, bytes, protection, flags, fd, offset);
		pthread_mutex_unlock(&lock);
		return start;
	}
	if (refuses) {
		refused++;
		errno = EUSERS;
		return MAP_FAILED;
	}
	if (offset + bytes > bm_mapped_end(mapped_map)) {
		errno = ENXIO;
		return MAP_FAILED;
	}
	pthread_mutex_lock(&lock);
	area = free_area();
	*area = (struct area){
		.start = reserve(NULL, PAGE_ALIGN(bytes)),
		.bytes = PAGE_ALIGN(bytes),
		.offset = offset,
	};
	pthread_mutex_unlock(&lock);
	must(area->start != MAP_FAILED);
	return area->start;
}

void *__wrap_mremap(void *start, size_t bytes, size_t new_bytes, int flags, void *place)
{
	struct area *area;

	pthread_mutex_lock(&lock);
	area = area_of(start);
	if (area) {
		forget(place, area->bytes);
		place = reserve(place, area->bytes);
		__real_munmap(start, area->bytes);
		area->start = place;
	} else {
		place = __real_mremap(start, bytes, new_bytes, flags, place);
	}
	pthread_mutex_unlock(&lock);
	return place;
}

int __wrap_munmap(void *start, size_t bytes)
{
	int ret;

	pthread_mutex_lock(&lock);
	forget(start, bytes);
	ret = __real_munmap(start, bytes);
	pthread_mutex_unlock(&lock);
	return ret;
}

/**
 * mapped_device_exists() - can there be such mappings here?
 *
 * Return: false where memory cannot be mapped twice: an emulator may not know how.
 */
bool mapped_device_exists(void)
{
	char *pages = __real_mmap(NULL, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool exists;

	must(pages != MAP_FAILED);
	*pages = 1;
	exists = map_again(pages, pages + PAGE_SIZE, 1) && pages[PAGE_SIZE] == 1;
	__real_munmap(pages, 2 * PAGE_SIZE);
	return exists;
}

/**
 * mapped_device_begin() - let a map be mapped
 * @map: the map, mappable, and not in use yet
 */
void mapped_device_begin(struct bucketmap *map)
{
	const struct sigaction action = {
		.sa_sigaction = fault,
		.sa_flags = SA_SIGINFO | SA_NODEFER,
	};

	ones = __real_mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(ones != MAP_FAILED);
	memset(ones, 0xff, PAGE_SIZE);
	mapped_map = map;
	bm_mapped_connect(map, take_out, NULL);
	must(!sigaction(SIGSEGV, &action, &before));
}

/**
 * mapped_device_refuse() - let mmap() fail, or succeed again
 * @refuse: whether it fails
 *
 * No other thread may use the device.
 */
void mapped_device_refuse(bool refuse)
{
	refuses = refuse;
	refused = 0;
}

/**
 * mapped_device_refused() - count calls of mmap() that failed
 *
 * Return: their number, since mapped_device_refuse().
 */
unsigned int mapped_device_refused(void)
{
	return refused;
}

/**
 * mapped_device_end() - end what mapped_device_begin() began
 *
 * There must be no mapping left.
 */
void mapped_device_end(void)
{
	struct area *area;

	for (area = areas; area < areas + AREAS_MAX; area++)
		must(!area->start);
	sigaction(SIGSEGV, &before, NULL);
	__real_munmap(ones, PAGE_SIZE);
}

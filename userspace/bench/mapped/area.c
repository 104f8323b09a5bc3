// SPDX-License-Identifier: GPL-2.0
/*
 * The area of a map's table: see area.h.
 */
#include <err.h>
#include <sys/mman.h>
#include <unistd.h>

#include "area.h"
#include "uapi/bucketmap_mapped.h"

static void *map_part(int fd, uint64_t offset, uint64_t bytes)
{
	void *start = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, (off_t)offset);

	if (start == MAP_FAILED)
		err(1, "mmap");
	return start;
}

void area_load(const struct area *area, uint64_t offset)
{
	__atomic_load_n((const uint64_t *)(area->start + offset), __ATOMIC_RELAXED);
}

void area_map(struct area *area, int fd)
{
	const uint64_t page_bytes = (uint64_t)getpagesize();
	const struct bucketmap_mapped_header *header = map_part(fd, 0, page_bytes);
	uint64_t start = header->table & BUCKETMAP_MAPPED_OFFSET;
	const struct bucketmap_mapped_table *page = map_part(fd, start, page_bytes);

	area->bytes = page->bytes;
	munmap((void *)page, page_bytes);
	munmap((void *)header, page_bytes);
	area->start = map_part(fd, start, area->bytes);
	for (uint64_t offset = 0; offset < area->bytes; offset += page_bytes)
		area_load(area, offset);
}

void area_unmap(const struct area *area)
{
	if (munmap((void *)area->start, area->bytes))
		err(1, "munmap");
}

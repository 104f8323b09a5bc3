/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The area of a map's table, mapped as a reader maps it.
 */
#ifndef _BENCH_MAPPED_AREA_H
#define _BENCH_MAPPED_AREA_H

#include <stdint.h>

/**
 * struct area - the area of a table
 * @start: where it is mapped
 * @bytes: its size
 */
struct area {
	const unsigned char *start;
	uint64_t bytes;
};

/**
 * area_map() - map the oldest live table of a map, and access all of its pages
 * @area: becomes the area
 * @fd: descriptor of the map, which is not resized meanwhile
 */
void area_map(struct area *area, int fd);

/* Loads the word at an offset, which may have any value. */
void area_load(const struct area *area, uint64_t offset);

void area_unmap(const struct area *area);

#endif /* _BENCH_MAPPED_AREA_H */

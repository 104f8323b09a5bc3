/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that have a map mapped.
 */
#ifndef _BENCH_MAPPED_READERS_H
#define _BENCH_MAPPED_READERS_H

#include "lib/bucketmap.h"

#define READERS_MAX	100

/**
 * struct readers - processes that map the newest table when they are told to
 * @count: number of processes
 * @orders: for each, the pipe on which it is told what to do
 * @answers: the pipe on which all of them answer
 */
struct readers {
	unsigned int count;
	int orders[READERS_MAX];
	int answers[2];
};

void readers_start(struct readers *readers, unsigned int count, struct bucketmap *map);

/* Returns when all of them have accessed all pages of the newest table. */
void readers_map(struct readers *readers);

/* Lets them unmap it, one after the other. Returns the nanoseconds that all have taken. */
double readers_unmap(struct readers *readers);

void readers_stop(struct readers *readers);

#endif /* _BENCH_MAPPED_READERS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process on another CPU, beside a writer of a map.
 */
#ifndef _BENCH_MAPPED_COMPANION_H
#define _BENCH_MAPPED_COMPANION_H

#include <sys/types.h>

#include "lib/bucketmap.h"

/**
 * companion_start() - start a companion
 * @name: what it does: "none": there is no process; "own" reads memory of its own
 *	all the time; "live" reads the newest table; "retired" reads tables that were
 *	replaced, which it keeps mapped; "remap" maps the newest table, accesses all
 *	of its pages, and unmaps it, again and again
 * @map: the map; it is resized, but its capacity is the same afterwards
 * @capacity: of the map
 *
 * Return: the process, when it has begun; 0 if there is none.
 */
pid_t companion_start(const char *name, struct bucketmap *map, __u64 capacity);

/* Fails if the process has ended before. */
void companion_stop(pid_t companion);

#endif /* _BENCH_MAPPED_COMPANION_H */

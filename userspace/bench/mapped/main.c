// SPDX-License-Identifier: GPL-2.0
/*
 * mapped: measures what mapped readers cost others. It reads commands from
 * standard input:
 *
 *	make CAPACITY		makes a map without entries
 *	fill ENTRIES		makes a map with entries
 *	resize READERS		a resize while so many processes have mapped the table
 *	write COMPANION		stores, beside a process of companion.h
 *
 * A result is a line
 *
 *	figure resize mapped CAPACITY READERS VALUE	nanoseconds of a resize
 *	figure unmap mapped CAPACITY READERS VALUE	nanoseconds of the munmap(2) of all readers
 *	figure store COMPANION ENTRIES 1 VALUE		nanoseconds of a store
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/random.h"

#include "../cpus.h"
#include "companion.h"
#include "readers.h"

#define SLICES		512
#define SLICE_STORES	64

static struct bucketmap *map;
static __u64 capacity;

static void check(int ret, const char *what)
{
	if (ret)
		errx(1, "%s: %s", what, strerror(-ret));
}

static void make(__u64 wanted)
{
	const struct bucketmap_create config = {
		.size = sizeof(config),
		.flags = BUCKETMAP_CREATE_MAPPABLE,
		.key_size = sizeof(__u64),
		.value_size = sizeof(__u64),
		.capacity = wanted,
		.mode = 0600,
	};

	if (map)
		bucketmap_close(map);
	check(bucketmap_create(&map, &config), "create");
	capacity = wanted;
}

static void fill(__u64 entries)
{
	make(entries);
	for (__u64 i = 0; i < entries; i++) {
		__u64 key = key_of(i);

		check(bucketmap_store(map, &key, &i, 0, 0), "store");
	}
}

static void print_figure(const char *what, const char *beside, unsigned int processes, double value)
{
	printf("figure %s %s %llu %u %.1f\n", what, beside, capacity, processes, value);
}

/* Also resizes the map back, which is not measured. */
static void measure_resize(unsigned int count)
{
	struct readers readers;
	uint64_t began, ended;

	if (count > READERS_MAX)
		errx(2, "more than %u readers", READERS_MAX);
	readers_start(&readers, count, map);
	readers_map(&readers);
	began = now_ns();
	check(bucketmap_resize(map, 2 * capacity, 0), "resize");
	ended = now_ns();
	check(bucketmap_resize(map, capacity, 0), "resize");
	print_figure("resize", "mapped", count, (double)(ended - began));
	if (count) {
		readers_map(&readers);
		print_figure("unmap", "mapped", count, readers_unmap(&readers));
	}
	readers_stop(&readers);
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static double store_slice(uint64_t *random)
{
	uint64_t began = now_ns();

	for (int i = 0; i < SLICE_STORES; i++) {
		__u64 key = key_of(random_next_below(random, capacity));

		check(bucketmap_store(map, &key, random, 0, 0), "store");
	}
	return (double)(now_ns() - began) / SLICE_STORES;
}

/* The median of slices, so that one during which something else had the CPU does not count. */
static void measure_stores(const char *name)
{
	pid_t companion = companion_start(name, map, capacity);
	const cpu_set_t allowed = allowed_cpus();
	static double slices[SLICES];
	uint64_t random = 1;

	pin(0);
	for (int i = -SLICES; i < SLICES; i++)
		slices[i < 0 ? 0 : i] = store_slice(&random);
	companion_stop(companion);
	if (sched_setaffinity(0, sizeof(allowed), &allowed))
		err(1, "sched_setaffinity");
	qsort(slices, SLICES, sizeof(*slices), compare);
	print_figure("store", name, 1, slices[SLICES / 2]);
}

static void run_command(const char *line)
{
	unsigned long long count;
	unsigned int readers;
	char name[16];

	if (sscanf(line, "make %llu", &count) == 1)
		make(count);
	else if (sscanf(line, "fill %llu", &count) == 1)
		fill(count);
	else if (map && sscanf(line, "resize %u", &readers) == 1)
		measure_resize(readers);
	else if (map && sscanf(line, "write %15s", name) == 1)
		measure_stores(name);
	else
		errx(2, "unknown command, or no map is made: %s", line);
}

int main(void)
{
	char line[80];

	while (fgets(line, sizeof(line), stdin)) {
		run_command(line);
		if (fflush(stdout))
			err(1, "answer");
	}
	return 0;
}

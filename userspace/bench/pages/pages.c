// SPDX-License-Identifier: GPL-2.0
/*
 * pages: measures what huge pages would save a mapped reader. A map of the native
 * core is copied, as processes see it, to a file that takes the place of the
 * map's descriptor. The library's reader maps it. Then the area of the table is
 * replaced by anonymous memory of small or of huge pages with the same content.
 *
 *	pages [ENTRIES]		16 million if it is not said
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/err.h>
#include <linux/mm.h>

#include "bench/random.h"
#include "bucketmap.h"
#include "core/core.h"
#include "core/map.h"
#include "lib/reader.h"
#include "native/thread.h"

#include "../cpus.h"

#define ENTRIES		16000000ULL
#define ROUNDS		5
#define SLICES		16384
#define SLICE		64

static struct bucketmap *make_map(u64 entries)
{
	const struct bucketmap_config config = {
		.key_size = sizeof(u64), .value_size = sizeof(u64), .capacity = entries,
		.flags = BUCKETMAP_CREATE_MAPPABLE | BUCKETMAP_CREATE_XXH64,
	};
	struct bucketmap *map;

	if (bm_core_init())
		errx(1, "out of memory");
	native_thread_begin();
	map = bucketmap_create(&config);
	if (IS_ERR(map))
		errx(1, "out of memory");
	for (u64 i = 0; i < entries; i++) {
		u64 key = key_of(i);

		if (bucketmap_store(map, &key, BUCKETMAP_WHOLE, &i, BM_GFP))
			errx(1, "a store failed");
	}
	return map;
}

static void copy_page(int file, const struct bucketmap *map, u64 offset)
{
	const void *page = bm_mapped_page(map, offset);

	if (page && pwrite(file, page, PAGE_SIZE, (off_t)offset) != PAGE_SIZE)
		err(1, "pwrite");
}

/* What has no page are holes, which no lookup reads. */
static int copy_map(const struct bucketmap *map)
{
	u64 start = map->mapped.header->table & BUCKETMAP_MAPPED_OFFSET;
	int file = memfd_create("pages", MFD_CLOEXEC);

	if (file < 0 || ftruncate(file, (off_t)bm_mapped_end(map)))
		err(1, "memfd");
	copy_page(file, map, 0);
	for (u64 offset = start; offset < bm_mapped_end(map); offset += PAGE_SIZE)
		copy_page(file, map, offset);
	return file;
}

/* Finds a view by a lookup, as the reader does. */
static const struct view *map_table(struct mapping *mapping)
{
	u64 key = key_of(0), value;

	if (reader_lookup(mapping, &key, &value, 0, sizeof(value)) || value)
		errx(1, "the reader does not find an entry");
	return mapping->latest[0];
}

static u64 huge_bytes(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	unsigned long long kib = 0;
	char line[128];

	if (!file)
		err(1, "smaps_rollup");
	while (fgets(line, sizeof(line), file) && sscanf(line, "AnonHugePages: %llu", &kib) != 1)
		;
	fclose(file);
	return kib * 1024;
}

/* Replaces the area. Returns how much of the process is in huge pages afterwards. */
static u64 replace_area(const struct view *view, int file, int advice)
{
	const struct bucketmap_mapped_table table = *view_page(view);
	u64 start = table.table & BUCKETMAP_MAPPED_OFFSET;
	u64 done = 0;

	if (mmap(view->area, table.bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED ||
	    madvise(view->area, table.bytes, advice))
		err(1, "anonymous memory");
	while (done < table.bytes) {
		ssize_t bytes = pread(file, view->area + done, table.bytes - done,
				      (off_t)(start + done));

		if (bytes <= 0)
			err(1, "pread");
		done += bytes;
	}
	return huge_bytes();
}

static void look_up_single(struct mapping *mapping, u64 entries, uint64_t *random)
{
	for (u64 i = 0; i < SLICE; i++) {
		u64 number = random_next_below(random, entries), key = key_of(number), value;

		if (reader_lookup(mapping, &key, &value, 0, sizeof(value)) || value != number)
			errx(1, "a lookup is wrong");
	}
}

static void look_up_batches(struct mapping *mapping, u64 entries, uint64_t *random)
{
	u64 keys[READER_GROUP], values[READER_GROUP];
	s32 results[READER_GROUP];
	const struct reader_columns columns = {
		.keys = (void *)keys, .values = (void *)values, .results = results,
		.length = sizeof(u64),
	};

	for (u64 i = 0; i < SLICE; i += READER_GROUP) {
		for (u64 j = 0; j < READER_GROUP; j++)
			keys[j] = key_of(random_next_below(random, entries));
		reader_lookup_group(mapping, &columns, READER_GROUP);
		for (u64 j = 0; j < READER_GROUP; j++)
			if (results[j] || key_of(values[j]) != keys[j])
				errx(1, "a lookup is wrong");
	}
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

static double median(double *samples, int count)
{
	qsort(samples, count, sizeof(*samples), compare);
	return samples[count / 2];
}

/* Nanoseconds per lookup: the median, so that no slice counts in which something else ran. */
static double measure(void (*look_up)(struct mapping *mapping, u64 entries, uint64_t *random),
		      struct mapping *mapping, u64 entries)
{
	static double slices[SLICES];
	uint64_t random = 1;

	for (int i = 0; i < SLICES; i++) {
		u64 began = now_ns();

		look_up(mapping, entries, &random);
		slices[i] = (double)(now_ns() - began) / SLICE;
	}
	return median(slices, SLICES);
}

static void print_median(const char *what, double *samples)
{
	double middle = median(samples, ROUNDS);

	printf("%s: %.1f ns (%.1f to %.1f)\n", what, middle, samples[0], samples[ROUNDS - 1]);
}

int main(int argc, char **argv)
{
	static const int advice[2] = { MADV_NOHUGEPAGE, MADV_HUGEPAGE };
	u64 entries = argc > 1 ? strtoull(argv[1], NULL, 0) : ENTRIES, huge[2];
	double single[2][ROUNDS], group[2][ROUNDS];
	struct bucketmap *map = make_map(entries);
	int file = copy_map(map), round, kind;
	struct mapping *mapping;
	const struct view *view;

	bucketmap_destroy(map);
	native_thread_end();
	if (mapping_open(&mapping, file))
		errx(1, "the reader does not open the map");
	view = map_table(mapping);
	pin(0);
	for (round = 0; round < ROUNDS; round++)
		for (kind = 0; kind < 2; kind++) {
			huge[kind] = replace_area(view, file, advice[kind]);
			single[kind][round] = measure(look_up_single, mapping, entries);
			group[kind][round] = measure(look_up_batches, mapping, entries);
		}
	printf("%llu entries; huge pages: %llu and %llu MiB\n", entries, huge[0] >> 20,
	       huge[1] >> 20);
	print_median("single lookups, small pages", single[0]);
	print_median("single lookups, huge pages", single[1]);
	print_median("batches of 32, small pages", group[0]);
	print_median("batches of 32, huge pages", group[1]);
	mapping_close(mapping);
	return 0;
}

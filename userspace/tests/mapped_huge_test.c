// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages of large tables are mapped as a whole, and all that goes for other
 * mappings goes for these: nothing pins them, they can be unmapped in part, and
 * they are taken out when the table is replaced.
 */
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "mapped.h"

/* A table of many huge pages, and one of few. */
#define CAPACITY	1000000
#define SMALLER		300000
#define NUMBERS		100000
#define RESIZES		40

/* The records of the oldest table, in a mapping that huge pages fit into. */
struct records {
	struct bucketmap *map;
	unsigned char *reserved;
	__u64 reserved_bytes;
	unsigned char *start;
	__u64 bytes;
};

static __u64 page_bytes(void)
{
	return getpagesize();
}

static void map_area(struct records *records, const struct mapped *mapped)
{
	__u64 word = load_acquire(&mapped->header->table), bytes = page_bytes();
	unsigned char *place;
	struct area *area;

	assert_ok(mapped_area((struct mapped *)mapped, word, &area));
	while (bytes < area->page->bytes)
		bytes *= 2;
	records->reserved_bytes = 2 * bytes;
	records->reserved = mmap(NULL, 2 * bytes, PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(records->reserved != MAP_FAILED);
	place = records->reserved + (-(uintptr_t)records->reserved & (bytes - 1));
	assert_true(mmap(place, area->page->bytes, PROT_READ, MAP_SHARED | MAP_FIXED, mapped->fd,
			 word & BUCKETMAP_MAPPED_OFFSET) == place);
	records->start = place + area->page->records;
	records->bytes = area->page->segment_bytes << area->page->segments_shift;
}

static void map_records(struct records *records)
{
	struct mapped mapped;

	records->map = mappable_map(8, 8, CAPACITY);
	assert_ok(mapped_open(&mapped, bucketmap_fd(records->map)));
	map_area(records, &mapped);
	mapped_close(&mapped);
}

static void unmap_records(struct records *records)
{
	assert_ok(munmap(records->reserved, records->reserved_bytes));
	bucketmap_close(records->map);
}

/* Does the kernel map huge pages at an address, if there are any? */
static int is_eligible(const void *address)
{
	unsigned long begin, end;
	int found = 0, eligible = 0;
	char line[512];
	FILE *smaps = fopen("/proc/self/smaps", "re");

	assert_non_null(smaps);
	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx", &begin, &end) == 2)
			found = begin <= (uintptr_t)address && (uintptr_t)address < end;
		else if (found)
			sscanf(line, "THPeligible: %d", &eligible);
	}
	fclose(smaps);
	return eligible;
}

static void skip_without_huge_mappings(struct records *records)
{
	if (is_eligible(records->start))
		return;
	unmap_records(records);
	skip();
}

static long fault_count(void)
{
	struct rusage usage;

	assert_ok(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

/* Reads a word of each page. Returns how many are all ones. */
static __u64 read_pages(const struct records *records)
{
	__u64 at, gone = 0;

	for (at = 0; at < records->bytes; at += page_bytes())
		gone += load(records->start + at) == GONE;
	return gone;
}

static void large_tables_are_mapped_by_huge_pages(void **state)
{
	struct records records;
	long before;

	(void)state;
	map_records(&records);
	skip_without_huge_mappings(&records);
	before = fault_count();
	assert_int_equal(read_pages(&records), 0);
	assert_in_range(fault_count() - before, 1, records.bytes / page_bytes() / 100);
	unmap_records(&records);
}

static void fill(struct bucketmap *map)
{
	__u64 number;

	for (number = 0; number < NUMBERS; number++)
		assert_ok(bucketmap_store(map, &number, &number, 0, 0));
}

static void readers_of_the_library_have_few_faults(void **state)
{
	struct records records;
	__u64 number, value;
	long before;

	(void)state;
	map_records(&records);
	skip_without_huge_mappings(&records);
	fill(records.map);
	assert_ok(bucketmap_use_mapping(records.map));
	before = fault_count();
	for (number = 0; number < NUMBERS; number++) {
		assert_ok(bucketmap_lookup(records.map, &number, &value, 0, 0));
		assert_int_equal(value, number);
	}
	assert_in_range(fault_count() - before, 1, records.bytes / page_bytes() / 100);
	unmap_records(&records);
}

static void huge_pages_cannot_be_pinned(void **state)
{
	struct records records;
	unsigned char byte;
	struct iovec copy = { .iov_base = &byte, .iov_len = 1 }, memory;
	int ends[2];

	(void)state;
	map_records(&records);
	skip_without_huge_mappings(&records);
	read_pages(&records);
	memory = (struct iovec){ .iov_base = records.start, .iov_len = page_bytes() };
	assert_ok(pipe(ends));
	assert_int_equal(vmsplice(ends[1], &memory, 1, 0), -1);
	memory.iov_len = 1;
	assert_int_equal(process_vm_readv(getpid(), &copy, 1, &memory, 1, 0), -1);
	close(ends[0]);
	close(ends[1]);
	unmap_records(&records);
}

static void huge_pages_can_be_unmapped_in_part(void **state)
{
	struct records records;
	__u64 number, value;

	(void)state;
	map_records(&records);
	skip_without_huge_mappings(&records);
	read_pages(&records);
	assert_ok(munmap(records.start + page_bytes(), page_bytes()));
	assert_ok(mprotect(records.start + 4 * page_bytes(), page_bytes(), PROT_NONE));
	assert_true(load(records.start) != GONE);
	assert_true(load(records.start + 2 * page_bytes()) != GONE);
	fill(records.map);
	for (number = 0; number < NUMBERS; number++) {
		assert_ok(bucketmap_lookup(records.map, &number, &value, 0, 0));
		assert_int_equal(value, number);
	}
	unmap_records(&records);
}

/* What one page table maps: a page of words. */
static __u64 huge_bytes(void)
{
	return page_bytes() / sizeof(__u64) * page_bytes();
}

/* Each huge page takes a fault, those that the parent had mapped too. */
static void read_anew(void *context)
{
	const struct records *records = context;
	long before = fault_count();

	child_check(!read_pages(records));
	child_check(fault_count() - before >= (long)(records->bytes / huge_bytes()));
}

/* fork() may copy the entry of a huge page that is taken out meanwhile. */
static void children_inherit_mappings_without_huge_pages(void **state)
{
	struct records records;

	(void)state;
	map_records(&records);
	skip_without_huge_mappings(&records);
	read_pages(&records);
	wait_for_success(start_child(read_anew, &records));
	assert_int_equal(read_pages(&records), 0);
	unmap_records(&records);
}

static void retired_huge_pages_read_as_all_ones(void **state)
{
	struct records records;

	(void)state;
	map_records(&records);
	skip_without_huge_mappings(&records);
	assert_int_equal(read_pages(&records), 0);
	assert_ok(bucketmap_resize(records.map, SMALLER, 0));
	assert_int_equal(read_pages(&records), records.bytes / page_bytes());
	unmap_records(&records);
}

/* Threads that look keys up until they are told to stop. */
struct readers {
	struct bucketmap *map;
	int stop;
	__u64 lookups;
	__u64 wrong;
};

static void *look_up(void *context)
{
	struct readers *readers = context;
	__u64 number = 0, lookups = 0, wrong = 0, value;

	while (!__atomic_load_n(&readers->stop, __ATOMIC_RELAXED)) {
		number = (number * 7919 + 1) % NUMBERS;
		wrong += bucketmap_lookup(readers->map, &number, &value, 0, 0) || value != number;
		lookups++;
	}
	__atomic_add_fetch(&readers->lookups, lookups, __ATOMIC_RELAXED);
	__atomic_add_fetch(&readers->wrong, wrong, __ATOMIC_RELAXED);
	return NULL;
}

/* Several threads meet the same huge pages at once, while these come and go. */
static void lookups_are_right_while_huge_pages_come_and_go(void **state)
{
	struct readers readers = { .map = mappable_map(8, 8, SMALLER) };
	pthread_t threads[4];
	size_t i;

	(void)state;
	fill(readers.map);
	assert_ok(bucketmap_use_mapping(readers.map));
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		assert_ok(pthread_create(&threads[i], NULL, look_up, &readers));
	for (i = 0; i < RESIZES; i++)
		assert_ok(bucketmap_resize(readers.map, i % 2 ? SMALLER : CAPACITY, 0));
	__atomic_store_n(&readers.stop, 1, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		assert_ok(pthread_join(threads[i], NULL));
	assert_true(readers.lookups > 0);
	assert_int_equal(readers.wrong, 0);
	bucketmap_close(readers.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_tables_are_mapped_by_huge_pages),
		cmocka_unit_test(readers_of_the_library_have_few_faults),
		cmocka_unit_test(huge_pages_cannot_be_pinned),
		cmocka_unit_test(huge_pages_can_be_unmapped_in_part),
		cmocka_unit_test(children_inherit_mappings_without_huge_pages),
		cmocka_unit_test(retired_huge_pages_read_as_all_ones),
		cmocka_unit_test(lookups_are_right_while_huge_pages_come_and_go),
	};

	return cmocka_run_group_tests(tests, require_device, NULL);
}

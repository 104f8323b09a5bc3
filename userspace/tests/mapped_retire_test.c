// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of a map whose table is replaced: retired tables read as all ones and
 * hold no memory, lookups find their way, and no reader stops a resize.
 */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "mapped.h"

static void resize(struct bucketmap *map, __u64 capacity)
{
	assert_ok(bucketmap_resize(map, capacity, 0));
}

static void store(struct bucketmap *map, __u64 key)
{
	__u64 value = ~key;

	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
}

static __u64 map_bytes(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.bytes;
}

/* The oldest table, in a mapping of its own. */
static const void *map_oldest(const struct mapped *mapped, int fd, __u64 *bytes)
{
	__u64 offset = load_acquire(&mapped->header->table) & BUCKETMAP_MAPPED_OFFSET;
	size_t page_size = (size_t)getpagesize();
	const struct bucketmap_mapped_table *page;

	page = mmap(NULL, page_size, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	assert_ptr_not_equal(page, MAP_FAILED);
	*bytes = page->bytes;
	assert_ok(munmap((void *)page, page_size));
	page = mmap(NULL, *bytes, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	assert_ptr_not_equal(page, MAP_FAILED);
	return page;
}

static void assert_gone(const void *area, __u64 bytes)
{
	const __u64 *word = area;
	__u64 i;

	for (i = 0; i < bytes / 8; i++)
		assert_true(word[i] == GONE);
}

static void retired_table_reads_as_all_ones(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 1000);
	int fd = bucketmap_fd(map);
	__u64 key, bytes, before;
	struct mapped mapped;
	const __u64 *area;
	size_t i;

	(void)state;
	assert_ok(mapped_open(&mapped, fd));
	for (key = 0; key < 500; key++)
		store(map, key);
	area = map_oldest(&mapped, fd, &bytes);
	before = load(&mapped.header->table);
	assert_int_equal(area[0], before);
	/* Some pages were read, others not. */
	for (i = 0; i < bytes / 8; i += 1024)
		load(&area[i]);
	resize(map, 5000);
	assert_true((load(&mapped.header->table) & BUCKETMAP_MAPPED_OFFSET) >=
		    (before & BUCKETMAP_MAPPED_OFFSET) + bytes);
	assert_gone(area, bytes);
	assert_ok(munmap((void *)area, bytes));
	/* Also in a new mapping. */
	area = mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd,
		    (off_t)(before & BUCKETMAP_MAPPED_OFFSET));
	assert_ptr_not_equal(area, MAP_FAILED);
	assert_gone(area, bytes);
	assert_ok(munmap((void *)area, bytes));
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* Also in the mappings of other descriptors and processes. */
struct other {
	int fd;
	atomic_int *phase;
};

static void watch_table(void *context)
{
	struct other *other = context;
	size_t page_size = (size_t)getpagesize();
	const struct bucketmap_mapped_header *header;
	const __u64 *page;

	header = mmap(NULL, page_size, PROT_READ, MAP_SHARED, other->fd, 0);
	child_check(header != MAP_FAILED);
	page = mmap(NULL, page_size, PROT_READ, MAP_SHARED, other->fd,
		    (off_t)(header->table & BUCKETMAP_MAPPED_OFFSET));
	child_check(page != MAP_FAILED);
	child_check(*page == header->table);
	atomic_store(other->phase, 1);
	while (atomic_load(other->phase) == 1)
		usleep(1000);
	child_check(load(page) == GONE);
	child_check(load(&header->table) != GONE);
}

static void other_processes_lose_retired_table_too(void **state)
{
	struct bucketmap *map = mappable_map(8, 8, 1000), *again;
	struct other other;
	pid_t child;

	(void)state;
	assert_ok(bucketmap_reopen(&again, map, BUCKETMAP_OPEN_RDONLY));
	other.fd = bucketmap_fd(again);
	other.phase = shared_memory(sizeof(*other.phase));
	child = start_child(watch_table, &other);
	while (atomic_load(other.phase) == 0)
		sleep_for(NSEC_PER_MSEC);
	resize(map, 5000);
	atomic_store(other.phase, 2);
	wait_for_success(child);
	bucketmap_close(again);
	bucketmap_close(map);
}

/* A reader that keeps every table mapped costs the map no memory. */
static void hostile_reader_pins_nothing(void **state)
{
	const int rounds = 100;
	struct bucketmap *map = mappable_map(8, 8, 0);
	const void *areas[100];
	__u64 bytes[100], before, size;
	struct mapped mapped;
	int i;

	(void)state;
	assert_ok(mapped_open(&mapped, bucketmap_fd(map)));
	resize(map, 20000);
	before = map_bytes(map);
	for (i = 0; i < rounds; i++) {
		areas[i] = map_oldest(&mapped, bucketmap_fd(map), &bytes[i]);
		for (size = 0; size < bytes[i]; size += 4096)
			load((const char *)areas[i] + size);
		resize(map, i % 2 ? 20000 : 40000);
	}
	/* The tables of a hundred resizes would be far more. */
	assert_true(map_bytes(map) < 2 * before);
	for (i = 0; i < rounds; i++) {
		assert_gone(areas[i], bytes[i]);
		assert_ok(munmap((void *)areas[i], bytes[i]));
	}
	mapped_close(&mapped);
	bucketmap_close(map);
}

/* Lookups while the table is replaced all the time */

#define STEADY	2000	/* keys that are always there */

struct shared {
	atomic_int stop;
	atomic_int failed;
	struct bucketmap *map;
};

/* Keys that come and go beside the steady ones, so that chains change. */
static void *change_entries(void *context)
{
	struct shared *shared = context;
	__u64 key, round;

	for (round = 0; !atomic_load(&shared->stop); round++) {
		for (key = STEADY; key < 2 * STEADY; key++) {
			__u64 value = round << 32 | key;
			int ret = round % 2 ? bucketmap_delete(shared->map, &key) :
					      bucketmap_store(shared->map, &key, &value, 0, 0);

			if (ret && ret != -ENOENT)
				atomic_store(&shared->failed, 1);
		}
	}
	return NULL;
}

/* Is the result of a lookup one that is possible? */
static int is_possible(__u64 key, int ret, __u64 value)
{
	if (key < STEADY)
		return !ret && value == ~key;
	if (key < 2 * STEADY)
		return ret == -ENOENT || (!ret && (value & 0xffffffff) == key);
	return ret == -ENOENT;
}

static void *look_up(void *context)
{
	struct shared *shared = context;
	__u64 key, value, kernel = 0;
	struct mapped mapped;

	if (mapped_open(&mapped, bucketmap_fd(shared->map)))
		return (void *)1UL;
	for (key = 0; !atomic_load(&shared->stop); key = (key + 7) % (3 * STEADY)) {
		int ret = mapped_lookup(&mapped, &key, &value);

		if (ret == -EAGAIN) {
			kernel++;
			ret = bucketmap_lookup(shared->map, &key, &value, 0, 0);
		}
		if (!is_possible(key, ret, value)) {
			fprintf(stderr, "# key %llu: %d, %llx\n", key, ret, value);
			atomic_store(&shared->failed, 1);
		}
	}
	if (kernel)
		fprintf(stderr, "# the kernel was asked %llu times\n", kernel);
	mapped_close(&mapped);
	return NULL;
}

/* Reads words of all tables there ever were, without any order. */
static void *touch(void *context)
{
	struct shared *shared = context;
	int fd = bucketmap_fd(shared->map);
	struct mapped mapped;
	__u64 seed = 1;

	if (mapped_open(&mapped, fd))
		return (void *)1UL;
	while (!atomic_load(&shared->stop)) {
		__u64 word = load_acquire(&mapped.header->table);
		struct area *area;

		if (!mapped_area(&mapped, word, &area)) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			area = &mapped.areas[(seed >> 33) % AREAS];
		}
		if (area->word)
			load(area->start + (seed >> 20) % (area->bytes / 8) * 8);
	}
	mapped_close(&mapped);
	return NULL;
}

static void lookups_are_right_while_tables_are_replaced(void **state)
{
	static void *(*const work[])(void *) = { change_entries, look_up, look_up, touch };
	struct shared shared = { .map = mappable_map(8, 8, 0) };
	const __u64 end = time_now() + 10 * NSEC_PER_SEC;
	pthread_t threads[ARRAY_SIZE(work)];
	void *ret;
	size_t i;

	(void)state;
	for (i = 0; i < STEADY; i++)
		store(shared.map, i);
	for (i = 0; i < ARRAY_SIZE(work); i++)
		assert_ok(pthread_create(&threads[i], NULL, work[i], &shared));
	/* A debug kernel may take a second for each. */
	for (i = 0; i < 400 && (i < 20 || time_now() < end); i++)
		resize(shared.map, i % 2 ? 0 : 100000);
	atomic_store(&shared.stop, 1);
	for (i = 0; i < ARRAY_SIZE(work); i++) {
		assert_ok(pthread_join(threads[i], &ret));
		assert_null(ret);
	}
	assert_false(atomic_load(&shared.failed));
	bucketmap_close(shared.map);
}

/* A reader that is killed in the middle of it. */
static void read_until_killed(void *context)
{
	struct shared shared = { .map = context };

	look_up(&shared);
}

static void killed_readers_leave_no_mapping(void **state)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *map = mappable_map(8, 8, 0);
	pid_t child;
	__u64 key;
	int i, j;

	(void)state;
	for (key = 0; key < STEADY; key++)
		store(map, key);
	for (i = 0; i < 20; i++) {
		child = start_child(read_until_killed, map);
		for (j = 0; j < 10; j++)
			resize(map, j % 2 ? 0 : 50000);
		stop_child(child);
		assert_ok(bucketmap_info(map, &info));
		assert_int_equal(info.mappings, 0);
	}
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(retired_table_reads_as_all_ones),
		device_test(other_processes_lose_retired_table_too),
		device_test(hostile_reader_pins_nothing),
		device_test(lookups_are_right_while_tables_are_replaced),
		device_test(killed_readers_leave_no_mapping),
	};

	return run_device_tests(tests);
}

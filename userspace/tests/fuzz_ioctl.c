// SPDX-License-Identifier: GPL-2.0
/*
 * Random calls of all ioctls, most of them nearly valid, on small maps. Several
 * threads share the descriptors and the memory that the arguments point to. Every
 * error must be one that the header documents for its ioctl, and at the end the
 * maps must be consistent.
 *
 * FUZZ_CALLS in the environment sets the number of calls, SEED which calls they are.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/bucketmap.h"
#include "tests/abi_errors.h"
#include "tests/fuzz_arguments.h"

#define THREADS		4
#define MAPS		4
/*
 * Reserved address space after the arena. A batch whose @done is corrupted goes on at
 * addresses far behind its arrays.
 */
#define UNMAPPED_SIZE	0x10000000000ULL
#define MAX_BYTES	"/sys/module/bucketmap/parameters/max_bytes"

#define REQUIRE(condition)							\
	do {									\
		if (!(condition)) {						\
			printf("# line %d: %s\nnot ok 1 - fuzzing\n1..1\n",	\
			       __LINE__, #condition);				\
			exit(1);						\
		}								\
	} while (0)

/* Key and value sizes of the maps: from a few keys that collide often to many keys. */
static const struct {
	__u32 key_size;
	__u32 value_size;
	__u64 max_entries;
} shapes[MAPS] = { { 1, 8, 0 }, { 2, 0, 0 }, { 8, 40, 50 }, { 3, 600, 0 } };

static struct bucketmap *maps[MAPS];
static int devices[2], writers[MAPS], readers[MAPS], pipes[2];

static __u64 calls_left, calls_made, calls_succeeded[256];

static int random_descriptor(__u64 *state, unsigned long number)
{
	int of_device = _IOC_NR(number) < _IOC_NR(BUCKETMAP_IOC_REOPEN);
	unsigned int kind = fuzz_below(state, 40);

	switch (kind) {
	case 0:
		return -1;
	case 1:
		return 1000;
	case 2:
		return pipes[0];
	default:
		/* Sometimes of the wrong kind. */
		if (kind == 3 ? !of_device : of_device)
			return devices[fuzz_one_in(state, 8)];
		return (fuzz_one_in(state, 8) ? readers : writers)[fuzz_below(state, MAPS)];
	}
}

/* Whether the header documents the error for the ioctl. */
static int is_documented(unsigned long number, int error)
{
	if (error == ENOMEM || error == ENOTTY || error == EBADF)
		return 1;
	for (const struct abi_error *entry = abi_errors; entry->ioctl; entry++) {
		if (entry->number == _IOC_NR(number) && entry->error == error)
			return 1;
	}
	return 0;
}

static void random_call(__u64 *state)
{
	unsigned char structure[FUZZ_STRUCTURE_SIZE] = { 0 };
	unsigned long number = fuzz_fill(state, structure);
	unsigned char *where = fuzz_arena + fuzz_below(state, fuzz_page) / 8 * 8;
	int fd, ret;

	fuzz_corrupt(state, structure, &number);
	if (fuzz_one_in(state, 40))
		where = (unsigned char *)(uintptr_t)fuzz_pointer(state);
	if (where >= fuzz_arena && where < fuzz_arena_end - fuzz_page - sizeof(structure))
		memcpy(where, structure, sizeof(structure));
	fd = random_descriptor(state, number);
	/* A random ioctl number must not change anything but the test's own devices and maps. */
	if (fd == pipes[0])
		number = _IOWR(BUCKETMAP_IOC_MAGIC, _IOC_NR(number), __u64);
	ret = ioctl(fd, number, where);
	if (ret < 0) {
		int error = errno;

		if (!is_documented(number, error))
			printf("# number %#lx failed with %s\n", number, strerror(error));
		REQUIRE(is_documented(number, error));
		return;
	}
	__atomic_fetch_add(&calls_succeeded[_IOC_NR(number)], 1, __ATOMIC_RELAXED);
	/* Ioctls that do not return a descriptor return 0 or 1. */
	if (ret > 2)
		close(ret);
}

static void *make_calls(void *context)
{
	__u64 *state = context;

	while ((__s64)__atomic_sub_fetch(&calls_left, 1, __ATOMIC_RELAXED) >= 0) {
		random_call(state);
		__atomic_fetch_add(&calls_made, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Signals are sent to all threads from time to time: they end waits without a deadline. */
static void ignore_signal(int signal)
{
	(void)signal;
}

static void map_arena(void)
{
	fuzz_page = sysconf(_SC_PAGESIZE);
	fuzz_arena = mmap(NULL, 5 * fuzz_page + UNMAPPED_SIZE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	REQUIRE(fuzz_arena != MAP_FAILED);
	fuzz_arena_end = fuzz_arena + 5 * fuzz_page;
	REQUIRE(!mprotect(fuzz_arena, 4 * fuzz_page, PROT_READ | PROT_WRITE));
	REQUIRE(!mprotect(fuzz_arena_end - fuzz_page, fuzz_page, PROT_READ));
}

static void create_maps(void)
{
	devices[0] = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	devices[1] = open(BUCKETMAP_DEVICE, O_RDONLY | O_CLOEXEC);
	REQUIRE(devices[0] >= 0 && devices[1] >= 0);
	REQUIRE(!pipe2(pipes, O_CLOEXEC));
	for (int i = 0; i < MAPS; i++) {
		struct bucketmap_create create = {
			.size = sizeof(create),
			.key_size = shapes[i].key_size,
			.value_size = shapes[i].value_size,
			.max_entries = shapes[i].max_entries,
			.mode = 0600,
		};
		struct bucketmap *reader;

		sprintf(create.name, "fuzzed.%d", i);
		bucketmap_unlink(create.name);
		REQUIRE(!bucketmap_create(&maps[i], &create));
		REQUIRE(!bucketmap_open(&reader, create.name, BUCKETMAP_OPEN_RDONLY));
		writers[i] = bucketmap_fd(maps[i]);
		readers[i] = bucketmap_fd(reader);
		REQUIRE(!bucketmap_unlink(create.name));
	}
}

/* A scan returns as many entries as the count says, and a lookup finds each of them. */
static __u64 check_map(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap_cursor cursor = { 0 };
	__u64 entries = 0;

	REQUIRE(!bucketmap_info(map, &info));
	REQUIRE(!info.max_entries || info.count <= info.max_entries);
	while (!cursor.end) {
		static unsigned char keys[64 * 8], values[64 * 600], value[600];
		__u32 count;

		REQUIRE(!bucketmap_scan(map, &cursor, keys, values, 0, 0, 64, &count));
		for (__u32 i = 0; i < count; i++) {
			REQUIRE(!bucketmap_lookup(map, keys + i * info.key_size, value, 0, 0));
			REQUIRE(!memcmp(value, values + i * info.value_size, info.value_size));
		}
		entries += count;
	}
	REQUIRE(entries == info.count);
	return entries;
}

/* Sets max_bytes of the module and returns its old value. */
static unsigned long long limit_memory(unsigned long long bytes)
{
	FILE *file = fopen(MAX_BYTES, "r+e");
	unsigned long long old;

	REQUIRE(file && fscanf(file, "%llu", &old) == 1);
	rewind(file);
	REQUIRE(fprintf(file, "%llu", bytes) > 0 && !fclose(file));
	return old;
}

static void fuzz(__u64 seed)
{
	const struct sigaction interrupting = { .sa_handler = ignore_signal };
	const struct timespec often = { .tv_nsec = 3000000 };
	__u64 states[THREADS];
	pthread_t threads[THREADS];
	__u64 last = 0;
	int idle = 0;

	REQUIRE(!sigaction(SIGUSR1, &interrupting, NULL));
	for (int i = 0; i < THREADS; i++) {
		states[i] = seed + i * 0x1234567;
		REQUIRE(!pthread_create(&threads[i], NULL, make_calls, &states[i]));
	}
	while ((__s64)__atomic_load_n(&calls_left, __ATOMIC_RELAXED) > 0) {
		__u64 made = __atomic_load_n(&calls_made, __ATOMIC_RELAXED);

		nanosleep(&often, NULL);
		for (int i = 0; i < THREADS; i++)
			pthread_kill(threads[i], SIGUSR1);
		idle = made == last ? idle + 1 : 0;
		REQUIRE(idle < 10000);
		last = made;
	}
	for (int i = 0; i < THREADS; i++) {
		while (pthread_tryjoin_np(threads[i], NULL)) {
			pthread_kill(threads[i], SIGUSR1);
			nanosleep(&often, NULL);
		}
	}
}

static void report(double seconds, __u64 calls)
{
	__u64 succeeded = 0;

	for (int i = 0; i < 256; i++)
		succeeded += calls_succeeded[i];
	printf("# %llu calls in %.1f s, %.0f calls/s; %llu succeeded; entries left:",
	       calls, seconds, calls / seconds, succeeded);
	for (int i = 0; i < MAPS; i++)
		printf(" %llu", check_map(maps[i]));
	printf("\n# succeeded, by number:");
	for (int i = 0; i < 256; i++)
		if (calls_succeeded[i])
			printf(" %02x:%llu", i, calls_succeeded[i]);
	printf("\n");
}

static __u64 environment_number(const char *name, __u64 standard)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : standard;
}

int main(void)
{
	__u64 calls = environment_number("FUZZ_CALLS", 100000);
	__u64 seed = environment_number("SEED", time(NULL));
	struct bucketmap_limits limits = { .size = sizeof(limits) };
	unsigned long long old_limit = limit_memory(32 << 20);
	__u64 begin;

	printf("# SEED=%llu\n", seed);
	calls_left = calls;
	map_arena();
	create_maps();
	begin = bucketmap_deadline(0);
	fuzz(seed);
	report((bucketmap_deadline(0) - begin) / 1e9, calls);
	for (int i = 0; i < 6; i++) {
		char name[32];

		sprintf(name, "fuzz.%d", i);
		bucketmap_unlink(name);
	}
	REQUIRE(!bucketmap_limits(&limits));
	REQUIRE(limits.maps >= MAPS && limits.maps <= limits.max_maps);
	REQUIRE(limits.bytes <= limits.max_bytes);
	limit_memory(old_limit);
	printf("ok 1 - maps are consistent after random calls by several threads\n1..1\n");
	return 0;
}

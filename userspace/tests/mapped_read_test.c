// SPDX-License-Identifier: GPL-2.0
/*
 * Lookups through a mapping, by the library: they return what system calls
 * return, while the map changes and is resized all the time. Neither they nor scans
 * make system calls. What scans return is in scan_test.c.
 */
#include <linux/seccomp.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "support.h"

#define KEYS	3000

static const __u32 hashes[] = { 0, BUCKETMAP_CREATE_SIPHASH24, BUCKETMAP_CREATE_XXH64 };

static struct bucketmap *map_of_words(void)
{
	return mapped_map(8, 8, 0);
}

static __u64 value_of(__u64 key)
{
	return key * 0x9e3779b97f4a7c15ULL + 1;
}

static void fill(struct bucketmap *map, __u64 first, __u64 end)
{
	for (__u64 key = first; key < end; key++) {
		__u64 value = value_of(key);

		assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	}
}

static void assert_holds(struct bucketmap *map, __u64 first, __u64 end)
{
	for (__u64 key = first; key < end; key++) {
		__u64 value = 0;

		assert_ok(bucketmap_lookup(map, &key, &value, 0, 0));
		assert_int_equal(value, value_of(key));
	}
}

static void assert_lacks(struct bucketmap *map, __u64 first, __u64 end)
{
	for (__u64 key = first; key < end; key++) {
		__u64 value = 5;

		assert_error(bucketmap_lookup(map, &key, &value, 0, 0), ENOENT);
		assert_int_equal(value, 5);
	}
}

static void only_mappable_maps_are_mapped(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	assert_error(bucketmap_use_mapping(map), ENODEV);
	fill(map, 0, 10);
	assert_holds(map, 0, 10);
	bucketmap_close(map);
}

static void mapped_lookups_find_what_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		struct bucketmap *map = mapped_map(8, 8, hashes[i]);

		assert_lacks(map, 0, 10);
		fill(map, 0, KEYS);
		assert_holds(map, 0, KEYS);
		assert_lacks(map, KEYS, 2 * KEYS);
		for (__u64 key = 0; key < KEYS; key += 2)
			assert_ok(bucketmap_delete(map, &key));
		for (__u64 key = 0; key < KEYS; key++)
			assert_int_equal(bucketmap_lookup(map, &key, NULL, 0, 0),
					 key % 2 ? 0 : -ENOENT);
		bucketmap_close(map);
	}
}

/* A key that is all zeros must not be found in slots that are empty. */
static void zero_key_is_absent_until_it_is_stored(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct bucketmap *map = map_of_words();

		fill(map, 1, 4);
		assert_lacks(map, 0, 1);
		bucketmap_close(map);
	}
}

static void keys_and_values_of_all_sizes_are_read(void **state)
{
	static const __u32 keys[] = { 1, 7, 8, 9, 16, 33, 256 };
	static const __u32 values[] = { 0, 1, 8, 13, 24, 4096 };
	unsigned char key[256], value[4096], read_back[4096];

	(void)state;
	seed_random();
	for (size_t i = 0; i < ARRAY_SIZE(keys) * ARRAY_SIZE(values) * ARRAY_SIZE(hashes); i++) {
		__u32 key_size = keys[i % ARRAY_SIZE(keys)];
		__u32 value_size = values[i / ARRAY_SIZE(hashes) % ARRAY_SIZE(values)];
		__u32 hash = hashes[i % ARRAY_SIZE(hashes)];
		struct bucketmap *map = mapped_map(key_size, value_size, hash);

		for (int n = 0; n < 100; n++) {
			__u32 offset = random_below(value_size + 1);
			__u32 length = random_below(value_size - offset + 1);
			__u32 bytes = offset || length ? length : value_size;

			for (size_t k = 0; k < sizeof(key); k++)
				key[k] = random_number();
			for (size_t k = 0; k < sizeof(value); k++)
				value[k] = random_number();
			memset(read_back, 0x5a, sizeof(read_back));
			assert_ok(bucketmap_store(map, key, value, 0, 0));
			assert_ok(bucketmap_lookup(map, key, read_back, offset, length));
			assert_memory_equal(read_back, value + offset, bytes);
			assert_int_equal(read_back[bytes < 4096 ? bytes : 0],
					 bytes < 4096 ? 0x5a : value[0]);
		}
		bucketmap_close(map);
	}
}

static void windows_outside_of_the_value_are_refused(void **state)
{
	struct bucketmap *map = map_of_words();
	__u64 key = 1, value;

	(void)state;
	fill(map, 0, 10);
	assert_error(bucketmap_lookup(map, &key, &value, 8, 1), EINVAL);
	assert_error(bucketmap_lookup(map, &key, &value, 0, 9), EINVAL);
	assert_error(bucketmap_lookup(map, &key, &value, 1, ~0U), EINVAL);
	assert_ok(bucketmap_lookup(map, &key, &value, 8, 0));
	bucketmap_close(map);
}

static void batches_of_mapped_lookups_give_results_and_windows(void **state)
{
	static __u64 keys[1000];
	static unsigned char windows[1000][3];
	static __s32 results[1000];
	struct bucketmap *map = map_of_words();
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_LOOKUP,
		.keys = (uintptr_t)keys,
		.previous = (uintptr_t)windows,
		.results = (uintptr_t)results,
		.count = 1000,
		.deadline = 1,
		.offset = 5,
		.length = 3,
	};

	(void)state;
	fill(map, 0, 500);
	for (__u64 i = 0; i < 1000; i++)
		keys[i] = i;
	memset(windows, 7, sizeof(windows));
	memset(results, 7, sizeof(results));
	/* The deadline has passed, so nothing is started. */
	assert_error(bucketmap_batch(map, &batch), ETIME);
	assert_int_equal(batch.done, 0);
	batch.deadline = bucketmap_deadline(PATIENCE);
	batch.done = 10;
	assert_ok(bucketmap_batch(map, &batch));
	assert_int_equal(batch.done, 1000);
	assert_int_equal(results[9], 0x07070707);
	for (__u64 i = 10; i < 1000; i++) {
		__u64 value = i < 500 ? value_of(i) : 0;

		assert_int_equal(results[i], i < 500 ? 0 : -ENOENT);
		assert_memory_equal(windows[i], (unsigned char *)&value + 5, 3);
	}
	batch.values = 1;
	batch.done = 0;
	assert_error(bucketmap_batch(map, &batch), EINVAL);
	bucketmap_close(map);
}

static void grows_and_shrinks_are_followed(void **state)
{
	struct bucketmap *map = map_of_words();

	(void)state;
	fill(map, 0, 100);
	/* More tables than views. */
	for (int i = 0; i < 100; i++) {
		assert_ok(bucketmap_resize(map, i % 2 ? 100 : 20000, 0));
		assert_holds(map, 0, 100);
		assert_lacks(map, 100, 200);
	}
	fill(map, 100, 50000);
	assert_holds(map, 0, 50000);
	bucketmap_close(map);
}

/* In seccomp's strict mode, a process dies of every system call but a few. */
static void look_up_without_system_calls(void *context)
{
	struct bucketmap *map = context;
	__u64 key, value;

	child_check(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
	for (key = 0; key < 2000; key++) {
		int ret = bucketmap_lookup(map, &key, &value, 0, 0);

		if (ret != (key < 1000 ? 0 : -ENOENT) || (!ret && value != value_of(key)))
			syscall(SYS_exit, 1);
	}
	syscall(SYS_exit, 0);
}

static void scan_without_system_calls(void *context)
{
	struct bucketmap_cursor cursor = { 0 };
	struct bucketmap *map = context;
	__u64 keys[64], values[64], sum = 0;
	__u32 count;

	child_check(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
	while (!cursor.end) {
		if (bucketmap_scan(map, &cursor, keys, values, 0, 0, 64, &count))
			syscall(SYS_exit, 1);
		for (__u32 i = 0; i < count; i++)
			sum += values[i] == value_of(keys[i]) ? keys[i] : 1000000;
	}
	syscall(SYS_exit, sum != 1000 * 999 / 2);
}

static void mapped_lookups_and_scans_make_no_system_calls(void **state)
{
	struct bucketmap *map;

	(void)state;
	/* The debug kernels have no seccomp. */
	if (prctl(PR_GET_SECCOMP) < 0)
		skip();
	map = map_of_words();
	assert_ok(bucketmap_resize(map, 2000, 0));
	fill(map, 0, 1000);
	assert_holds(map, 0, 1000);
	wait_for_success(start_child(look_up_without_system_calls, map));
	wait_for_success(start_child(scan_without_system_calls, map));
	bucketmap_close(map);
}

static void look_up_in_child(void *context)
{
	struct bucketmap *map = context;
	__u64 key, value;

	for (key = 0; key < KEYS; key++) {
		child_check(!bucketmap_lookup(map, &key, &value, 0, 0));
		child_check(value == value_of(key));
	}
	child_check(!bucketmap_resize(map, 8 * KEYS, 0));
	for (key = 0; key < KEYS; key++)
		child_check(!bucketmap_lookup(map, &key, &value, 0, 0) &&
			    value == value_of(key));
}

static void children_of_fork_read_and_follow_too(void **state)
{
	struct bucketmap *map = map_of_words();

	(void)state;
	fill(map, 0, KEYS);
	assert_holds(map, 0, KEYS);
	wait_for_success(start_child(look_up_in_child, map));
	assert_holds(map, 0, KEYS);
	bucketmap_close(map);
}

/*
 * A writer for each key, readers and a task that resizes. The writer publishes
 * each number before and after it stores it, so a reader knows between which two
 * numbers its result must lie. A key whose number is odd is deleted.
 */
#define WRITERS		2
#define READERS		2
#define WRITER_KEYS	20

struct race {
	_Atomic __u64 begun[WRITERS * WRITER_KEYS];
	_Atomic __u64 done[WRITERS * WRITER_KEYS];
	_Atomic __u64 lookups;
	_Atomic int stop;
};

struct task {
	struct bucketmap *map;
	struct race *race;
	__u64 number;
};

static void write_numbers(void *context)
{
	struct task *task = context;
	struct race *race = task->race;

	for (__u64 i = 1; !race->stop; i++) {
		for (__u64 k = 0; k < WRITER_KEYS; k++) {
			__u64 key = task->number * WRITER_KEYS + k;
			int ret;

			race->begun[key] = i;
			ret = i % 2 ? bucketmap_store(task->map, &key, &i, 0, 0) :
				      bucketmap_delete(task->map, &key);
			child_check(!ret);
			race->done[key] = i;
		}
	}
}

static void resize_all_the_time(void *context)
{
	struct task *task = context;

	for (int i = 0; !task->race->stop; i++)
		child_check(!bucketmap_resize(task->map, i % 3 * 60, 0));
}

/* An absent key has an even number, and 0 at the beginning. */
static int is_possible(__u64 done, __u64 begun, int ret, __u64 value)
{
	if (!ret)
		return value % 2 && value >= done && value <= begun;
	/* Some even number lies between the two. */
	return ret == -ENOENT && (done % 2 == 0 || begun > done);
}

static void *read_numbers(void *context)
{
	struct task *task = context;
	struct race *race = task->race;
	__u64 lookups = 0;

	for (__u64 i = task->number; !race->stop; i++, lookups++) {
		__u64 key = i % (WRITERS * WRITER_KEYS), value = 0;
		__u64 done = race->done[key];
		int ret = bucketmap_lookup(task->map, &key, &value, 0, 0);
		__u64 begun = race->begun[key];

		if (!is_possible(done, begun, ret, value)) {
			fprintf(stderr, "# key %llu: %d, number %llu, between %llu and %llu\n",
				key, ret, value, done, begun);
			abort();
		}
	}
	race->lookups += lookups;
	return NULL;
}

static void read_in_threads(void *context)
{
	struct task *task = context, readers[READERS];
	pthread_t threads[READERS];

	for (__u64 i = 0; i < READERS; i++) {
		readers[i] = *task;
		readers[i].number = i * 7;
		child_check(!pthread_create(&threads[i], NULL, read_numbers, &readers[i]));
	}
	for (int i = 0; i < READERS; i++)
		pthread_join(threads[i], NULL);
}

static void mapped_lookups_are_linearizable_during_resizes(void **state)
{
	__u64 seconds = environment_number("MAPPED_SECONDS", 5);
	struct race *race = shared_memory(sizeof(*race));
	struct bucketmap *map = map_of_words();
	struct task tasks[WRITERS + 2];
	pid_t children[WRITERS + 2];

	(void)state;
	for (__u64 i = 0; i < WRITERS + 2; i++) {
		tasks[i] = (struct task){ .map = map, .race = race, .number = i };
		children[i] = start_child(i < WRITERS ? write_numbers :
					  i == WRITERS ? resize_all_the_time : read_in_threads,
					  &tasks[i]);
	}
	sleep_for(seconds * NSEC_PER_SEC);
	race->stop = 1;
	for (int i = 0; i < WRITERS + 2; i++)
		wait_for_success(children[i]);
	print_message("# %llu lookups, %llu writes of one key\n", (unsigned long long)race->lookups,
		      (unsigned long long)race->done[0]);
	assert_true(race->lookups > 100 && race->done[0] > 2);
	munmap(race, sizeof(*race));
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(only_mappable_maps_are_mapped),
		device_test(mapped_lookups_find_what_is_there),
		device_test(zero_key_is_absent_until_it_is_stored),
		device_test(keys_and_values_of_all_sizes_are_read),
		device_test(windows_outside_of_the_value_are_refused),
		device_test(batches_of_mapped_lookups_give_results_and_windows),
		device_test(grows_and_shrinks_are_followed),
		device_test(mapped_lookups_and_scans_make_no_system_calls),
		device_test(children_of_fork_read_and_follow_too),
		device_test(mapped_lookups_are_linearizable_during_resizes),
	};

	return run_device_tests(tests);
}

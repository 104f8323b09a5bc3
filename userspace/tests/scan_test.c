// SPDX-License-Identifier: GPL-2.0
/*
 * The guarantee of a scan: it returns a key that exists during the whole scan exactly
 * once, and no key twice, whatever happens to the map meanwhile. By system calls, and
 * by a mapping.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "support.h"

/* Maps are mappable, and scanned by a mapping. */
static bool by_mapping;

static int map_maps(void **state)
{
	(void)state;
	by_mapping = true;
	return 0;
}

static int map_no_more(void **state)
{
	by_mapping = false;
	return unlink_test_maps(state);
}

#define mapped_test(function) \
	{ "mapped: " #function, function, map_maps, map_no_more, NULL }

static struct bucketmap *map_to_scan(__u32 key_size, __u32 value_size)
{
	return by_mapping ? mapped_map(key_size, value_size, 0) :
			    unnamed_map(key_size, value_size);
}

#define MAX_CAPACITY	1000

/* Keys below KEYS are stable; keys from KEYS up to 2 * KEYS are inserted and deleted. */
#define KEYS		3000

static void fill(struct bucketmap *map)
{
	for (__u64 key = 0; key < KEYS; key++) {
		__u64 value = key + 1;

		assert_ok(bucketmap_insert(map, &key, &value, 0, 0));
	}
}

/* Scans the map, and counts in @times how often each key was returned. */
static void walk(struct bucketmap *map, __u32 capacity, unsigned char times[2 * KEYS])
{
	__u64 keys[MAX_CAPACITY], values[MAX_CAPACITY];
	struct bucketmap_cursor cursor = { 0 };
	__u32 count;

	memset(times, 0, 2 * KEYS);
	while (!cursor.end) {
		assert_ok(bucketmap_scan(map, &cursor, keys, values, 0, 0, capacity, &count));
		assert_true(count <= capacity);
		for (__u32 i = 0; i < count; i++) {
			assert_true(keys[i] < 2 * KEYS);
			assert_int_equal(values[i], keys[i] + 1);
			assert_int_equal(times[keys[i]]++, 0);
		}
	}
}

/* The byte at @offset of the value of @key. */
static unsigned char byte_of(__u64 key, __u32 offset)
{
	return 7 * key + offset;
}

/* Several rounds of the kernel's buffer: the windows of all of them have no gaps between them. */
static void scan_returns_windows_of_values(void **state)
{
	static const __u32 windows[][2] = { { 0, 12 }, { 5, 3 }, { 16, 8 }, { 1, 39 }, { 40, 0 } };
	static unsigned char values[4 * KEYS][40];
	struct bucketmap *map = map_to_scan(8, 40);
	static __u64 keys[4 * KEYS];
	unsigned char value[40];

	(void)state;
	for (__u64 key = 0; key < 4 * KEYS; key++) {
		for (__u32 i = 0; i < sizeof(value); i++)
			value[i] = byte_of(key, i);
		assert_ok(bucketmap_insert(map, &key, value, 0, 0));
	}
	for (size_t w = 0; w < ARRAY_SIZE(windows); w++) {
		struct bucketmap_cursor cursor = { 0 };
		__u32 offset = windows[w][0], length = windows[w][1], count, met = 0;
		unsigned char *found = values[0];

		memset(values, 0xa5, sizeof(values));
		for (; !cursor.end; met += count, found += length * count) {
			assert_ok(bucketmap_scan(map, &cursor, keys + met, found, offset, length,
						 4 * KEYS - met + 1, &count));
			for (__u32 i = 0; i < length * count; i++)
				assert_int_equal(found[i], byte_of(keys[met + i / length],
								   offset + i % length));
		}
		assert_int_equal(met, 4 * KEYS);
		for (__u32 i = 0; i < 40 - length; i++)
			assert_int_equal(found[i], 0xa5);
	}
	bucketmap_close(map);
}

static void assert_stable_keys_returned_once(const unsigned char times[2 * KEYS])
{
	for (int key = 0; key < KEYS; key++)
		assert_int_equal(times[key], 1);
}

static void scan_returns_each_key_once_at_any_capacity(void **state)
{
	static const __u32 capacities[] = { 1, 2, 3, 7, 8, 9, 64, MAX_CAPACITY };
	struct bucketmap *map = map_to_scan(8, 8);
	unsigned char times[2 * KEYS];

	(void)state;
	fill(map);
	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++) {
		walk(map, capacities[i], times);
		assert_stable_keys_returned_once(times);
	}
	bucketmap_close(map);
}

static void scan_of_an_empty_map_returns_nothing(void **state)
{
	struct bucketmap *map = map_to_scan(8, 8);
	unsigned char times[2 * KEYS];

	(void)state;
	walk(map, 1, times);
	for (int key = 0; key < 2 * KEYS; key++)
		assert_int_equal(times[key], 0);
	bucketmap_close(map);
}

static void scan_at_the_end_returns_nothing(void **state)
{
	struct bucketmap_cursor cursor = { .end = true };
	struct bucketmap *map = map_to_scan(8, 8);
	__u64 key = 77, value = 1;
	__u32 count = 99;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	assert_ok(bucketmap_scan(map, &cursor, &key, &value, 0, 0, 1, &count));
	assert_int_equal(count, 0);
	assert_true(cursor.end);
	assert_int_equal(key, 77);
	bucketmap_close(map);
}

static void cursor_with_a_reserved_byte_is_EINVAL(void **state)
{
	struct bucketmap *map = map_to_scan(8, 8);
	__u64 key = 1, value = 1;
	__u32 count = 99;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	for (size_t i = 0; i < sizeof(((struct bucketmap_cursor *)0)->reserved); i++) {
		struct bucketmap_cursor cursor = { 0 };

		cursor.reserved[i] = 1;
		assert_error(bucketmap_scan(map, &cursor, &key, &value, 0, 0, 1, &count), EINVAL);
		assert_error(bucketmap_clear(map, &cursor, 0), EINVAL);
		assert_int_equal(cursor.position, 0);
		assert_false(cursor.end);
	}
	assert_int_equal(count, 99);
	assert_int_equal(entry_count(map), 1);
	bucketmap_close(map);
}

static void scan_can_return_keys_only(void **state)
{
	struct bucketmap *map = map_to_scan(8, 8);
	struct bucketmap_cursor cursor = { 0 };
	__u64 keys[MAX_CAPACITY], sum = 0;
	__u32 count;

	(void)state;
	fill(map);
	while (!cursor.end) {
		assert_ok(bucketmap_scan(map, &cursor, keys, NULL, 0, 0, MAX_CAPACITY, &count));
		for (__u32 i = 0; i < count; i++)
			sum += keys[i];
	}
	assert_int_equal(sum, (__u64)KEYS * (KEYS - 1) / 2);
	bucketmap_close(map);
}

/* Scans from a cursor to the end; returns the number of keys. */
static __u32 keys_after(struct bucketmap *map, struct bucketmap_cursor cursor, __u64 keys[KEYS])
{
	__u32 total = 0, count;

	while (!cursor.end) {
		__u64 more[100];

		assert_ok(bucketmap_scan(map, &cursor, more, NULL, 0, 0, ARRAY_SIZE(more), &count));
		assert_true(count <= KEYS - total);
		memcpy(keys + total, more, count * sizeof(more[0]));
		total += count;
	}
	return total;
}

/* The map may still be growing, so that a call may return any number of entries. */
static void scan_can_resume_twice_from_one_cursor(void **state)
{
	struct bucketmap *map = map_to_scan(8, 8), *other;
	static __u64 all[KEYS], rest[KEYS];
	struct bucketmap_cursor cursor = { 0 };
	__u32 passed = 0, count;

	(void)state;
	fill(map);
	assert_ok(bucketmap_from_fd(&other, dup(bucketmap_fd(map))));
	assert_int_equal(keys_after(map, cursor, all), KEYS);
	while (!cursor.end) {
		__u64 keys[100];

		assert_int_equal(keys_after(other, cursor, rest), KEYS - passed);
		assert_memory_equal(rest, all + passed, (KEYS - passed) * sizeof(all[0]));
		assert_ok(bucketmap_scan(map, &cursor, keys, NULL, 0, 0, ARRAY_SIZE(keys), &count));
		assert_memory_equal(keys, all + passed, count * sizeof(keys[0]));
		passed += count;
	}
	assert_int_equal(passed, KEYS);
	bucketmap_close(other);
	bucketmap_close(map);
}

static void scan_writes_only_the_returned_entries(void **state)
{
	__u64 keys[11] = { [10] = 0x5a5a }, values[11] = { [10] = 0x5a5a };
	struct bucketmap *map = map_to_scan(8, 8);
	struct bucketmap_cursor cursor = { 0 };
	__u32 count;

	(void)state;
	fill(map);
	while (!cursor.end) {
		assert_ok(bucketmap_scan(map, &cursor, keys, values, 0, 0, 10, &count));
		assert_int_equal(keys[10], 0x5a5a);
		assert_int_equal(values[10], 0x5a5a);
	}
	bucketmap_close(map);
}

static void scan_packs_keys_and_values_of_odd_sizes(void **state)
{
	struct bucketmap *map = map_to_scan(3, 5);
	unsigned char key[3], value[5];
	struct snapshot snapshot;

	(void)state;
	for (int i = 0; i < 200; i++) {
		memset(key, i, sizeof(key));
		memset(value, ~i, sizeof(value));
		assert_ok(bucketmap_insert(map, key, value, 0, 0));
	}
	take_snapshot(&snapshot, map);
	assert_int_equal(snapshot.count, 200);
	for (size_t i = 0; i < snapshot.count; i++) {
		memset(key, snapshot.keys[3 * i], sizeof(key));
		memset(value, ~snapshot.keys[3 * i], sizeof(value));
		assert_memory_equal(snapshot.keys + 3 * i, key, sizeof(key));
		assert_memory_equal(snapshot.values + 5 * i, value, sizeof(value));
	}
	free_snapshot(&snapshot);
	bucketmap_close(map);
}

static void churn_forever(void *context)
{
	for (;;) {
		for (__u64 key = KEYS; key < 2 * KEYS; key++) {
			__u64 value = key + 1;

			child_check(!bucketmap_insert(context, &key, &value, 0, 0));
		}
		for (__u64 key = KEYS; key < 2 * KEYS; key++)
			child_check(!bucketmap_delete(context, &key));
	}
}

static void scan_during_writes_returns_each_stable_key_once(void **state)
{
	static const __u32 capacities[] = { 1, 5, 100, MAX_CAPACITY };
	struct bucketmap *map = map_to_scan(8, 8);
	unsigned char times[2 * KEYS];
	pid_t writer;
	int status;

	(void)state;
	fill(map);
	writer = start_child(churn_forever, map);
	for (size_t i = 0; i < 40; i++) {
		walk(map, capacities[i % ARRAY_SIZE(capacities)], times);
		assert_stable_keys_returned_once(times);
	}
	assert_ok(kill(writer, SIGKILL));
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_true(WIFSIGNALED(status));
	bucketmap_close(map);
}

/* Makes a map that holds KEYS entries grow several times. */
static void grow(void *context)
{
	for (__u64 key = KEYS; key < 40 * KEYS; key++)
		child_check(!bucketmap_insert(context, &key, &key, 0, 0));
}

static void scan_of_a_growing_map_returns_each_stable_key_once(void **state)
{
	struct bucketmap *map = map_to_scan(8, 8);
	struct bucketmap_cursor cursor = { 0 };
	unsigned char times[40 * KEYS] = { 0 };
	__u64 keys[16];
	__u32 count;
	pid_t writer;

	(void)state;
	fill(map);
	writer = start_child(grow, map);
	while (!cursor.end) {
		assert_ok(bucketmap_scan(map, &cursor, keys, NULL, 0, 0, ARRAY_SIZE(keys), &count));
		for (__u32 i = 0; i < count; i++)
			assert_int_equal(times[keys[i]]++, 0);
	}
	for (int key = 0; key < KEYS; key++)
		assert_int_equal(times[key], 1);
	wait_for_success(writer);
	bucketmap_close(map);
}

static void ignore_signal(int signal)
{
	(void)signal;
}

static void interrupted_scan_returns_each_stable_key_once(void **state)
{
	const struct sigaction interrupting = { .sa_handler = ignore_signal };
	const struct itimerval often = { { 0, 100 }, { 0, 100 } }, never = { 0 };
	struct bucketmap *map = map_to_scan(8, 8);
	unsigned char times[2 * KEYS];

	(void)state;
	fill(map);
	assert_ok(sigaction(SIGALRM, &interrupting, NULL));
	assert_ok(setitimer(ITIMER_REAL, &often, NULL));
	for (int i = 0; i < 200; i++) {
		walk(map, MAX_CAPACITY, times);
		assert_stable_keys_returned_once(times);
	}
	assert_ok(setitimer(ITIMER_REAL, &never, NULL));
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(scan_returns_each_key_once_at_any_capacity),
		device_test(scan_returns_windows_of_values),
		device_test(scan_of_an_empty_map_returns_nothing),
		device_test(scan_at_the_end_returns_nothing),
		device_test(cursor_with_a_reserved_byte_is_EINVAL),
		device_test(scan_can_return_keys_only),
		device_test(scan_can_resume_twice_from_one_cursor),
		device_test(scan_writes_only_the_returned_entries),
		device_test(scan_packs_keys_and_values_of_odd_sizes),
		device_test(scan_during_writes_returns_each_stable_key_once),
		device_test(interrupted_scan_returns_each_stable_key_once),
		device_test(scan_of_a_growing_map_returns_each_stable_key_once),
		mapped_test(scan_returns_each_key_once_at_any_capacity),
		mapped_test(scan_returns_windows_of_values),
		mapped_test(scan_of_an_empty_map_returns_nothing),
		mapped_test(scan_at_the_end_returns_nothing),
		mapped_test(scan_can_return_keys_only),
		mapped_test(scan_can_resume_twice_from_one_cursor),
		mapped_test(scan_writes_only_the_returned_entries),
		mapped_test(scan_packs_keys_and_values_of_odd_sizes),
		mapped_test(scan_during_writes_returns_each_stable_key_once),
		mapped_test(interrupted_scan_returns_each_stable_key_once),
		mapped_test(scan_of_a_growing_map_returns_each_stable_key_once),
	};

	return run_device_tests(tests);
}

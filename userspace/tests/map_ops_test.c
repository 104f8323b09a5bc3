// SPDX-License-Identifier: GPL-2.0
/*
 * Ioctls on a whole map, clear and resize, and the limits of the module.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "abi.h"

#define MANY	50000

static struct bucketmap_info info_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info;
}

static struct bucketmap *filled_map(__u64 entries)
{
	struct bucketmap *map = unnamed_map(8, 8);

	for (__u64 key = 0; key < entries; key++) {
		const __u64 value = ~key;

		assert_ok(bucketmap_insert(map, &key, &value, 0, 0));
	}
	return map;
}

static void assert_filled(struct bucketmap *map, __u64 entries)
{
	assert_int_equal(entry_count(map), entries);
	for (__u64 key = 0; key < entries; key++) {
		__u64 value;

		assert_ok(bucketmap_lookup(map, &key, &value, 0, 0));
		assert_int_equal(value, ~key);
	}
}

static void clear_removes_all_entries(void **state)
{
	struct bucketmap *map = filled_map(MANY);
	struct bucketmap_cursor cursor = { 0 };
	struct snapshot snapshot;

	(void)state;
	assert_ok(bucketmap_clear(map, &cursor, 0));
	assert_true(cursor.end);
	take_snapshot(&snapshot, map);
	assert_int_equal(snapshot.count, 0);
	assert_int_equal(entry_count(map), 0);
	free_snapshot(&snapshot);
	bucketmap_close(map);
}

static void stopped_clear_resumes_at_its_cursor(void **state)
{
	struct bucketmap *map = filled_map(MANY);
	struct bucketmap_clear clear = { .size = sizeof(clear) };
	__u64 left = MANY, cursor = 0;
	int stops = 0, ret;

	(void)state;
	do {
		clear.deadline = bucketmap_deadline(NSEC_PER_MSEC / 5);
		ret = raw_ioctl(bucketmap_fd(map), BUCKETMAP_IOC_CLEAR, &clear);
		assert_true(clear.position >= cursor || !ret);
		assert_true(entry_count(map) <= left);
		left = entry_count(map);
		cursor = clear.position;
		stops += ret == -ETIME;
	} while (ret == -ETIME);
	assert_ok(ret);
	assert_true(stops > 0);
	assert_int_equal(clear.flags, BUCKETMAP_SCAN_END);
	assert_int_equal(left, 0);
	bucketmap_close(map);
}

static void clear_completes_despite_signals(void **state)
{
	struct bucketmap *map = filled_map(MANY);
	struct bucketmap_cursor cursor = { 0 };

	(void)state;
	interrupt_every(200);
	assert_ok(bucketmap_clear(map, &cursor, 0));
	interrupt_every(0);
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

static void clear_at_the_end_removes_nothing(void **state)
{
	struct bucketmap *map = filled_map(10);
	struct bucketmap_cursor cursor = { .end = true };

	(void)state;
	assert_ok(bucketmap_clear(map, &cursor, 0));
	assert_filled(map, 10);
	/* An expired deadline does not matter either. */
	assert_ok(bucketmap_clear(map, &cursor, 1));
	bucketmap_close(map);
}

/* Inserts keys that no other process uses, until it is killed. */
static void insert_forever(void *map)
{
	for (__u64 key = 1ULL << 32;; key++)
		child_check(!bucketmap_insert(map, &key, &key, 0, 0));
}

static void clear_removes_all_prior_entries_despite_inserts(void **state)
{
	struct bucketmap *map = filled_map(MANY);
	struct bucketmap_cursor cursor = { 0 };
	pid_t writer = start_child(insert_forever, map);
	__u64 value;

	(void)state;
	assert_ok(bucketmap_clear(map, &cursor, 0));
	for (__u64 key = 0; key < MANY; key++)
		assert_error(bucketmap_lookup(map, &key, &value, 0, 0), ENOENT);
	stop_child(writer);
	bucketmap_close(map);
}

static void resize_reserves_capacity(void **state)
{
	struct bucketmap *map = filled_map(100);
	struct bucketmap_info before = info_of(map), after;

	(void)state;
	assert_ok(bucketmap_resize(map, MANY, 0));
	after = info_of(map);
	assert_int_equal(after.capacity, MANY);
	assert_true(after.buckets > before.buckets);
	assert_true(after.buckets * 8 >= MANY);
	assert_filled(map, 100);
	/* With that capacity, so many entries need no larger table. */
	for (__u64 key = 100; key < MANY; key++) {
		const __u64 value = ~key;

		assert_ok(bucketmap_insert(map, &key, &value, 0, 0));
	}
	assert_int_equal(info_of(map).buckets, after.buckets);
	assert_filled(map, MANY);
	bucketmap_close(map);
}

static void resize_shrinks_to_fit(void **state)
{
	struct bucketmap *map = filled_map(MANY);
	__u64 buckets = info_of(map).buckets;

	(void)state;
	for (__u64 key = 100; key < MANY; key++)
		assert_ok(bucketmap_delete(map, &key));
	assert_ok(bucketmap_resize(map, 0, 0));
	assert_true(info_of(map).buckets < buckets / 100);
	assert_int_equal(info_of(map).capacity, 0);
	assert_filled(map, 100);
	bucketmap_close(map);
}

static void resize_with_expired_deadline_starts_nothing(void **state)
{
	struct bucketmap *map = filled_map(100);
	struct bucketmap_info before, after;

	(void)state;
	/* Wait: the map may still be growing. */
	assert_ok(bucketmap_resize(map, 100, 0));
	before = info_of(map);
	for (int i = 0; i < 100; i++)
		assert_error(bucketmap_resize(map, MANY, 1), ETIME);
	sleep_for(100 * NSEC_PER_MSEC);
	after = info_of(map);
	assert_int_equal(after.capacity, before.capacity);
	assert_int_equal(after.buckets, before.buckets);
	assert_filled(map, 100);
	bucketmap_close(map);
}

static void resize_beyond_all_memory_changes_nothing(void **state)
{
	static const __u64 capacities[] = { 1ULL << 45, 1ULL << 63, ~0ULL };
	struct bucketmap *map = filled_map(100);
	struct bucketmap_info before, after;

	(void)state;
	/* Wait: the map may still be growing. */
	assert_ok(bucketmap_resize(map, 100, 0));
	before = info_of(map);
	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++)
		assert_error(bucketmap_resize(map, capacities[i], 0), ENOMEM);
	after = info_of(map);
	assert_int_equal(after.capacity, before.capacity);
	assert_int_equal(after.buckets, before.buckets);
	assert_filled(map, 100);
	bucketmap_close(map);
}

static void resize_completes_despite_signals(void **state)
{
	struct bucketmap *map = filled_map(MANY);

	(void)state;
	interrupt_every(100);
	for (int i = 0; i < 5; i++) {
		assert_ok(bucketmap_resize(map, 4 * MANY, 0));
		assert_ok(bucketmap_resize(map, 0, 0));
	}
	interrupt_every(0);
	assert_filled(map, MANY);
	bucketmap_close(map);
}

static struct bucketmap_limits limits(void)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	assert_ok(bucketmap_limits(&limits));
	return limits;
}

static void info_counts_what_has_happened(void **state)
{
	struct bucketmap *map = limited_map(8, 8, 20);
	struct bucketmap_cursor cursor = { 0 };
	struct bucketmap_info info = info_of(map);
	__u64 value = 0;

	(void)state;
	assert_int_equal(info.lookup_hits + info.lookup_misses + info.inserted + info.overwritten +
			 info.deleted + info.refused_full + info.refused_memory +
			 info.refused_collisions + info.grown + info.shrunk, 0);
	for (__u64 key = 0; key < 20; key++)
		assert_ok(bucketmap_insert(map, &key, &value, 0, 0));
	for (__u64 key = 20; key < 23; key++)
		assert_error(bucketmap_insert(map, &key, &value, 0, 0), ENOSPC);
	for (__u64 key = 15; key < 26; key++)
		bucketmap_lookup(map, &key, &value, 0, 0);
	for (__u64 key = 0; key < 7; key++)
		assert_ok(bucketmap_add(map, &key, 0, 1, NULL));
	for (__u64 key = 0; key < 8; key++)
		assert_ok(bucketmap_delete(map, &key));
	assert_ok(bucketmap_resize(map, MANY, 0));
	assert_ok(bucketmap_resize(map, 0, 0));
	info = info_of(map);
	assert_int_equal(info.lookup_hits, 5);
	assert_int_equal(info.lookup_misses, 6);
	assert_int_equal(info.inserted, 20);
	assert_int_equal(info.overwritten, 7);
	assert_int_equal(info.deleted, 8);
	assert_int_equal(info.refused_full, 3);
	assert_int_equal(info.refused_memory, 0);
	assert_int_equal(info.refused_collisions, 0);
	assert_in_range(info.grown, 1, 20);
	assert_in_range(info.shrunk, 1, 20);
	assert_ok(bucketmap_clear(map, &cursor, 0));
	assert_int_equal(info_of(map).deleted, 20);
	bucketmap_close(map);
}

static void limits_report_version_sizes_and_usage(void **state)
{
	struct bucketmap_limits before = limits(), with_map, after;
	struct bucketmap *map;

	(void)state;
	assert_int_equal(before.version, BUCKETMAP_ABI_VERSION);
	assert_int_equal(before.create_flags & BUCKETMAP_CREATE_XXH64, BUCKETMAP_CREATE_XXH64);
	assert_int_equal(before.key_size_max, BUCKETMAP_KEY_SIZE_MAX);
	assert_int_equal(before.value_size_max, BUCKETMAP_VALUE_SIZE_MAX);
	assert_true(before.max_maps > 0);
	map = filled_map(1000);
	with_map = limits();
	assert_int_equal(with_map.maps, before.maps + 1);
	assert_int_equal(with_map.user_maps, before.user_maps + 1);
	assert_true(with_map.bytes >= before.bytes + 1000 * 16);
	bucketmap_close(map);
	after = limits();
	assert_int_equal(after.maps, before.maps);
	assert_int_equal(after.user_maps, before.user_maps);
}

static void limits_list_every_ioctl(void **state)
{
	const struct bucketmap_limits known = limits();
	__u64 expected[2] = { 0 };

	(void)state;
	for (const struct abi_ioctl *command = abi_ioctls; command->name; command++) {
		unsigned int number = _IOC_NR(command->number);

		expected[number / 64] |= 1ULL << number % 64;
	}
	assert_int_equal(known.ioctls[0], expected[0]);
	assert_int_equal(known.ioctls[1], expected[1]);
}

/* The worker frees the table after a grace period. */
static void closing_a_map_frees_all_bytes(void **state)
{
	__u64 end = bucketmap_deadline(60 * NSEC_PER_SEC), before;

	(void)state;
	bucketmap_close(unnamed_map(8, 8));
	sleep_for(100 * NSEC_PER_MSEC);
	before = limits().bytes;
	bucketmap_close(filled_map(MANY));
	while (limits().bytes > before) {
		assert_true(time_now() < end);
		sleep_for(NSEC_PER_MSEC);
	}
	assert_int_equal(limits().bytes, before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(clear_removes_all_entries),
		device_test(stopped_clear_resumes_at_its_cursor),
		device_test(clear_completes_despite_signals),
		device_test(clear_at_the_end_removes_nothing),
		device_test(clear_removes_all_prior_entries_despite_inserts),
		device_test(resize_reserves_capacity),
		device_test(resize_shrinks_to_fit),
		device_test(resize_with_expired_deadline_starts_nothing),
		device_test(resize_beyond_all_memory_changes_nothing),
		device_test(resize_completes_despite_signals),
		device_test(info_counts_what_has_happened),
		device_test(limits_report_version_sizes_and_usage),
		device_test(limits_list_every_ioctl),
		device_test(closing_a_map_frees_all_bytes),
	};

	return run_device_tests(tests);
}

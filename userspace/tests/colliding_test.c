// SPDX-License-Identifier: GPL-2.0
/*
 * Many keys with the same hash: a bucket accepts as many as it can hold, the
 * others are refused immediately, and the rest of the map is unaffected.
 */
#include <errno.h>

#include "colliding.h"

#define KEYS		5000
#define OTHERS		1000
#define HASH		0x123456789abcdef0ULL

static struct bucketmap_info info_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info;
}

/* A map with as many colliding keys as it accepts, numbered from 0. */
static struct bucketmap *map_with_full_bucket(__u64 *seed)
{
	struct bucketmap *map = colliding_map(2 * KEYS, seed);

	for (__u64 i = 0; i < COLLIDING_MAX; i++) {
		struct colliding_key key = colliding_key(*seed, HASH, i);

		assert_ok(bucketmap_insert(map, &key, &i, 0, 0));
	}
	return map;
}

/* A key whose hash differs in its upper bits belongs to another bucket. */
static __u64 other_hash(__u64 number)
{
	return HASH ^ (number + 1) << 54;
}

static void excess_keys_are_refused_and_use_no_memory(void **state)
{
	struct bucketmap_info before, after;
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_with_full_bucket(&seed);
	before = info_of(map);
	for (__u64 i = COLLIDING_MAX; i < KEYS; i++) {
		struct colliding_key key = colliding_key(seed, HASH, i);

		assert_error(bucketmap_insert(map, &key, &i, 0, 0), EMLINK);
	}
	after = info_of(map);
	assert_int_equal(after.count, COLLIDING_MAX);
	assert_int_equal(after.buckets, before.buckets);
	assert_int_equal(after.bytes, before.bytes);
	assert_int_equal(after.refused_collisions, KEYS - COLLIDING_MAX);
	bucketmap_close(map);
}

static void batch_reports_refused_keys(void **state)
{
	static struct colliding_key keys[2 * OTHERS];
	static __u64 values[2 * OTHERS];
	static __s32 results[2 * OTHERS];
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_STORE,
		.keys = (uintptr_t)keys,
		.values = (uintptr_t)values,
		.results = (uintptr_t)results,
		.count = 2 * OTHERS,
	};
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_with_full_bucket(&seed);
	for (__u64 i = 0; i < OTHERS; i++) {
		keys[2 * i] = colliding_key(seed, HASH, COLLIDING_MAX + i);
		keys[2 * i + 1] = colliding_key(seed, other_hash(i), 0);
	}
	assert_ok(bucketmap_batch(map, &batch));
	assert_int_equal(batch.done, 2 * OTHERS);
	for (int i = 0; i < 2 * OTHERS; i++)
		assert_int_equal(results[i], i % 2 ? 0 : -EMLINK);
	assert_int_equal(entry_count(map), COLLIDING_MAX + OTHERS);
	bucketmap_close(map);
}

static void only_keys_of_the_full_bucket_are_refused(void **state)
{
	struct colliding_key key;
	struct bucketmap *map;
	__u64 seed, value;

	(void)state;
	map = map_with_full_bucket(&seed);
	for (__u64 i = 0; i < OTHERS; i++) {
		key = colliding_key(seed, other_hash(i), 0);
		assert_ok(bucketmap_insert(map, &key, &i, 0, 0));
	}
	/* The next hash belongs to the same bucket. */
	key = colliding_key(seed, HASH + 1, 0);
	assert_error(bucketmap_insert(map, &key, &seed, 0, 0), EMLINK);

	/* The existing keys still work. */
	for (__u64 i = 0; i < COLLIDING_MAX; i++) {
		key = colliding_key(seed, HASH, i);
		assert_ok(bucketmap_add(map, &key, 0, 1, &value));
		assert_int_equal(value, i);
	}
	key = colliding_key(seed, HASH, 0);
	assert_ok(bucketmap_delete(map, &key));
	key = colliding_key(seed, HASH + 1, 0);
	assert_ok(bucketmap_insert(map, &key, &seed, 0, 0));
	bucketmap_close(map);
}

static void check_scan(struct bucketmap *map, __u64 seed)
{
	unsigned char seen[COLLIDING_MAX] = { 0 };
	struct snapshot snapshot;

	take_snapshot(&snapshot, map);
	assert_int_equal(snapshot.count, COLLIDING_MAX);
	for (__u64 i = 0; i < COLLIDING_MAX; i++) {
		__u64 number = ((__u64 *)snapshot.values)[i];
		struct colliding_key key;

		assert_in_range(number, 0, COLLIDING_MAX - 1);
		assert_int_equal(seen[number]++, 0);
		key = colliding_key(seed, HASH, number);
		assert_memory_equal(snapshot.keys + i * sizeof(key), &key, sizeof(key));
	}
	free_snapshot(&snapshot);
}

static void scan_returns_each_colliding_key_once(void **state)
{
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_with_full_bucket(&seed);
	assert_int_equal(entry_count(map), COLLIDING_MAX);
	check_scan(map, seed);
	assert_ok(bucketmap_use_mapping(map));
	check_scan(map, seed);
	bucketmap_close(map);
}

static void check_needed_capacity(struct bucketmap *map)
{
	struct colliding_key keys[COLLIDING_MAX];
	struct bucketmap_cursor cursor = { 0 };
	__u32 count = 0;
	int ret;

	do {
		assert_int_equal(count, 0);
		ret = bucketmap_scan(map, &cursor, keys, NULL, 0, 0, COLLIDING_MAX - 1, &count);
	} while (!ret);
	assert_error(ret, ENOBUFS);
	assert_int_equal(count, COLLIDING_MAX);
	assert_ok(bucketmap_scan(map, &cursor, keys, NULL, 0, 0, COLLIDING_MAX, &count));
	assert_int_equal(count, COLLIDING_MAX);
}

static void scan_reports_needed_capacity(void **state)
{
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_with_full_bucket(&seed);
	check_needed_capacity(map);
	assert_ok(bucketmap_use_mapping(map));
	check_needed_capacity(map);
	bucketmap_close(map);
}

/* Pairs of equal hashes in one bucket, of which an odd capacity would split one. */
static void mapped_scan_returns_equal_hashes_together(void **state)
{
	struct bucketmap_cursor cursor = { 0 };
	struct colliding_key keys[3];
	struct bucketmap *map;
	__u64 seed, met = 0;
	__u32 count;

	(void)state;
	map = colliding_map(2 * KEYS, &seed);
	for (__u64 i = 0; i < 8; i++) {
		struct colliding_key key = colliding_key(seed, HASH + i / 2, i);

		assert_ok(bucketmap_insert(map, &key, &i, 0, 0));
	}
	assert_ok(bucketmap_use_mapping(map));
	while (!cursor.end) {
		__u64 values[3];

		assert_ok(bucketmap_scan(map, &cursor, keys, values, 0, 0, 3, &count));
		assert_int_equal(count % 2, 0);
		for (__u32 i = 0; i < count; i++)
			met += 1ULL << 8 * values[i];
		if (count)
			assert_int_equal(values[0] / 2, values[1] / 2);
	}
	assert_int_equal(met, 0x0101010101010101ULL);
	bucketmap_close(map);
}

static void shrink_that_would_overfill_a_bucket_is_EMLINK(void **state)
{
	struct bucketmap_info before, after;
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_with_full_bucket(&seed);
	before = info_of(map);
	assert_error(bucketmap_resize(map, 0, 0), EMLINK);
	after = info_of(map);
	assert_int_equal(after.capacity, before.capacity);
	assert_int_equal(after.count, before.count);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(excess_keys_are_refused_and_use_no_memory),
		device_test(batch_reports_refused_keys),
		device_test(only_keys_of_the_full_bucket_are_refused),
		device_test(scan_returns_each_colliding_key_once),
		device_test(scan_reports_needed_capacity),
		device_test(mapped_scan_returns_equal_hashes_together),
		device_test(shrink_that_would_overfill_a_bucket_is_EMLINK),
	};

	return run_device_tests(tests);
}

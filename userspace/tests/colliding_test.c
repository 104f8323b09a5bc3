// SPDX-License-Identifier: GPL-2.0
/*
 * Many keys of one hash: as many go in as a bucket holds, the others are refused
 * at once, and the rest of the map does not notice.
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

/* A map with as many colliding keys as it takes, numbered from 0 on. */
static struct bucketmap *map_of_colliding(__u64 *seed)
{
	struct bucketmap *map = colliding_map(2 * KEYS, seed);

	for (__u64 i = 0; i < COLLIDING_MAX; i++) {
		struct colliding_key key = colliding_key(*seed, HASH, i);

		assert_ok(bucketmap_insert(map, &key, &i, 0, 0));
	}
	return map;
}

/* With a hash that differs in its first bits, a key comes into another bucket. */
static __u64 other_hash(__u64 number)
{
	return HASH ^ (number + 1) << 54;
}

static void the_rest_is_refused_and_takes_nothing(void **state)
{
	struct bucketmap_info before, after;
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_of_colliding(&seed);
	before = info_of(map);
	for (__u64 i = COLLIDING_MAX; i < KEYS; i++) {
		struct colliding_key key = colliding_key(seed, HASH, i);

		assert_error(bucketmap_insert(map, &key, &i, 0, 0), EMLINK);
	}
	after = info_of(map);
	assert_int_equal(after.count, COLLIDING_MAX);
	assert_int_equal(after.buckets, before.buckets);
	assert_int_equal(after.bytes, before.bytes);
	bucketmap_close(map);
}

static void a_batch_tells_which_keys_collide(void **state)
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
	map = map_of_colliding(&seed);
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

static void other_keys_are_unaffected_but_for_those_of_that_bucket(void **state)
{
	struct colliding_key key;
	struct bucketmap *map;
	__u64 seed, value;

	(void)state;
	map = map_of_colliding(&seed);
	for (__u64 i = 0; i < OTHERS; i++) {
		key = colliding_key(seed, other_hash(i), 0);
		assert_ok(bucketmap_insert(map, &key, &i, 0, 0));
	}
	/* In hash order it is the next one. */
	key = colliding_key(seed, HASH + 1, 0);
	assert_error(bucketmap_insert(map, &key, &seed, 0, 0), EMLINK);

	/* The keys that are there can be used as ever. */
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

static void a_scan_finds_each_of_them_once(void **state)
{
	unsigned char seen[COLLIDING_MAX] = { 0 };
	struct snapshot snapshot;
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_of_colliding(&seed);
	take_snapshot(&snapshot, map);
	assert_int_equal(snapshot.count, COLLIDING_MAX);
	assert_int_equal(entry_count(map), COLLIDING_MAX);
	for (__u64 i = 0; i < COLLIDING_MAX; i++) {
		__u64 number = ((__u64 *)snapshot.values)[i];
		struct colliding_key key;

		assert_in_range(number, 0, COLLIDING_MAX - 1);
		assert_int_equal(seen[number]++, 0);
		key = colliding_key(seed, HASH, number);
		assert_memory_equal(snapshot.keys + i * sizeof(key), &key, sizeof(key));
	}
	free_snapshot(&snapshot);
	bucketmap_close(map);
}

static void a_scan_tells_how_much_room_they_need(void **state)
{
	struct colliding_key keys[COLLIDING_MAX];
	struct bucketmap_cursor cursor = { 0 };
	struct bucketmap *map;
	__u32 count = 0;
	__u64 seed;
	int ret;

	(void)state;
	map = map_of_colliding(&seed);
	do {
		assert_int_equal(count, 0);
		ret = bucketmap_scan(map, &cursor, keys, NULL, COLLIDING_MAX - 1, &count);
	} while (!ret);
	assert_error(ret, ENOBUFS);
	assert_int_equal(count, COLLIDING_MAX);
	assert_ok(bucketmap_scan(map, &cursor, keys, NULL, COLLIDING_MAX, &count));
	assert_int_equal(count, COLLIDING_MAX);
	bucketmap_close(map);
}

static void a_table_that_they_do_not_fit_into_is_not_made(void **state)
{
	struct bucketmap_info before, after;
	struct bucketmap *map;
	__u64 seed;

	(void)state;
	map = map_of_colliding(&seed);
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
		device_test(the_rest_is_refused_and_takes_nothing),
		device_test(a_batch_tells_which_keys_collide),
		device_test(other_keys_are_unaffected_but_for_those_of_that_bucket),
		device_test(a_scan_finds_each_of_them_once),
		device_test(a_scan_tells_how_much_room_they_need),
		device_test(a_table_that_they_do_not_fit_into_is_not_made),
	};

	return run_device_tests(tests);
}

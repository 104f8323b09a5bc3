// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on one entry.
 */
#include <errno.h>
#include <string.h>

#include "support.h"

static void lookup_returns_the_stored_value(void **state)
{
	struct bucketmap *map = unnamed_map(4, 12);
	char value[12];

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "twelve bytes", 0, 0));
	assert_ok(bucketmap_store(map, "key2", "other  bytes", 0, 0));
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 0));
	assert_memory_equal(value, "twelve bytes", 12);
	assert_ok(bucketmap_lookup(map, "key2", value, 0, 0));
	assert_memory_equal(value, "other  bytes", 12);
	assert_int_equal(entry_count(map), 2);
	bucketmap_close(map);
}

static void lookup_of_an_absent_key_leaves_the_buffer_unchanged(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char value[4] = "same";

	(void)state;
	assert_error(bucketmap_lookup(map, "none", value, 0, 0), ENOENT);
	assert_memory_equal(value, "same", 4);
	bucketmap_close(map);
}

static void store_replaces_the_value(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char value[4];

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "old1", 0, 0));
	assert_ok(bucketmap_store(map, "key1", "new1", 0, 0));
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 0));
	assert_memory_equal(value, "new1", 4);
	assert_int_equal(entry_count(map), 1);
	bucketmap_close(map);
}

static void insert_keeps_an_existing_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char value[4];

	(void)state;
	assert_ok(bucketmap_insert(map, "key1", "old1", 0, 0));
	assert_error(bucketmap_insert(map, "key1", "new1", 0, 0), EEXIST);
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 0));
	assert_memory_equal(value, "old1", 4);
	assert_int_equal(entry_count(map), 1);
	bucketmap_close(map);
}

static void delete_removes_one_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char value[4];

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_ok(bucketmap_store(map, "key2", "val2", 0, 0));
	assert_ok(bucketmap_delete(map, "key1"));
	assert_error(bucketmap_lookup(map, "key1", value, 0, 0), ENOENT);
	assert_error(bucketmap_delete(map, "key1"), ENOENT);
	assert_ok(bucketmap_lookup(map, "key2", value, 0, 0));
	assert_memory_equal(value, "val2", 4);
	assert_int_equal(entry_count(map), 1);
	bucketmap_close(map);
}

static void add_starts_at_zero_and_returns_the_previous_number(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	__u64 previous = 99, value;

	(void)state;
	assert_ok(bucketmap_add(map, "key1", 0, 5, &previous));
	assert_int_equal(previous, 0);
	assert_ok(bucketmap_add(map, "key1", 0, -7ULL, &previous));
	assert_int_equal(previous, 5);
	assert_ok(bucketmap_add(map, "key1", 0, 0, &previous));
	assert_int_equal(previous, -2ULL);
	assert_ok(bucketmap_lookup(map, "key1", &value, 0, 0));
	assert_int_equal(value, -2ULL);
	bucketmap_close(map);
}

static void add_existing_makes_no_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	__u64 previous = 99, value;

	(void)state;
	assert_error(bucketmap_add_existing(map, "key1", 0, 5, &previous), ENOENT);
	assert_int_equal(previous, 99);
	assert_int_equal(entry_count(map), 0);
	assert_ok(bucketmap_add(map, "key1", 0, 5, NULL));
	assert_ok(bucketmap_add_existing(map, "key1", 0, -7ULL, &previous));
	assert_int_equal(previous, 5);
	assert_ok(bucketmap_lookup(map, "key1", &value, 0, 0));
	assert_int_equal(value, -2ULL);
	bucketmap_close(map);
}

static void add_changes_only_its_own_number(void **state)
{
	struct bucketmap *map = unnamed_map(4, 24);
	const __u64 before[3] = { ~0ULL, ~0ULL, ~0ULL };
	__u64 after[3];

	(void)state;
	assert_ok(bucketmap_store(map, "key1", before, 0, 0));
	assert_ok(bucketmap_add(map, "key1", 8, 1, NULL));
	assert_ok(bucketmap_lookup(map, "key1", after, 0, 0));
	assert_int_equal(after[0], ~0ULL);
	assert_int_equal(after[1], 0);
	assert_int_equal(after[2], ~0ULL);

	assert_ok(bucketmap_add(map, "new1", 16, 3, NULL));
	assert_ok(bucketmap_lookup(map, "new1", after, 0, 0));
	assert_int_equal(after[0], 0);
	assert_int_equal(after[1], 0);
	assert_int_equal(after[2], 3);
	bucketmap_close(map);
}

static void max_never_goes_back_and_returns_the_previous_number(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	__u64 previous = 99, value;

	(void)state;
	assert_ok(bucketmap_max(map, "key1", 0, 5, &previous));
	assert_int_equal(previous, 0);
	assert_ok(bucketmap_max(map, "key1", 0, 4, &previous));
	assert_int_equal(previous, 5);
	assert_ok(bucketmap_lookup(map, "key1", &value, 0, 0));
	assert_int_equal(value, 5);
	assert_ok(bucketmap_max(map, "key1", 0, -2ULL, &previous));
	assert_int_equal(previous, 5);
	assert_ok(bucketmap_max(map, "key1", 0, 1, NULL));
	assert_ok(bucketmap_lookup(map, "key1", &value, 0, 0));
	assert_int_equal(value, -2ULL);
	bucketmap_close(map);
}

static void max_of_zero_makes_an_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	__u64 value = 99;

	(void)state;
	assert_ok(bucketmap_max(map, "key1", 0, 0, NULL));
	assert_ok(bucketmap_lookup(map, "key1", &value, 0, 0));
	assert_int_equal(value, 0);
	bucketmap_close(map);
}

static void max_existing_makes_no_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	__u64 previous = 99, value = 3;

	(void)state;
	assert_error(bucketmap_max_existing(map, "key1", 0, 5, &previous), ENOENT);
	assert_int_equal(previous, 99);
	assert_int_equal(entry_count(map), 0);
	assert_ok(bucketmap_store(map, "key1", &value, 0, 0));
	assert_ok(bucketmap_max_existing(map, "key1", 0, 5, &previous));
	assert_int_equal(previous, 3);
	assert_ok(bucketmap_lookup(map, "key1", &value, 0, 0));
	assert_int_equal(value, 5);
	bucketmap_close(map);
}

static void max_changes_only_its_own_number(void **state)
{
	struct bucketmap *map = unnamed_map(4, 24);
	const __u64 before[3] = { ~0ULL, 3, ~0ULL };
	__u64 after[3];

	(void)state;
	assert_ok(bucketmap_store(map, "key1", before, 0, 0));
	assert_ok(bucketmap_max(map, "key1", 8, 4, NULL));
	assert_ok(bucketmap_lookup(map, "key1", after, 0, 0));
	assert_int_equal(after[0], ~0ULL);
	assert_int_equal(after[1], 4);
	assert_int_equal(after[2], ~0ULL);
	bucketmap_close(map);
}

static void max_that_raises_nothing_is_no_change(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);
	struct bucketmap_info info = { .size = sizeof(info) };

	(void)state;
	assert_ok(bucketmap_max(map, "key1", 0, 5, NULL));
	assert_int_equal(bucketmap_changes(map), 1);
	assert_ok(bucketmap_max(map, "key1", 0, 5, NULL));
	assert_ok(bucketmap_max_existing(map, "key1", 0, 4, NULL));
	assert_int_equal(bucketmap_changes(map), 0);
	assert_ok(bucketmap_max(map, "key1", 0, 6, NULL));
	assert_int_equal(bucketmap_changes(map), 1);
	assert_ok(bucketmap_info(map, &info));
	assert_int_equal(info.inserted, 1);
	assert_int_equal(info.overwritten, 1);
	bucketmap_close(map);
}

static void window_limits_reads_and_writes(void **state)
{
	struct bucketmap *map = unnamed_map(4, 10);
	char value[11] = { 0 };

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "0123456789", 0, 0));
	assert_ok(bucketmap_store(map, "key1", "abc", 3, 3));
	assert_ok(bucketmap_store(map, "key1", "z", 9, 1));
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 10));
	assert_string_equal(value, "012abc678z");

	memset(value, '.', 10);
	assert_ok(bucketmap_lookup(map, "key1", value + 2, 4, 3));
	assert_string_equal(value, "..bc6.....");
	bucketmap_close(map);
}

static void store_of_a_window_zeroes_the_rest_of_a_new_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 6);
	char value[6];

	(void)state;
	/* The bytes of a deleted entry must not be visible. */
	assert_ok(bucketmap_store(map, "key1", "xxxxxx", 0, 0));
	assert_ok(bucketmap_delete(map, "key1"));
	assert_ok(bucketmap_store(map, "key1", "ab", 2, 2));
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 0));
	assert_memory_equal(value, "\0\0ab\0\0", 6);
	assert_ok(bucketmap_insert(map, "key2", "c", 5, 1));
	assert_ok(bucketmap_lookup(map, "key2", value, 0, 0));
	assert_memory_equal(value, "\0\0\0\0\0c", 6);
	bucketmap_close(map);
}

static void empty_window_needs_no_buffer(void **state)
{
	struct bucketmap *map = unnamed_map(4, 6);
	char value[6];

	(void)state;
	assert_error(bucketmap_lookup(map, "key1", NULL, 3, 0), ENOENT);
	assert_ok(bucketmap_insert(map, "key1", NULL, 3, 0));
	assert_ok(bucketmap_lookup(map, "key1", NULL, 3, 0));
	assert_ok(bucketmap_lookup(map, "key1", value, 0, 0));
	assert_memory_equal(value, "\0\0\0\0\0\0", 6);
	bucketmap_close(map);
}

static void map_without_values_works_as_a_set(void **state)
{
	struct bucketmap *set = unnamed_map(4, 0);

	(void)state;
	assert_error(bucketmap_lookup(set, "key1", NULL, 0, 0), ENOENT);
	assert_ok(bucketmap_insert(set, "key1", NULL, 0, 0));
	assert_error(bucketmap_insert(set, "key1", NULL, 0, 0), EEXIST);
	assert_ok(bucketmap_store(set, "key1", NULL, 0, 0));
	assert_ok(bucketmap_lookup(set, "key1", NULL, 0, 0));
	assert_error(bucketmap_add(set, "key1", 0, 1, NULL), EINVAL);
	assert_int_equal(entry_count(set), 1);
	assert_ok(bucketmap_delete(set, "key1"));
	assert_error(bucketmap_delete(set, "key1"), ENOENT);
	bucketmap_close(set);
}

static void keys_are_compared_in_every_byte(void **state)
{
	unsigned char key[BUCKETMAP_KEY_SIZE_MAX] = { 0 };
	struct bucketmap *map = unnamed_map(sizeof(key), 4);
	__u32 value;

	(void)state;
	for (__u32 i = 0; i < sizeof(key); i++) {
		key[i] = 1;
		assert_ok(bucketmap_insert(map, key, &i, 0, 0));
		key[i] = 0;
	}
	assert_error(bucketmap_lookup(map, key, &value, 0, 0), ENOENT);
	for (__u32 i = 0; i < sizeof(key); i++) {
		key[i] = 1;
		assert_ok(bucketmap_lookup(map, key, &value, 0, 0));
		assert_int_equal(value, i);
		key[i] = 0;
	}
	bucketmap_close(map);
}

/* Checks every byte of entries of the given sizes. */
static void check_sizes(__u32 key_size, __u32 value_size)
{
	unsigned char key[BUCKETMAP_KEY_SIZE_MAX], value[BUCKETMAP_VALUE_SIZE_MAX];
	unsigned char read_back[BUCKETMAP_VALUE_SIZE_MAX + 1];
	struct bucketmap *map = unnamed_map(key_size, value_size);
	const int entries = 40;

	for (int i = 0; i < entries; i++) {
		memset(key, i, key_size);
		memset(value, ~i, value_size);
		assert_ok(bucketmap_insert(map, key, value, 0, 0));
	}
	assert_int_equal(entry_count(map), entries);
	for (int i = 0; i < entries; i++) {
		memset(key, i, key_size);
		memset(value, ~i, value_size);
		memset(read_back, 0xee, sizeof(read_back));
		assert_ok(bucketmap_lookup(map, key, read_back, 0, 0));
		assert_memory_equal(read_back, value, value_size);
		assert_int_equal(read_back[value_size], 0xee);
		assert_ok(bucketmap_delete(map, key));
	}
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

static void all_key_sizes_work(void **state)
{
	(void)state;
	for (__u32 size = BUCKETMAP_KEY_SIZE_MIN; size <= BUCKETMAP_KEY_SIZE_MAX; size++)
		check_sizes(size, 9);
}

static void value_sizes_from_zero_to_the_maximum_work(void **state)
{
	static const __u32 sizes[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 63, 64, 65, 255, 256, 257,
		1000, 2047, 2048, 4087, 4088, 4089, 4094, 4095, 4096,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		check_sizes(7, sizes[i]);
		check_sizes(BUCKETMAP_KEY_SIZE_MAX, sizes[i]);
	}
}

static void full_map_refuses_only_new_keys(void **state)
{
	struct bucketmap *map = limited_map(4, 8, 2);
	__u64 value = 1;

	(void)state;
	assert_ok(bucketmap_insert(map, "key1", &value, 0, 0));
	assert_ok(bucketmap_insert(map, "key2", &value, 0, 0));
	assert_error(bucketmap_insert(map, "key3", &value, 0, 0), ENOSPC);
	assert_error(bucketmap_store(map, "key3", &value, 0, 0), ENOSPC);
	assert_error(bucketmap_add(map, "key3", 0, 1, NULL), ENOSPC);
	assert_error(bucketmap_add_existing(map, "key3", 0, 1, NULL), ENOENT);
	assert_error(bucketmap_insert(map, "key1", &value, 0, 0), EEXIST);
	assert_ok(bucketmap_store(map, "key1", &value, 0, 0));
	assert_ok(bucketmap_add(map, "key2", 0, 1, NULL));
	assert_int_equal(entry_count(map), 2);
	assert_ok(bucketmap_delete(map, "key1"));
	assert_ok(bucketmap_insert(map, "key3", &value, 0, 0));
	assert_error(bucketmap_insert(map, "key1", &value, 0, 0), ENOSPC);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(lookup_returns_the_stored_value),
		device_test(lookup_of_an_absent_key_leaves_the_buffer_unchanged),
		device_test(store_replaces_the_value),
		device_test(insert_keeps_an_existing_entry),
		device_test(delete_removes_one_entry),
		device_test(add_starts_at_zero_and_returns_the_previous_number),
		device_test(add_existing_makes_no_entry),
		device_test(add_changes_only_its_own_number),
		device_test(max_never_goes_back_and_returns_the_previous_number),
		device_test(max_of_zero_makes_an_entry),
		device_test(max_existing_makes_no_entry),
		device_test(max_changes_only_its_own_number),
		device_test(max_that_raises_nothing_is_no_change),
		device_test(window_limits_reads_and_writes),
		device_test(store_of_a_window_zeroes_the_rest_of_a_new_entry),
		device_test(empty_window_needs_no_buffer),
		device_test(map_without_values_works_as_a_set),
		device_test(keys_are_compared_in_every_byte),
		device_test(all_key_sizes_work),
		device_test(value_sizes_from_zero_to_the_maximum_work),
		device_test(full_map_refuses_only_new_keys),
	};

	return run_device_tests(tests);
}

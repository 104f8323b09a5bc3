// SPDX-License-Identifier: GPL-2.0
/*
 * What each operation on one entry does.
 */
#include <errno.h>
#include <string.h>

#include "support.h"

static void lookup_reads_what_store_wrote(void **state)
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

static void lookup_of_an_absent_key_leaves_the_buffer(void **state)
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

static void insert_leaves_an_existing_entry_alone(void **state)
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

static void add_counts_from_zero_and_tells_what_was(void **state)
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

static void add_touches_its_number_only(void **state)
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

static void a_window_writes_and_reads_its_bytes_only(void **state)
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

static void a_window_of_a_new_entry_has_zeros_around_it(void **state)
{
	struct bucketmap *map = unnamed_map(4, 6);
	char value[6];

	(void)state;
	/* What a deleted entry leaves behind must not show. */
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

static void an_empty_window_needs_no_buffer(void **state)
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

static void a_set_has_keys_without_values(void **state)
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

static void keys_differ_in_any_byte(void **state)
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

/* Entries that are whole to their last byte, for one pair of sizes. */
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

static void every_key_size_works(void **state)
{
	(void)state;
	for (__u32 size = BUCKETMAP_KEY_SIZE_MIN; size <= BUCKETMAP_KEY_SIZE_MAX; size++)
		check_sizes(size, 9);
}

static void value_sizes_from_none_to_the_largest_work(void **state)
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

static void a_full_map_refuses_new_keys_only(void **state)
{
	struct bucketmap *map = limited_map(4, 8, 2);
	__u64 value = 1;

	(void)state;
	assert_ok(bucketmap_insert(map, "key1", &value, 0, 0));
	assert_ok(bucketmap_insert(map, "key2", &value, 0, 0));
	assert_error(bucketmap_insert(map, "key3", &value, 0, 0), ENOSPC);
	assert_error(bucketmap_store(map, "key3", &value, 0, 0), ENOSPC);
	assert_error(bucketmap_add(map, "key3", 0, 1, NULL), ENOSPC);
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
		device_test(lookup_reads_what_store_wrote),
		device_test(lookup_of_an_absent_key_leaves_the_buffer),
		device_test(store_replaces_the_value),
		device_test(insert_leaves_an_existing_entry_alone),
		device_test(delete_removes_one_entry),
		device_test(add_counts_from_zero_and_tells_what_was),
		device_test(add_touches_its_number_only),
		device_test(a_window_writes_and_reads_its_bytes_only),
		device_test(a_window_of_a_new_entry_has_zeros_around_it),
		device_test(an_empty_window_needs_no_buffer),
		device_test(a_set_has_keys_without_values),
		device_test(keys_differ_in_any_byte),
		device_test(every_key_size_works),
		device_test(value_sizes_from_none_to_the_largest_work),
		device_test(a_full_map_refuses_new_keys_only),
	};

	return run_device_tests(tests);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that depend on an entry's previous value, or return it.
 * calls_test.c and window_test.c compare all operations with plain C.
 */
#include <errno.h>
#include <string.h>

#include "support.h"

static void assert_value(struct bucketmap *map, const char *key, const char *expected)
{
	char value[4];

	assert_ok(bucketmap_lookup(map, key, value, 0, 0));
	assert_memory_equal(value, expected, sizeof(value));
}

static void replace_creates_no_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);

	(void)state;
	assert_error(bucketmap_replace(map, "key1", "val1", 0, 0), ENOENT);
	assert_int_equal(entry_count(map), 0);
	assert_ok(bucketmap_insert(map, "key1", "old1", 0, 0));
	assert_ok(bucketmap_replace(map, "key1", "new1", 0, 0));
	assert_value(map, "key1", "new1");
	bucketmap_close(map);
}

static void load_or_store_stores_once(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char previous[4] = "none";

	(void)state;
	assert_int_equal(bucketmap_load_or_store(map, "key1", "val1", previous, 0, 0), 0);
	assert_memory_equal(previous, "none", 4);
	assert_int_equal(bucketmap_load_or_store(map, "key1", "val2", previous, 0, 0), 1);
	assert_memory_equal(previous, "val1", 4);
	assert_int_equal(bucketmap_load_or_store(map, "key1", "val3", NULL, 0, 0), 1);
	assert_value(map, "key1", "val1");
	assert_int_equal(entry_count(map), 1);
	bucketmap_close(map);
}

static void swap_returns_previous_value(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char previous[4] = "none";

	(void)state;
	assert_int_equal(bucketmap_swap(map, "key1", "val1", previous, 0, 0), 0);
	assert_memory_equal(previous, "none", 4);
	assert_int_equal(bucketmap_swap(map, "key1", "val2", previous, 0, 0), 1);
	assert_memory_equal(previous, "val1", 4);
	assert_int_equal(bucketmap_swap(map, "key1", "val3", NULL, 0, 0), 1);
	assert_value(map, "key1", "val3");
	bucketmap_close(map);
}

static void lookup_and_delete_returns_and_removes_entry(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char previous[4] = "none";

	(void)state;
	assert_error(bucketmap_lookup_and_delete(map, "key1", previous, 0, 0), ENOENT);
	assert_memory_equal(previous, "none", 4);
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_ok(bucketmap_lookup_and_delete(map, "key1", previous, 0, 0));
	assert_memory_equal(previous, "val1", 4);
	assert_int_equal(entry_count(map), 0);
	assert_ok(bucketmap_store(map, "key2", "val2", 0, 0));
	assert_ok(bucketmap_lookup_and_delete(map, "key2", NULL, 0, 0));
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

static void compare_and_swap_stores_only_if_value_is_expected(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);

	(void)state;
	assert_error(bucketmap_compare_and_swap(map, "key1", "val1", "val2", NULL, 0, 0), ENOENT);
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_error(bucketmap_compare_and_swap(map, "key1", "val0", "val2", NULL, 0, 0),
		     ECANCELED);
	assert_value(map, "key1", "val1");
	assert_ok(bucketmap_compare_and_swap(map, "key1", "val1", "val2", NULL, 0, 0));
	assert_value(map, "key1", "val2");
	bucketmap_close(map);
}

static void compare_and_delete_removes_only_if_value_is_expected(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);

	(void)state;
	assert_error(bucketmap_compare_and_delete(map, "key1", "val1", NULL, 0, 0), ENOENT);
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_error(bucketmap_compare_and_delete(map, "key1", "val0", NULL, 0, 0), ECANCELED);
	assert_value(map, "key1", "val1");
	assert_error(bucketmap_compare_and_delete(map, "key1", "x", NULL, 3, 1), ECANCELED);
	assert_ok(bucketmap_compare_and_delete(map, "key1", "1", NULL, 3, 1));
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

static void comparisons_return_found_value(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	char previous[4] = "none", expected[4] = "val0";

	(void)state;
	assert_error(bucketmap_compare_and_swap(map, "key1", expected, "val2", previous, 0, 0),
		     ENOENT);
	assert_memory_equal(previous, "none", 4);
	assert_ok(bucketmap_store(map, "key1", "val1", 0, 0));
	assert_error(bucketmap_compare_and_swap(map, "key1", expected, "val2", previous, 0, 0),
		     ECANCELED);
	assert_memory_equal(previous, "val1", 4);
	assert_ok(bucketmap_compare_and_swap(map, "key1", "val1", "val2", previous, 0, 0));
	assert_memory_equal(previous, "val1", 4);
	/* Expected and previous may share memory, as in a retry loop. */
	assert_error(bucketmap_compare_and_delete(map, "key1", expected, expected, 0, 0),
		     ECANCELED);
	assert_memory_equal(expected, "val2", 4);
	assert_ok(bucketmap_compare_and_delete(map, "key1", expected, previous, 0, 0));
	assert_memory_equal(previous, "val2", 4);
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

#define PROCESSES	4
#define INCREMENTS	5000

/* Counts by compare-and-swap, as programs do for counters that ADD does not support. */
static void increment_by_comparing(void *map)
{
	for (int i = 0; i < INCREMENTS; i++) {
		__u32 count = 0, next;
		int ret;

		do {
			next = count + 1;
			ret = bucketmap_compare_and_swap(map, "key1", &count, &next, &count, 0, 0);
		} while (ret == -ECANCELED);
		child_check(!ret);
	}
}

static void concurrent_compare_and_swaps_are_not_lost(void **state)
{
	struct bucketmap *map = unnamed_map(4, 4);
	pid_t children[PROCESSES];
	__u32 count = 0;

	(void)state;
	assert_ok(bucketmap_store(map, "key1", &count, 0, 0));
	for (int i = 0; i < PROCESSES; i++)
		children[i] = start_child(increment_by_comparing, map);
	for (int i = 0; i < PROCESSES; i++)
		wait_for_success(children[i]);
	assert_ok(bucketmap_lookup(map, "key1", &count, 0, 0));
	assert_int_equal(count, PROCESSES * INCREMENTS);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(replace_creates_no_entry),
		device_test(load_or_store_stores_once),
		device_test(swap_returns_previous_value),
		device_test(lookup_and_delete_returns_and_removes_entry),
		device_test(compare_and_swap_stores_only_if_value_is_expected),
		device_test(compare_and_delete_removes_only_if_value_is_expected),
		device_test(comparisons_return_found_value),
		device_test(concurrent_compare_and_swaps_are_not_lost),
	};

	return run_device_tests(tests);
}

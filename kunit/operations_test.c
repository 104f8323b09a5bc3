// SPDX-License-Identifier: GPL-2.0
/*
 * Operations: what each does to a present and to an absent key and returns, and
 * the parts of values that they use.
 */
#include "common.h"
#include "ops.h"

#define WHOLE	BUCKETMAP_WHOLE

static struct bucketmap *map_of(struct kunit *test, u32 key_size,
				u32 value_size, u64 max_entries)
{
	struct bucketmap_config config = {
		.key_size = key_size,
		.value_size = value_size,
		.max_entries = max_entries,
	};

	return bmt_map(test, &config);
}

static void expect_number(struct kunit *test, struct bucketmap *map, u64 key,
			  u64 wanted)
{
	u64 value = ~wanted;

	KUNIT_EXPECT_EQ(test, bucketmap_lookup(map, &key, WHOLE, &value), 0);
	KUNIT_EXPECT_EQ(test, value, wanted);
}

static void expect_absent(struct kunit *test, struct bucketmap *map, u64 key)
{
	u64 value;

	KUNIT_EXPECT_EQ(test, bucketmap_lookup(map, &key, WHOLE, &value),
			-ENOENT);
}

/* Creation */

static void invalid_configs_are_refused(struct kunit *test)
{
	static const struct bucketmap_config configs[] = {
		{ .key_size = 0, .value_size = 8 },
		{ .key_size = BUCKETMAP_KEY_SIZE_MAX + 1, .value_size = 8 },
		{ .key_size = 8, .value_size = BUCKETMAP_VALUE_SIZE_MAX + 1 },
		{ .key_size = 8, .flags = 1U << 31 },
		{ .key_size = 8, .max_entries = 1ULL << 63 },
		{ .key_size = U32_MAX, .value_size = U32_MAX },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(configs); i++) {
		struct bucketmap *map = bucketmap_create(&configs[i]);

		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(map), -EINVAL);
		if (!IS_ERR(map))
			bucketmap_destroy(map);
	}
}

static void new_map_is_empty(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u64 key;

	for (key = 0; key < 100; key++) {
		expect_absent(test, map, key);
		KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), -ENOENT);
	}
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	bmt_check_map(test, map);
}

/* What each operation does to a present and to an absent key. */

static void store_inserts_or_overwrites(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, &value,
						 GFP_KERNEL));
	expect_number(test, map, key, 10);
	value = 11;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, &value,
						 GFP_KERNEL));
	expect_number(test, map, key, 11);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 1);
}

static void insert_never_overwrites(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_insert(map, &key, WHOLE, &value,
						  GFP_KERNEL));
	value = 11;
	KUNIT_EXPECT_EQ(test, -EEXIST,
			bucketmap_insert(map, &key, WHOLE, &value,
					 GFP_KERNEL));
	expect_number(test, map, key, 10);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 1);
}

static void replace_never_inserts(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10;

	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_replace(map, &key, WHOLE, &value));
	expect_absent(test, map, key);
	bmt_fill(test, map, key, 1);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_replace(map, &key, WHOLE, &value));
	expect_number(test, map, key, 10);
}

static void load_or_store_loads_or_stores(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10, previous = 5;

	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_load_or_store(map, &key, WHOLE, &value,
						&previous, GFP_KERNEL));
	value = 11;
	KUNIT_EXPECT_EQ(test, 1,
			bucketmap_load_or_store(map, &key, WHOLE, &value,
						&previous, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, previous, 10);
	expect_number(test, map, key, 10);
}

static void swap_returns_previous_value(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10, previous = 5;

	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_swap(map, &key, WHOLE, &value, &previous,
				       GFP_KERNEL));
	value = 11;
	KUNIT_EXPECT_EQ(test, 1,
			bucketmap_swap(map, &key, WHOLE, &value, &previous,
				       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, previous, 10);
	expect_number(test, map, key, 11);
}

static void delete_succeeds_once(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, previous = 0;

	bmt_fill(test, map, 0, 3);
	KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), 0);
	expect_absent(test, map, key);
	KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), -ENOENT);
	key = 2;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_lookup_and_delete(map, &key, WHOLE,
							     &previous));
	KUNIT_EXPECT_EQ(test, previous, bmt_value(2));
	expect_absent(test, map, key);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_lookup_and_delete(map, &key, WHOLE,
						    &previous));
	bmt_check(test, map, 0, 1);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 1);
}

static void compare_operations_require_expected_value(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10, expected = bmt_value(1);

	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_compare_and_swap(map, &key, WHOLE, &expected,
						   &value, NULL));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_compare_and_delete(map, &key, WHOLE,
						     &expected, NULL));
	bmt_fill(test, map, key, 1);
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_compare_and_swap(map, &key, WHOLE, &expected,
						   &value, NULL));
	expect_number(test, map, key, 10);
	KUNIT_EXPECT_EQ(test, -ECANCELED,
			bucketmap_compare_and_swap(map, &key, WHOLE, &expected,
						   &value, NULL));
	KUNIT_EXPECT_EQ(test, -ECANCELED,
			bucketmap_compare_and_delete(map, &key, WHOLE,
						     &expected, NULL));
	expect_number(test, map, key, 10);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_compare_and_delete(map, &key, WHOLE,
							      &value, NULL));
	expect_absent(test, map, key);
}

static void compare_operations_return_found_value(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, value = 10, wrong = 5, previous = 77;

	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_compare_and_swap(map, &key, WHOLE, &wrong,
						   &value, &previous));
	KUNIT_EXPECT_EQ(test, previous, 77);
	bmt_fill(test, map, key, 1);
	KUNIT_EXPECT_EQ(test, -ECANCELED,
			bucketmap_compare_and_swap(map, &key, WHOLE, &wrong,
						   &value, &previous));
	KUNIT_EXPECT_EQ(test, previous, bmt_value(1));
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_compare_and_swap(map, &key, WHOLE, &previous,
						   &value, &previous));
	KUNIT_EXPECT_EQ(test, previous, bmt_value(1));
	/* @expected and @previous may be one buffer, as in a retry loop. */
	KUNIT_EXPECT_EQ(test, -ECANCELED,
			bucketmap_compare_and_delete(map, &key, WHOLE, &wrong,
						     &wrong));
	KUNIT_EXPECT_EQ(test, wrong, 10);
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_compare_and_delete(map, &key, WHOLE, &wrong,
						     &previous));
	KUNIT_EXPECT_EQ(test, previous, 10);
	expect_absent(test, map, key);
}

static void add_starts_at_zero_and_wraps(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, previous = 77;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_add(map, &key, 0, 5, &previous,
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, previous, 0);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_add(map, &key, 0, -6, &previous,
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, previous, 5);
	expect_number(test, map, key, ~0ULL);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_add(map, &key, 0, 3, NULL,
					       GFP_KERNEL));
	expect_number(test, map, key, 2);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 1);
}

static void add_existing_makes_no_entry(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, previous = 77;

	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_add_existing(map, &key, 0, 5, &previous));
	KUNIT_EXPECT_EQ(test, previous, 77);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_add(map, &key, 0, 5, NULL,
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_add_existing(map, &key, 0, -6, &previous));
	KUNIT_EXPECT_EQ(test, previous, 5);
	expect_number(test, map, key, ~0ULL);
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_add_existing(map, &key, 0, 3, NULL));
	expect_number(test, map, key, 2);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 1);
}

static void max_starts_at_zero_and_never_goes_back(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, other = 2, previous = 77;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &key, 0, 5, &previous,
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, previous, 0);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &key, 0, 4, &previous,
					       GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, previous, 5);
	expect_number(test, map, key, 5);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &key, 0, 1ULL << 63, NULL,
					       GFP_KERNEL));
	expect_number(test, map, key, 1ULL << 63);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &other, 0, 0, NULL,
					       GFP_KERNEL));
	expect_number(test, map, other, 0);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 2);
}

static void max_existing_makes_no_entry(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 key = 1, previous = 77;

	KUNIT_EXPECT_EQ(test, -ENOENT,
			bucketmap_max_existing(map, &key, 0, 5, &previous));
	KUNIT_EXPECT_EQ(test, previous, 77);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	bmt_put(map, key);
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_max_existing(map, &key, 0, 0, &previous));
	KUNIT_EXPECT_EQ(test, previous, bmt_value(key));
	expect_number(test, map, key, bmt_value(key));
	KUNIT_EXPECT_EQ(test, 0,
			bucketmap_max_existing(map, &key, 0, ~0ULL, NULL));
	expect_number(test, map, key, ~0ULL);
}

/* The number is one of three, each of which is small beside its neighbors. */
static void max_changes_only_its_own_number(struct kunit *test)
{
	struct bucketmap *map = map_of(test, 8, 24, 0);
	u64 numbers[] = { ~0ULL, 3, ~0ULL }, got[3];
	u64 key = 1;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, numbers,
						 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_max(map, &key, 8, 4, NULL,
					       GFP_KERNEL));
	numbers[1] = 4;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_lookup(map, &key, WHOLE, got));
	KUNIT_EXPECT_MEMEQ(test, got, numbers, sizeof(got));
}

/* Windows */

/* No operation accepts a window that it must not have. */
static void check_windows(struct kunit *test, struct bucketmap *map,
			  enum bmt_window kind, u32 count,
			  const struct bucketmap_window *windows)
{
	u8 value[16] = { }, got[16];
	u64 key = 1;
	u32 i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < BUCKETMAP_OPERATIONS; j++) {
			const struct bucketmap_op op =
				bmt_op_make(j, windows[i], &key, value, value,
					    got);

			if (bmt_ops[j].window == kind)
				KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
						    bmt_ops[j].call(map, &op,
								    GFP_KERNEL),
						    "window %u, %s", i,
						    bmt_ops[j].name);
		}
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	bmt_check_map(test, map);
}

static void windows_outside_value_are_refused(struct kunit *test)
{
	static const struct bucketmap_window windows[] = {
		{ 0, 13 }, { 12, 1 }, { 13, 0 }, { 5, 8 }, { 5, U32_MAX },
		{ U32_MAX, 1 }, { U32_MAX, 0 }, { U32_MAX, U32_MAX },
	};

	check_windows(test, map_of(test, 8, 12, 0), BMT_WINDOW_ANY,
		      ARRAY_SIZE(windows), windows);
}

static void numbers_outside_value_are_refused(struct kunit *test)
{
	static const struct bucketmap_window windows[] = {
		{ 1 }, { 4 }, { 7 }, { 9 }, { 16 }, { 24 }, { U32_MAX - 7 },
	};
	struct bucketmap *map = map_of(test, 8, 20, 0);
	static const struct bucketmap_window none[] = { { 0 } };
	u64 key = 1;

	check_windows(test, map, BMT_WINDOW_NUMBER, ARRAY_SIZE(windows),
		      windows);
	check_windows(test, map_of(test, 8, 7, 0), BMT_WINDOW_NUMBER, 1, none);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_add(map, &key, 8, 1, NULL,
					       GFP_KERNEL));
}

/* Into a new entry, an existing one, and a new one in a slot that was used. */
static void store_writes_part_of_value(struct kunit *test)
{
	struct bucketmap *map = map_of(test, 3, 29, 0);
	u8 wanted[29], got[29], bytes[29];
	u32 offset, length, round;

	bmt_worker_hold(map);
	for (offset = 0; offset <= 29; offset++)
		for (length = 1; length <= 29 - offset; length++) {
			struct bucketmap_window window = { offset, length };
			u8 key[3] = { 1, offset, length };

			memset(wanted, 0, sizeof(wanted));
			for (round = 0; round < 2; round++) {
				prandom_bytes_state(test->priv, bytes, length);
				memcpy(wanted + offset, bytes, length);
				KUNIT_ASSERT_EQ(test, 0,
						bucketmap_store(map, key,
								window, bytes,
								GFP_KERNEL));
				KUNIT_ASSERT_EQ(test, 0,
						bucketmap_lookup(map, key,
								 WHOLE, got));
				KUNIT_ASSERT_MEMEQ(test, got, wanted, 29);
			}
			KUNIT_ASSERT_EQ(test, 0,
					bucketmap_lookup(map, key, window,
							 got));
			KUNIT_ASSERT_MEMEQ(test, got, bytes, length);
			KUNIT_ASSERT_EQ(test, bucketmap_delete(map, key), 0);
		}
	bmt_check_map(test, map);
}

/* Sizes */

static void keys_differing_in_last_byte_are_distinct(struct kunit *test)
{
	static const u32 sizes[] = { 1, 7, 8, 9, 255, 256 };
	u8 key[BUCKETMAP_KEY_SIZE_MAX] = { };
	u32 i, last;
	u8 value;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct bucketmap *map = map_of(test, sizes[i], 1, 0);

		for (last = 0; last < 256; last++) {
			key[sizes[i] - 1] = value = last;
			KUNIT_ASSERT_EQ(test, 0,
					bucketmap_insert(map, key, WHOLE,
							 &value, GFP_KERNEL));
		}
		for (last = 0; last < 256; last++) {
			key[sizes[i] - 1] = last;
			KUNIT_ASSERT_EQ(test, 0, bucketmap_lookup(map, key,
								  WHOLE,
								  &value));
			KUNIT_ASSERT_EQ(test, value, last);
		}
		key[sizes[i] - 1] = 0;
	}
}

/* Clear */

static void clear_removes_all_entries(struct kunit *test)
{
	static const u64 counts[] = { 0, 1, 9, 500, 5000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		struct bucketmap *map = bmt_numbers(test, 0);
		struct bucketmap_cursor cursor = { };

		bmt_fill(test, map, 0, counts[i]);
		while (!cursor.end)
			bucketmap_clear(map, &cursor);
		KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
		bmt_check_absent(test, map, 0, counts[i]);
		bmt_settle(test, map);
		bmt_check_map(test, map);
		KUNIT_EXPECT_EQ(test, bm_table_buckets(bmt_table(map)), 2);
		bmt_fill(test, map, 0, 100);
		bmt_check(test, map, 0, 100);
	}
}

static struct kunit_case operations_cases[] = {
	KUNIT_CASE(invalid_configs_are_refused),
	KUNIT_CASE(new_map_is_empty),
	KUNIT_CASE(store_inserts_or_overwrites),
	KUNIT_CASE(insert_never_overwrites),
	KUNIT_CASE(replace_never_inserts),
	KUNIT_CASE(load_or_store_loads_or_stores),
	KUNIT_CASE(swap_returns_previous_value),
	KUNIT_CASE(delete_succeeds_once),
	KUNIT_CASE(compare_operations_require_expected_value),
	KUNIT_CASE(compare_operations_return_found_value),
	KUNIT_CASE(add_starts_at_zero_and_wraps),
	KUNIT_CASE(add_existing_makes_no_entry),
	KUNIT_CASE(max_starts_at_zero_and_never_goes_back),
	KUNIT_CASE(max_existing_makes_no_entry),
	KUNIT_CASE(max_changes_only_its_own_number),
	KUNIT_CASE(windows_outside_value_are_refused),
	KUNIT_CASE(numbers_outside_value_are_refused),
	KUNIT_CASE(store_writes_part_of_value),
	KUNIT_CASE(keys_differing_in_last_byte_are_distinct),
	KUNIT_CASE(clear_removes_all_entries),
	{}
};

static struct kunit_suite operations_suite = {
	.name = "bucketmap_operations",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = operations_cases,
};

kunit_test_suite(operations_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on one key: what each does and returns, and random sequences of all
 * of them compared with a plain model.
 */
#include <linux/bottom_half.h>

#include "model.h"

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

/* Windows */

static void windows_outside_value_are_refused(struct kunit *test)
{
	static const struct bucketmap_window windows[] = {
		{ 0, 13 }, { 12, 1 }, { 13, 0 }, { 5, 8 }, { 5, U32_MAX },
		{ U32_MAX, 1 }, { U32_MAX, 0 }, { U32_MAX, U32_MAX },
	};
	struct bucketmap *map = map_of(test, 8, 12, 0);
	u8 value[16] = { }, got[16];
	u64 key = 1;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(windows); i++) {
		struct bucketmap_window w = windows[i];
		const int results[] = {
			bucketmap_lookup(map, &key, w, got),
			bucketmap_store(map, &key, w, value, GFP_KERNEL),
			bucketmap_insert(map, &key, w, value, GFP_KERNEL),
			bucketmap_replace(map, &key, w, value),
			bucketmap_load_or_store(map, &key, w, value, got,
						GFP_KERNEL),
			bucketmap_swap(map, &key, w, value, got, GFP_KERNEL),
			bucketmap_lookup_and_delete(map, &key, w, got),
			bucketmap_compare_and_swap(map, &key, w, value, value,
						   got),
			bucketmap_compare_and_delete(map, &key, w, value, got),
		};
		u32 j;

		for (j = 0; j < ARRAY_SIZE(results); j++)
			KUNIT_EXPECT_EQ_MSG(test, results[j], -EINVAL,
					    "window %u, operation %u", i, j);
	}
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	bmt_check_map(test, map);
}

static void add_outside_value_is_refused(struct kunit *test)
{
	static const u32 offsets[] = { 1, 4, 7, 9, 16, 24, U32_MAX - 7, };
	struct bucketmap *map = map_of(test, 8, 20, 0);
	struct bucketmap *small = map_of(test, 8, 7, 0);
	u64 key = 1;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				bucketmap_add(map, &key, offsets[i], 1, NULL,
					      GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, -EINVAL, bucketmap_add(small, &key, 0, 1, NULL,
						     GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, bmt_count(map) + bmt_count(small), 0);
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

static void check_sizes(struct kunit *test, u32 key_size, u32 value_size)
{
	u32 keys = key_size == 1 ? 256 : value_size == 4096 ? 60 : 300;
	struct bucketmap *map = map_of(test, key_size, value_size, 0);
	struct bmt_model *model = bmt_model(test, map, keys, U32_MAX);

	bmt_model_steps(test, model, 4 * keys);
	bmt_model_check(test, model);
	bmt_settle(test, map);
	bmt_check_map(test, map);
	bmt_model_scan(test, model, 5, NULL);
	bmt_map_destroy(test, map);
}

static void all_key_and_value_sizes_work(struct kunit *test)
{
	static const u32 key_sizes[] = { 1, 7, 8, 9, 255, 256 };
	static const u32 value_sizes[] = { 0, 1, 7, 8, 9, 4095, 4096 };
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(key_sizes); i++)
		for (j = 0; j < ARRAY_SIZE(value_sizes); j++)
			check_sizes(test, key_sizes[i], value_sizes[j]);
}

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

/* max_entries */

static void max_entries_is_exact(struct kunit *test)
{
	static const u64 limits[] = { 1, 2, 7, 8, 9, 100, 1000 };
	u64 key, value = 0, i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		struct bucketmap *map = map_of(test, 8, 8, limits[i]);
		u64 most = limits[i], free;

		bmt_fill(test, map, 0, most);
		key = most;
		KUNIT_EXPECT_EQ(test, bmt_put(map, key), -ENOSPC);
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				bucketmap_store(map, &key, WHOLE, &value,
						GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				bucketmap_add(map, &key, 0, 1, NULL,
					      GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				bucketmap_swap(map, &key, WHOLE, &value,
					       &value, GFP_KERNEL));
		KUNIT_EXPECT_EQ(test, bmt_put(map, 0), -EEXIST);
		bmt_check(test, map, 0, most);
		KUNIT_EXPECT_EQ(test, bmt_count(map), most);
		KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_REFUSED_FULL),
				4);

		/* Each delete permits one more insert. */
		free = (most + 2) / 3;
		for (key = 0; key < free; key++)
			KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), 0);
		bmt_fill(test, map, most, free);
		KUNIT_EXPECT_EQ(test, bmt_put(map, 2 * most), -ENOSPC);
		bmt_check(test, map, free, most);
		bmt_settle(test, map);
		bmt_check_map(test, map);
	}
}

/* The overflow record that is taken for a refused entry returns to the pool. */
static void refused_entry_uses_no_record(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(struct bmt_key),
		.value_size = sizeof(u64),
		.flags = BUCKETMAP_CREATE_XXH64,
		.max_entries = BM_SLOTS,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bmt_key key;
	u64 value = 0;
	u32 i;

	for (i = 0; i < BM_SLOTS; i++)
		bmt_put_made(test, map, i, i);
	key = bmt_make_key(map, i, i);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, -ENOSPC,
				bucketmap_insert(map, &key, WHOLE, &value,
						 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, bm_pool_used(&bmt_table(map)->pool), 0);
	bmt_check_map(test, map);
}

/* Memory */

static void nowait_insert_fails_when_pool_is_empty(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 keys, value;
	int err = 0;

	bmt_worker_hold(map);
	for (keys = 0; keys < 1000 && !err; keys++) {
		value = bmt_value(keys);
		err = bucketmap_insert(map, &keys, WHOLE, &value, GFP_NOWAIT);
	}
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	keys--;
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_REFUSED_MEMORY), 1);
	KUNIT_EXPECT_EQ(test, bmt_count(map), keys);
	bmt_check(test, map, 0, keys);
	bmt_check_absent(test, map, keys, 1);
	bmt_check_map(test, map);

	/* An insert that may sleep adds a chunk; the worker grows the table. */
	bmt_fill(test, map, keys, 1);
	keys++;
	bmt_worker_release(test, map);
	for (; keys < 1000; keys++) {
		value = bmt_value(keys);
		KUNIT_ASSERT_EQ(test, 0, bucketmap_insert(map, &keys, WHOLE,
							  &value, GFP_NOWAIT));
		bmt_settle(test, map);
	}
	bmt_check(test, map, 0, keys);
}

static void nowait_operations_do_not_sleep(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct bucketmap_geometry geometry;
	struct bucketmap_cursor cursor = { };
	u64 key, value, previous;
	u64 errors = 0;
	u32 count;

	for (key = 0; key < 2000; key++) {
		local_bh_disable();
		value = bmt_value(key);
		errors += !!bucketmap_store(map, &key, WHOLE, &value,
					    GFP_NOWAIT);
		errors += !!bucketmap_lookup(map, &key, WHOLE, &value);
		errors += bucketmap_insert(map, &key, WHOLE, &value,
					   GFP_NOWAIT) != -EEXIST;
		errors += !!bucketmap_replace(map, &key, WHOLE, &value);
		errors += bucketmap_swap(map, &key, WHOLE, &value, &previous,
					 GFP_NOWAIT) != 1;
		errors += !!bucketmap_compare_and_swap(map, &key, WHOLE,
						       &value, &value, NULL);
		errors += !!bucketmap_add(map, &key, 0, 0, NULL, GFP_NOWAIT);
		if (key % 3 == 0)
			errors += !!bucketmap_delete(map, &key);
		local_bh_enable();
		if (key % 16 == 0)
			bmt_settle(test, map);
	}
	local_bh_disable();
	while (!cursor.end)
		errors += !!bucketmap_scan(map, &cursor, &key, &value, 1,
					   &count);
	cursor = (struct bucketmap_cursor){ };
	while (!cursor.end)
		bucketmap_clear(map, &cursor);
	bucketmap_geometry(map, &geometry);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, errors, 0);
	KUNIT_EXPECT_EQ(test, geometry.count, 0);
	bmt_settle(test, map);
	bmt_check_map(test, map);
}

/* Clear and resize */

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

static void resize_grows_and_shrinks_to_capacity(struct kunit *test)
{
	static const u64 capacities[] = {
		5000, 0, 100000, 5000, 0, 20000, 500, 13, 0,
	};
	struct bucketmap *map = bmt_numbers(test, 0);
	u32 i;

	bmt_fill(test, map, 0, 300);
	for (i = 0; i < ARRAY_SIZE(capacities); i++) {
		u64 fits = max_t(u64, capacities[i], 300);

		KUNIT_EXPECT_EQ(test, bucketmap_resize(map, capacities[i], 0), 0);
		bmt_settle(test, map);
		KUNIT_EXPECT_EQ(test, bmt_table(map)->order,
				bm_load_order(fits));
		bmt_check(test, map, 0, 300);
		bmt_check_map(test, map);
	}
}

/* Random operations compared with the model */

struct random {
	u32 key_size;
	u32 value_size;
	u32 keys;
	u32 most;
	u64 capacity;
	bool held;
};

static const struct random randoms[] = {
	{ 8, 8, 40, U32_MAX, 0, true },
	{ 8, 8, 400, U32_MAX, 26, true },
	{ 8, 8, 1000, U32_MAX, 0, false },
	{ 1, 0, 200, U32_MAX, 26, false },
	{ 2, 3, 3000, U32_MAX, 0, false },
	{ 9, 17, 300, 100, 26, false },
	{ 16, 64, 500, 400, 0, false },
	{ 256, 40, 100, U32_MAX, 0, false },
	{ 20, 1000, 64, 50, 0, false },
};

static void describe(const struct random *random, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE,
		 "%u keys of %u bytes, values of %u, %u at most%s",
		 random->keys, random->key_size, random->value_size,
		 random->most, random->held ? ", no worker" : "");
}

KUNIT_ARRAY_PARAM(random, randoms, describe);

static void random_operations_match_model(struct kunit *test)
{
	const struct random *random = test->param_value;
	struct bucketmap_config config = {
		.key_size = random->key_size,
		.value_size = random->value_size,
		.flags = bmt_below(test, 2) ? BUCKETMAP_CREATE_XXH64 : 0,
		.capacity = random->capacity,
		.max_entries = random->most < U32_MAX ? random->most : 0,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bmt_model *model;
	u32 round;

	model = bmt_model(test, map, random->keys, random->most);
	if (random->held)
		bmt_worker_hold(map);
	for (round = 0; round < 8; round++) {
		bmt_model_steps(test, model, 600);
		bmt_model_check(test, model);
		if (!random->held && bmt_below(test, 2))
			bucketmap_resize(map, bmt_below(test, 2000), 0);
		if (!random->held)
			bmt_settle(test, map);
		bmt_check_map(test, map);
		bmt_model_scan(test, model, 1 + bmt_below(test, 20), NULL);
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
	KUNIT_CASE(windows_outside_value_are_refused),
	KUNIT_CASE(add_outside_value_is_refused),
	KUNIT_CASE(store_writes_part_of_value),
	KUNIT_CASE_SLOW(all_key_and_value_sizes_work),
	KUNIT_CASE(keys_differing_in_last_byte_are_distinct),
	KUNIT_CASE(max_entries_is_exact),
	KUNIT_CASE(refused_entry_uses_no_record),
	KUNIT_CASE(nowait_insert_fails_when_pool_is_empty),
	KUNIT_CASE(nowait_operations_do_not_sleep),
	KUNIT_CASE(clear_removes_all_entries),
	KUNIT_CASE(resize_grows_and_shrinks_to_capacity),
	KUNIT_CASE_PARAM(random_operations_match_model,
			 random_gen_params),
	{}
};

static struct kunit_suite operations_suite = {
	.name = "bucketmap_operations",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = operations_cases,
};

kunit_test_suite(operations_suite);

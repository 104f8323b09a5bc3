// SPDX-License-Identifier: GPL-2.0
/*
 * Scans: every key exactly once, in the order of the hashes, however the table
 * is resized between two calls.
 */
#include "model.h"

static const u32 capacities[] = { 1, 2, 7, 8, 31, 32, 33, 100, 5000 };

static struct bmt_model *filled_model(struct kunit *test, u64 capacity,
				      u32 keys)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = 12,
		.capacity = capacity,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bmt_model *model = bmt_model(test, map, keys, U32_MAX);

	while (model->count < keys / 2)
		bmt_model_step(test, model);
	return model;
}

static void scan_returns_every_key_once_in_order(struct kunit *test)
{
	struct bmt_model *model = filled_model(test, 0, 3000);
	u32 i;

	bmt_settle(test, model->map);
	for (i = 0; i < ARRAY_SIZE(capacities); i++)
		bmt_model_scan(test, model, capacities[i], NULL);
}

static void scan_of_empty_map_ends(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(4096));
	struct bucketmap_cursor cursor = { };
	u32 calls = 0;
	u64 key;
	u32 count;

	/* A single call does not walk the whole table. */
	while (!cursor.end) {
		count = 7;
		KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, &cursor,
							BUCKETMAP_WHOLE, &key,
							NULL, 1, &count));
		KUNIT_ASSERT_EQ(test, count, 0);
		calls++;
	}
	KUNIT_EXPECT_GT(test, calls, 1);
	KUNIT_EXPECT_LE(test, calls, 4096);
	count = 7;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE,
						&key, NULL, 1, &count));
	KUNIT_EXPECT_EQ(test, count, 0);
	KUNIT_EXPECT_TRUE(test, cursor.end);
}

static void scan_with_zero_capacity_is_refused(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct bucketmap_cursor cursor = { };
	u64 key;
	u32 count;

	bmt_fill(test, map, 0, 1);
	KUNIT_EXPECT_EQ(test, -EINVAL, bucketmap_scan(map, &cursor,
						      BUCKETMAP_WHOLE, &key,
						      NULL, 0, &count));
	KUNIT_EXPECT_EQ(test, cursor.position, 0);
	KUNIT_EXPECT_FALSE(test, cursor.end);
}

/* The value of key k is the bytes k, k + 1, ... */
static void fill_with_ramps(struct bucketmap *map, u32 value_size, u64 keys)
{
	u8 value[40];
	u64 key;
	u32 i;

	for (key = 0; key < keys; key++) {
		for (i = 0; i < value_size; i++)
			value[i] = key + i;
		bucketmap_store(map, &key, BUCKETMAP_WHOLE, value, GFP_KERNEL);
	}
}

static void check_windows(struct kunit *test, struct bucketmap *map,
			  struct bucketmap_window window, u32 length)
{
	struct bucketmap_cursor cursor = { };
	u8 values[7 * 40 + 1];
	u32 count, met = 0;
	u64 keys[7];

	memset(values, 0xee, sizeof(values));
	while (!cursor.end) {
		u32 i;

		KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, &cursor, window,
							keys, values, 7,
							&count));
		for (i = 0; i < count * length; i++)
			KUNIT_ASSERT_EQ(test, values[i],
					(u8)(keys[i / length] + window.offset +
					     i % length));
		KUNIT_ASSERT_EQ(test, values[7 * length], 0xee);
		met += count;
	}
	KUNIT_EXPECT_EQ(test, met, 100);
}

static void scan_returns_windows_of_values(struct kunit *test)
{
	static const struct bucketmap_window windows[] = {
		{ 0, 1 }, { 1, 1 }, { 7, 2 }, { 8, 8 }, { 3, 13 }, { 0, 40 },
		{ 39, 1 }, { 1, 39 }, { 17, 0 }, { 40, 0 },
	};
	const struct bucketmap_config config = {
		.key_size = sizeof(u64), .value_size = 40,
	};
	struct bucketmap *map = bmt_map(test, &config);
	u32 i;

	fill_with_ramps(map, 40, 100);
	for (i = 0; i < ARRAY_SIZE(windows); i++)
		check_windows(test, map, windows[i], windows[i].length);
	check_windows(test, map, BUCKETMAP_WHOLE, 40);
}

static void scan_with_window_outside_value_is_refused(struct kunit *test)
{
	static const struct bucketmap_window windows[] = {
		{ 0, 9 }, { 1, 8 }, { 8, 1 }, { 9, 0 }, { U32_MAX, 2 },
		{ 2, U32_MAX },
	};
	struct bucketmap *map = bmt_numbers(test, 0);
	struct bucketmap_cursor cursor = { };
	u64 key, value;
	u32 count, i;

	bmt_fill(test, map, 0, 1);
	for (i = 0; i < ARRAY_SIZE(windows); i++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				bucketmap_scan(map, &cursor, windows[i], &key,
					       &value, 1, &count));
	KUNIT_EXPECT_EQ(test, cursor.position, 0);
	KUNIT_EXPECT_FALSE(test, cursor.end);
}

static void first_and_last_hash_are_scanned(struct kunit *test)
{
	static const u64 hashes[] = {
		0, 1, (1ULL << 63) - 1, 1ULL << 63, ~0ULL - 1, ~0ULL,
	};
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	u32 capacity, i;

	for (i = 0; i < ARRAY_SIZE(hashes); i++)
		bmt_put_made(test, map, hashes[i], i);
	for (capacity = 1; capacity <= 7; capacity++) {
		struct bucketmap_cursor cursor = { };
		struct bmt_key keys[7];
		u32 at, met = 0;

		while (!cursor.end) {
			KUNIT_ASSERT_EQ(test, 0,
					bucketmap_scan(map, &cursor,
						       BUCKETMAP_WHOLE, keys,
						       NULL, capacity, &at));
			for (i = 0; i < at; i++, met++)
				KUNIT_ASSERT_EQ(test, met,
						le64_to_cpu(keys[i].words[0]));
		}
		KUNIT_EXPECT_EQ(test, met, ARRAY_SIZE(hashes));
	}
}

/* Changes between two calls */

static void grow_slightly(struct kunit *test, struct bmt_model *model)
{
	struct bucketmap *map = model->map;

	if (bmt_table(map)->order < 12)
		bucketmap_resize(map,
				 BM_LOAD_GROW(2ULL << bmt_table(map)->order),
				 0);
}

static void resize_at_random(struct kunit *test, struct bmt_model *model)
{
	bucketmap_resize(model->map,
			 BM_LOAD_GROW(1ULL << bmt_below(test, 12)), 0);
}

static void evacuate_some_buckets(struct kunit *test, struct bmt_model *model)
{
	u32 buckets = bm_table_buckets(bmt_table(model->map));
	u32 count = bmt_below(test, 3);

	while (count--)
		bmt_evacuate(test, model->map, bmt_below(test, buckets));
}

static void map_may_grow_between_calls(struct kunit *test)
{
	struct bmt_model *model = filled_model(test, 0, 500);
	u32 capacity;

	for (capacity = 1; capacity <= 51; capacity += 5) {
		bucketmap_resize(model->map, 0, 0);
		bmt_model_scan(test, model, capacity, grow_slightly);
	}
}

static void map_may_be_resized_between_calls(struct kunit *test)
{
	struct bmt_model *model = filled_model(test, 0, 300);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(capacities); i++)
		bmt_model_scan(test, model, capacities[i], resize_at_random);
}

struct direction {
	u32 from;
	u32 to;
};

static const struct direction directions[] = {
	{ 4, 5 }, { 2, 6 }, { 4, 3 }, { 5, 3 }, { 6, 2 }, { 5, 1 },
};

static void describe(const struct direction *direction, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "from %u to %u buckets",
		 1U << direction->from, 1U << direction->to);
}

KUNIT_ARRAY_PARAM(direction, directions, describe);

static struct bmt_model *migrating(struct kunit *test,
				   const struct direction *direction)
{
	u64 capacity = BM_LOAD_GROW(1ULL << direction->from);
	struct bmt_model *model = filled_model(test, capacity, capacity);

	bmt_settle(test, model->map);
	bmt_worker_hold(model->map);
	KUNIT_ASSERT_EQ(test, bmt_table(model->map)->order, direction->from);
	bmt_publish(test, model->map, direction->to);
	return model;
}

/* At every stage, from one evacuated bucket to all of them. */
static void half_migrated_table_is_scanned(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bmt_model *model = migrating(test, direction);
	u32 buckets = 1U << direction->from;
	u32 count = 0;

	while (count++ < 2 * buckets) {
		bmt_evacuate(test, model->map, bmt_below(test, buckets));
		bmt_model_scan(test, model, 1, NULL);
		bmt_model_scan(test, model, 5, NULL);
		bmt_model_scan(test, model, 1000, NULL);
		/* Writes help with the migration, and add to merged buckets. */
		bmt_model_steps(test, model, 3);
	}
	bmt_evacuate_all(test, model->map);
	bmt_model_scan(test, model, 3, NULL);
}

static void buckets_may_be_evacuated_between_calls(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bmt_model *model;
	u32 capacity;

	for (capacity = 1; capacity <= 9; capacity += 2) {
		model = migrating(test, direction);
		bmt_model_scan(test, model, capacity, evacuate_some_buckets);
		bmt_check_map(test, model->map);
	}
}

static void scan_is_exact_while_other_keys_change(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct bucketmap_cursor cursor = { };
	u64 stay = 1000, others = 3000, key, last = 0, other = 0;
	u8 *seen = kunit_kzalloc(test, stay + others, GFP_KERNEL);
	u64 keys[3];
	u32 i, count;

	KUNIT_ASSERT_NOT_NULL(test, seen);
	bmt_fill(test, map, 0, stay);
	while (!cursor.end) {
		KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, &cursor,
							BUCKETMAP_WHOLE, keys,
							NULL, 3, &count));
		for (i = 0; i < count; i++) {
			struct bm_key ready;

			bm_key_init(map, &ready, &keys[i]);
			KUNIT_ASSERT_GE(test, ready.hash, last);
			last = ready.hash;
			KUNIT_ASSERT_LT(test, keys[i], stay + others);
			KUNIT_ASSERT_EQ(test, seen[keys[i]]++, 0);
		}
		/* Other keys come and go; each is returned at most once. */
		for (i = 0; i < 6; i++) {
			key = stay + other++ % others;
			if (bmt_put(map, key) == -EEXIST)
				bucketmap_delete(map, &key);
		}
	}
	for (key = 0; key < stay; key++)
		KUNIT_ASSERT_EQ(test, seen[key], 1);
}

/* Groups of equal hashes */

#define SINGLES	5

/* A group of keys with equal hashes, with single keys before and after it. */
static struct bucketmap *group_map(struct kunit *test, u64 hash, u32 size)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	u32 i;

	for (i = 0; i < SINGLES; i++) {
		bmt_put_made(test, map, hash - 1 - i, 1000 + i);
		bmt_put_made(test, map, hash + 1 + i, 2000 + i);
	}
	/* Neighbours with the same tag. */
	bmt_put_made(test, map, hash - 256, 3000);
	bmt_put_made(test, map, hash + 256, 3001);
	for (i = 0; i < size; i++)
		bmt_put_made(test, map, hash, i);
	bmt_settle(test, map);
	return map;
}

static void expect_group(struct kunit *test, const struct bmt_key *keys,
			 u32 size)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < size; i++) {
		KUNIT_ASSERT_LT(test, le64_to_cpu(keys[i].words[0]),
				(u64)size);
		sum += le64_to_cpu(keys[i].words[0]);
	}
	KUNIT_EXPECT_EQ(test, sum, (u64)size * (size - 1) / 2);
}

/* Scans up to the group: the next call returns all of it. */
static void scan_to(struct kunit *test, struct bucketmap *map, u64 hash,
		    struct bucketmap_cursor *cursor, struct bmt_key *keys)
{
	u32 met = 0, count;

	while (met < SINGLES + 1) {
		KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, cursor,
							BUCKETMAP_WHOLE, keys,
							NULL, 1, &count));
		met += count;
	}
	KUNIT_ASSERT_LE(test, cursor->position, hash);
}

static void scan_group(struct kunit *test, u32 size, struct bmt_key *keys)
{
	u64 hash = bmt_random(test) >> 1 | 1ULL << 62;
	struct bucketmap *map = group_map(test, hash, size);
	struct bucketmap_cursor cursor = { };
	struct bucketmap_cursor before;
	u32 capacity, count;

	scan_to(test, map, hash, &cursor, keys);
	before = cursor;
	for (capacity = 1; capacity < size; capacity++) {
		KUNIT_ASSERT_EQ(test, -ENOBUFS,
				bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE,
					       keys, NULL, capacity, &count));
		KUNIT_ASSERT_EQ(test, count, size);
		KUNIT_ASSERT_EQ(test, cursor.position, before.position);
		KUNIT_ASSERT_FALSE(test, cursor.end);
	}
	KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE,
						keys, NULL, size, &count));
	KUNIT_ASSERT_EQ(test, count, size);
	expect_group(test, keys, size);
	KUNIT_EXPECT_EQ(test, 0, bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE,
						keys, NULL, 1, &count));
	KUNIT_EXPECT_EQ(test, count, 1);
	KUNIT_EXPECT_EQ(test, le64_to_cpu(keys[0].words[0]), 2000);
}

static const u32 group_sizes[] = { 2, 8, 9, 31, 32, 33, 40, 100, 240 };

static void colliding_keys_are_returned_together(struct kunit *test)
{
	struct bmt_key *keys = kunit_kcalloc(test, 256, sizeof(*keys),
					     GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, keys);
	for (i = 0; i < ARRAY_SIZE(group_sizes); i++)
		scan_group(test, group_sizes[i], keys);
}

/* If a group does not fit in the rest of the buffer, it is left for later. */
static void full_buffer_does_not_split_group(struct kunit *test)
{
	struct bmt_key *keys = kunit_kcalloc(test, 300, sizeof(*keys),
					     GFP_KERNEL);
	u32 i, capacity;

	KUNIT_ASSERT_NOT_NULL(test, keys);
	for (i = 0; i < ARRAY_SIZE(group_sizes); i++) {
		u32 size = group_sizes[i];
		u32 all = size + 2 * SINGLES + 2;
		u64 hash = bmt_random(test) >> 1 | 1ULL << 62;
		struct bucketmap *map = group_map(test, hash, size);

		for (capacity = size; capacity <= all; capacity++) {
			struct bucketmap_cursor cursor = { };
			u32 met = 0, count;
			u64 last = 0;

			while (!cursor.end) {
				struct bm_key ready;

				KUNIT_ASSERT_EQ(test, 0,
						bucketmap_scan(map, &cursor,
							       BUCKETMAP_WHOLE,
							       keys, NULL,
							       capacity,
							       &count));
				met += count;
				if (!count)
					continue;
				bm_key_init(map, &ready, &keys[0]);
				if (met > count)
					KUNIT_ASSERT_GT(test, ready.hash, last);
				bm_key_init(map, &ready, &keys[count - 1]);
				last = ready.hash;
			}
			KUNIT_ASSERT_EQ(test, met, all);
		}
	}
}

/* Adjacent groups, with more entries than are sorted at once. */
static void groups_are_returned_in_order(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct bmt_key *keys = kunit_kcalloc(test, 300, sizeof(*keys),
					     GFP_KERNEL);
	u32 capacity, i;

	KUNIT_ASSERT_NOT_NULL(test, keys);
	bmt_worker_hold(map);
	for (i = 0; i < 200; i++)
		bmt_put_made(test, map, 100 + i / 10, i);
	for (capacity = 10; capacity < 70; capacity += 7) {
		struct bucketmap_cursor cursor = { };
		u32 met = 0, count;

		while (!cursor.end) {
			KUNIT_ASSERT_EQ(test, 0,
					bucketmap_scan(map, &cursor,
						       BUCKETMAP_WHOLE, keys,
						       NULL, capacity, &count));
			KUNIT_ASSERT_EQ(test, count % 10, 0);
			for (i = 0; i < count; i++, met++)
				KUNIT_ASSERT_EQ(test, met / 10,
						(u32)le64_to_cpu(keys[i].words[0])
						/ 10);
		}
		KUNIT_EXPECT_EQ(test, met, 200);
	}
}

/* Clear walks like a scan: it removes the hashes from its cursor to the end. */
static void clear_removes_hashes_from_its_cursor_on(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bmt_model *model = migrating(test, direction);
	u32 buckets = 1U << direction->from;
	struct bucketmap_cursor cursor = { .position = 3ULL << 61 };
	u64 first = cursor.position;
	struct bm_key ready;
	u32 id;

	for (id = 0; id < buckets; id++)
		bmt_evacuate(test, model->map, bmt_below(test, buckets));
	while (!cursor.end)
		bucketmap_clear(model->map, &cursor);
	for (id = 0; id < model->keys; id++) {
		bmt_key_bytes(model->key, sizeof(u64), id);
		bm_key_init(model->map, &ready, model->key);
		if (ready.hash >= first)
			bmt_model_set(model, id, false);
	}
	bmt_model_check(test, model);
	bmt_check_map(test, model->map);
}

static struct kunit_case scan_cases[] = {
	KUNIT_CASE(scan_returns_every_key_once_in_order),
	KUNIT_CASE(scan_of_empty_map_ends),
	KUNIT_CASE(scan_with_zero_capacity_is_refused),
	KUNIT_CASE(scan_returns_windows_of_values),
	KUNIT_CASE(scan_with_window_outside_value_is_refused),
	KUNIT_CASE(first_and_last_hash_are_scanned),
	KUNIT_CASE(map_may_grow_between_calls),
	KUNIT_CASE(map_may_be_resized_between_calls),
	KUNIT_CASE_PARAM(half_migrated_table_is_scanned, direction_gen_params),
	KUNIT_CASE_PARAM(buckets_may_be_evacuated_between_calls, direction_gen_params),
	KUNIT_CASE(scan_is_exact_while_other_keys_change),
	KUNIT_CASE(colliding_keys_are_returned_together),
	KUNIT_CASE(full_buffer_does_not_split_group),
	KUNIT_CASE(groups_are_returned_in_order),
	KUNIT_CASE_PARAM(clear_removes_hashes_from_its_cursor_on,
			 direction_gen_params),
	{}
};

static struct kunit_suite scan_suite = {
	.name = "bucketmap_scan",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = scan_cases,
};

kunit_test_suite(scan_suite);

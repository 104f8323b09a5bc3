// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: the outcome of a batch equals that of its entries done one by one.
 */
#include "model.h"

#define WHOLE		BUCKETMAP_WHOLE
#define COUNT_MAX	50
#define KEYS		80
#define UNTOUCHED	12345
#define UNTOUCHED_BYTE	0x5a

/**
 * struct twins - two maps: one is changed by batches, the other by the same
 *	entries one by one
 * @batched: the map that batches change
 * @single: the map that single operations change
 * @count: entries of the batch
 * @length: bytes of a window
 * @op: the batch
 * @keys: array of @op
 * @values: array of @op
 * @expected: array of @op
 * @previous: array of @op
 * @results: array of @op
 * @found: previous value of a single operation
 */
struct twins {
	struct bucketmap *batched;
	struct bucketmap *single;
	u32 count;
	u32 length;
	struct bucketmap_op op;
	u8 *keys;
	u8 *values;
	u8 *expected;
	u8 *previous;
	s32 *results;
	u8 *found;
};

static struct twins *twins_of(struct kunit *test,
			      const struct bucketmap_config *config)
{
	u32 size = max_t(u32, config->value_size, sizeof(u64));
	struct twins *twins = bmt_zalloc(test, sizeof(*twins));

	twins->batched = bmt_map(test, config);
	twins->single = bmt_map(test, config);
	twins->keys = bmt_zalloc(test, COUNT_MAX * config->key_size);
	twins->values = bmt_zalloc(test, COUNT_MAX * size);
	twins->expected = bmt_zalloc(test, COUNT_MAX * size);
	twins->previous = bmt_zalloc(test, COUNT_MAX * size);
	twins->results = bmt_zalloc(test, COUNT_MAX * sizeof(s32));
	twins->found = bmt_zalloc(test, size);
	return twins;
}

static const struct bmt_op *rule_of(const struct twins *twins)
{
	return &bmt_ops[twins->op.operation];
}

static struct bucketmap_window draw_window(struct kunit *test, u32 size)
{
	struct bucketmap_window window = { };

	if (bmt_below(test, 2)) {
		window.offset = bmt_below(test, size + 1);
		if (bmt_below(test, 2))
			window.offset &= ~7;
		window.length = bmt_below(test, size - window.offset + 1);
	}
	return window;
}

/* An operation and a window that it may have. */
static void draw_operation(struct kunit *test, struct twins *twins)
{
	u32 size = twins->single->layout.value_size;
	struct bucketmap_window bytes;

	do {
		u32 operation = bmt_below(test, BUCKETMAP_OPERATIONS);

		twins->op = bmt_op_make(operation, draw_window(test, size),
					twins->keys, twins->values,
					twins->expected, twins->previous);
		bytes = twins->op.window;
	} while (!bmt_op_bytes(rule_of(twins), size, &bytes));
	twins->length = bytes.length;
	twins->op.results = twins->results;
	if (!bmt_below(test, 4))
		twins->op.previous = NULL;
}

/* Keys may repeat. Half of the comparisons expect the current value. */
static void draw_entry(struct kunit *test, struct twins *twins, u32 i)
{
	u32 key_size = twins->single->layout.key_size;
	u8 *expected = twins->expected + i * twins->length;
	u8 *key = twins->keys + i * key_size;

	bmt_key_bytes(key, key_size, bmt_below(test, KEYS));
	prandom_bytes_state(test->priv, twins->values + i * twins->length,
			    twins->length);
	if (!twins->op.expected || bmt_below(test, 2) ||
	    bucketmap_lookup(twins->single, key, twins->op.window,
			     expected))
		prandom_bytes_state(test->priv, expected, twins->length);
}

static void draw_batch(struct kunit *test, struct twins *twins, u32 count)
{
	u32 i;

	draw_operation(test, twins);
	twins->count = count;
	for (i = 0; i < count; i++) {
		draw_entry(test, twins, i);
		twins->results[i] = UNTOUCHED;
	}
	memset(twins->previous, UNTOUCHED_BYTE, count * twins->length);
}

/* Does one entry as a single operation and compares the outcomes. */
static void check_entry(struct kunit *test, struct twins *twins, u32 i)
{
	struct bucketmap_op one = twins->op;
	size_t offset = i * twins->length;
	bool given;
	int ret;

	one.keys += i * twins->single->layout.key_size;
	if (one.values)
		one.values += offset;
	if (one.expected)
		one.expected += offset;
	if (one.previous)
		one.previous = twins->found;
	one.results = NULL;
	ret = bucketmap_operate(twins->single, &one, GFP_KERNEL);
	KUNIT_ASSERT_EQ_MSG(test, twins->results[i], ret,
			    "operation %u, entry %u of %u", one.operation, i,
			    twins->count);
	if (!one.previous)
		return;
	given = ret == 1 || ret == -ECANCELED ||
		(!ret && !rule_of(twins)->tells);
	if (!given)
		memset(twins->found, 0, twins->length);
	KUNIT_ASSERT_MEMEQ_MSG(test, twins->previous + offset, twins->found,
			       twins->length, "operation %u, entry %u of %u",
			       one.operation, i, twins->count);
}

static void check_batch(struct kunit *test, struct twins *twins)
{
	u32 finished, i;

	KUNIT_ASSERT_EQ(test, 0, bucketmap_batch(twins->batched,
						 &twins->op, twins->count,
						 &finished, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, finished, twins->count);
	for (i = 0; i < twins->count; i++)
		check_entry(test, twins, i);
	if (!twins->op.previous)
		KUNIT_ASSERT_TRUE(test, !twins->count || !twins->length ||
				  twins->previous[0] == UNTOUCHED_BYTE);
}

static void check_same(struct kunit *test, struct twins *twins)
{
	const struct bm_layout *layout = &twins->single->layout;
	u32 id;

	for (id = 0; id < KEYS; id++) {
		int err;

		bmt_key_bytes(twins->keys, layout->key_size, id);
		err = bucketmap_lookup(twins->single, twins->keys, WHOLE,
				       twins->values);
		KUNIT_EXPECT_EQ(test, err,
				bucketmap_lookup(twins->batched, twins->keys,
						 WHOLE, twins->expected));
		if (!err)
			KUNIT_EXPECT_MEMEQ(test, twins->values, twins->expected,
					   layout->value_size);
	}
	bmt_settle(test, twins->batched);
	bmt_check_map(test, twins->batched);
}

static void check_batches(struct kunit *test,
			  const struct bucketmap_config *config)
{
	struct twins *twins = twins_of(test, config);
	u32 i;

	for (i = 0; i < 400; i++) {
		draw_batch(test, twins, i % (COUNT_MAX + 1));
		check_batch(test, twins);
		if (i % 50 == 0)
			bucketmap_resize(twins->batched, i % 100 * 10, 0);
	}
	check_same(test, twins);
}

static void batch_equals_single_operations(struct kunit *test)
{
	static const struct bucketmap_config configs[] = {
		{ .key_size = 8, .value_size = 8 },
		{ .key_size = 1, .value_size = 0 },
		{ .key_size = 3, .value_size = 29 },
		{ .key_size = 16, .value_size = 100,
		  .flags = BUCKETMAP_CREATE_XXH64 },
		{ .key_size = 256, .value_size = 1000 },
		{ .key_size = 8, .value_size = 16, .max_entries = KEYS / 3 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(configs); i++)
		check_batches(test, &configs[i]);
}

static void invalid_batch_changes_nothing(struct kunit *test)
{
	static const struct {
		u32 operation;
		struct bucketmap_window window;
	} wrong[] = {
		{ BUCKETMAP_OPERATIONS, { } },
		{ U32_MAX, { } },
		{ BUCKETMAP_STORE, { 8, 1 } },
		{ BUCKETMAP_LOOKUP, { 0, 9 } },
		{ BUCKETMAP_SWAP, { 4, U32_MAX } },
		{ BUCKETMAP_ADD, { 8, 0 } },
		{ BUCKETMAP_ADD, { 4, 0 } },
		{ BUCKETMAP_ADD, { 0, 8 } },
		{ BUCKETMAP_ADD_EXISTING, { 8, 0 } },
		{ BUCKETMAP_ADD_EXISTING, { 0, 8 } },
		{ BUCKETMAP_MAX, { 8, 0 } },
		{ BUCKETMAP_MAX, { 4, 0 } },
		{ BUCKETMAP_MAX_EXISTING, { 0, 8 } },
	};
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 keys[] = { 1, 2 }, values[] = { 3, 4 };
	s32 results[] = { UNTOUCHED, UNTOUCHED };
	struct bucketmap_op op = {
		.keys = keys, .values = values, .results = results,
	};
	u32 i, finished;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		op.operation = wrong[i].operation;
		op.window = wrong[i].window;
		finished = UNTOUCHED;
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    bucketmap_batch(map, &op, 2, &finished,
						    GFP_KERNEL), "%u", i);
		KUNIT_EXPECT_EQ(test, finished, 0);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				bucketmap_operate(map, &op, GFP_KERNEL));
	}
	KUNIT_EXPECT_EQ(test, results[0], UNTOUCHED);
	KUNIT_EXPECT_EQ(test, results[1], UNTOUCHED);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
}

static void empty_batch_succeeds(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	const struct bucketmap_op op = {
		.operation = BUCKETMAP_STORE,
	};
	u32 finished = UNTOUCHED;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &op, 0, &finished,
						 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, finished, 0);
}

/* An entry's error is reported in its result; the batch goes on. */
static void failed_entry_does_not_stop_batch(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .max_entries = 30,
	};
	struct bucketmap *map = bmt_map(test, &config);
	u64 keys[COUNT_MAX];
	s32 results[COUNT_MAX];
	const struct bucketmap_op op = {
		.operation = BUCKETMAP_INSERT,
		.keys = keys, .values = keys, .results = results,
	};
	u32 i, finished;

	for (i = 0; i < COUNT_MAX; i++)
		keys[i] = i % 40;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &op, COUNT_MAX,
						 &finished, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, finished, COUNT_MAX);
	for (i = 0; i < COUNT_MAX; i++)
		KUNIT_EXPECT_EQ(test, results[i],
				i < 30 ? 0 : i < 40 ? -ENOSPC : -EEXIST);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 30);
}

/* Prefetching is only a hint: entries are found in whichever table they are. */
static void batch_follows_evacuated_buckets(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 200);
	u64 keys[COUNT_MAX], values[COUNT_MAX];
	s32 results[COUNT_MAX];
	struct bucketmap_op op = {
		.operation = BUCKETMAP_LOOKUP,
		.keys = keys, .previous = values, .results = results,
	};
	u32 i, finished;

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 100);
	bmt_publish(test, map, 6);
	for (i = 0; i < bm_table_buckets(bmt_table(map)); i += 2)
		bmt_evacuate(test, map, i);
	for (i = 0; i < COUNT_MAX; i++)
		keys[i] = 2 * i;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &op, COUNT_MAX,
						 &finished, GFP_KERNEL));
	for (i = 0; i < COUNT_MAX; i++) {
		KUNIT_EXPECT_EQ(test, results[i], 0);
		KUNIT_EXPECT_EQ(test, values[i], bmt_value(2 * i));
	}
	op.operation = BUCKETMAP_DELETE;
	op.previous = NULL;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &op, COUNT_MAX,
						 &finished, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, bmt_count(map), 100 - COUNT_MAX);
	bmt_worker_release(test, map);
	bmt_check_map(test, map);
}

static struct kunit_case batch_cases[] = {
	KUNIT_CASE(batch_equals_single_operations),
	KUNIT_CASE(invalid_batch_changes_nothing),
	KUNIT_CASE(empty_batch_succeeds),
	KUNIT_CASE(failed_entry_does_not_stop_batch),
	KUNIT_CASE(batch_follows_evacuated_buckets),
	{}
};

static struct kunit_suite batch_suite = {
	.name = "bucketmap_batch",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = batch_cases,
};

kunit_test_suite(batch_suite);

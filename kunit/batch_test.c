// SPDX-License-Identifier: GPL-2.0
/*
 * Batches: whatever is done by a batch comes out as if it had been done one by
 * one, entry after entry.
 */
#include "common.h"

#define WHOLE		BUCKETMAP_WHOLE
#define COUNT_MAX	50
#define KEYS		80
#define UNTOUCHED	12345
#define UNTOUCHED_BYTE	0x5a

static bool gives_previous(u32 operation)
{
	switch (operation) {
	case BUCKETMAP_LOOKUP:
	case BUCKETMAP_LOAD_OR_STORE:
	case BUCKETMAP_SWAP:
	case BUCKETMAP_LOOKUP_AND_DELETE:
	case BUCKETMAP_COMPARE_AND_SWAP:
	case BUCKETMAP_COMPARE_AND_DELETE:
	case BUCKETMAP_ADD:
		return true;
	default:
		return false;
	}
}

static bool compares(u32 operation)
{
	return operation == BUCKETMAP_COMPARE_AND_SWAP ||
	       operation == BUCKETMAP_COMPARE_AND_DELETE;
}

/**
 * struct twins - two maps: what a batch does to one, is done to the other entry
 *	by entry
 * @together: the one
 * @single: the other
 * @count: entries of the batch
 * @length: bytes of a window
 * @columns: the batch
 * @keys: a column
 * @values: a column
 * @expected: a column
 * @previous: a column
 * @results: a column
 * @found: takes what a single operation gives
 */
struct twins {
	struct bucketmap *together;
	struct bucketmap *single;
	u32 count;
	u32 length;
	struct bucketmap_op columns;
	u8 *keys;
	u8 *values;
	u8 *expected;
	u8 *previous;
	s32 *results;
	u8 *found;
};

static void *room(struct kunit *test, size_t bytes)
{
	void *bytes_of = kunit_kzalloc(test, bytes + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes_of);
	return bytes_of;
}

static struct twins *twins_of(struct kunit *test,
			      const struct bucketmap_config *config)
{
	u32 size = max_t(u32, config->value_size, sizeof(u64));
	struct twins *twins = room(test, sizeof(*twins));

	twins->together = bmt_map(test, config);
	twins->single = bmt_map(test, config);
	twins->keys = room(test, COUNT_MAX * config->key_size);
	twins->values = room(test, COUNT_MAX * size);
	twins->expected = room(test, COUNT_MAX * size);
	twins->previous = room(test, COUNT_MAX * size);
	twins->results = room(test, COUNT_MAX * sizeof(s32));
	twins->found = room(test, size);
	return twins;
}

/* A window, or where a number may be; whatever there is room for. */
static struct bucketmap_window draw_window(struct kunit *test, u32 operation,
					   u32 size)
{
	struct bucketmap_window window = { };

	if (operation == BUCKETMAP_ADD) {
		window.offset = bmt_below(test, size / sizeof(u64)) *
				sizeof(u64);
	} else if (bmt_below(test, 2)) {
		window.offset = bmt_below(test, size + 1);
		window.length = bmt_below(test, size - window.offset + 1);
	}
	return window;
}

static u32 length_of(const struct twins *twins)
{
	struct bucketmap_window window = twins->columns.window;

	if (twins->columns.operation == BUCKETMAP_ADD)
		return sizeof(u64);
	if (window.offset || window.length)
		return window.length;
	return twins->single->layout.value_size;
}

/* Keys may come twice. Half of the comparisons are with what is there. */
static void draw_entry(struct kunit *test, struct twins *twins, u32 i)
{
	u32 key_size = twins->single->layout.key_size;
	u8 *expected = twins->expected + i * twins->length;
	u8 *key = twins->keys + i * key_size;

	bmt_key_bytes(key, key_size, bmt_below(test, KEYS));
	prandom_bytes_state(test->priv, twins->values + i * twins->length,
			    twins->length);
	if (twins->columns.operation == BUCKETMAP_ADD || bmt_below(test, 2) ||
	    bucketmap_lookup(twins->single, key, twins->columns.window,
			     expected))
		prandom_bytes_state(test->priv, expected, twins->length);
}

static void draw_batch(struct kunit *test, struct twins *twins, u32 count)
{
	u32 size = twins->single->layout.value_size;
	struct bucketmap_op *columns = &twins->columns;
	u32 i;

	memset(columns, 0, sizeof(*columns));
	/* The last one needs a number. */
	columns->operation = bmt_below(test, BUCKETMAP_OPERATIONS -
					     (size < sizeof(u64)));
	columns->window = draw_window(test, columns->operation, size);
	twins->count = count;
	twins->length = length_of(twins);
	columns->keys = twins->keys;
	columns->values = twins->values;
	columns->results = twins->results;
	if (compares(columns->operation))
		columns->expected = twins->expected;
	if (gives_previous(columns->operation) && bmt_below(test, 4))
		columns->previous = twins->previous;
	for (i = 0; i < count; i++) {
		draw_entry(test, twins, i);
		twins->results[i] = UNTOUCHED;
	}
	memset(twins->previous, UNTOUCHED_BYTE, count * twins->length);
}

/* Does an entry by itself, and compares. */
static void check_entry(struct kunit *test, struct twins *twins, u32 i)
{
	struct bucketmap_op one = twins->columns;
	size_t offset = i * twins->length;
	bool given;
	int ret;

	one.keys += i * twins->single->layout.key_size;
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
		(!ret && one.operation != BUCKETMAP_SWAP &&
		 one.operation != BUCKETMAP_LOAD_OR_STORE);
	if (!given)
		memset(twins->found, 0, twins->length);
	KUNIT_ASSERT_MEMEQ_MSG(test, twins->previous + offset, twins->found,
			       twins->length, "operation %u, entry %u of %u",
			       one.operation, i, twins->count);
}

static void check_batch(struct kunit *test, struct twins *twins)
{
	u32 finished, i;

	KUNIT_ASSERT_EQ(test, 0, bucketmap_batch(twins->together,
						 &twins->columns, twins->count,
						 &finished, GFP_KERNEL));
	KUNIT_ASSERT_EQ(test, finished, twins->count);
	for (i = 0; i < twins->count; i++)
		check_entry(test, twins, i);
	if (!twins->columns.previous)
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
				bucketmap_lookup(twins->together, twins->keys,
						 WHOLE, twins->expected));
		if (!err)
			KUNIT_EXPECT_MEMEQ(test, twins->values, twins->expected,
					   layout->value_size);
	}
	bmt_settle(test, twins->together);
	bmt_check_map(test, twins->together);
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
			bucketmap_resize(twins->together, i % 100 * 10, 0);
	}
	check_same(test, twins);
}

static void a_batch_does_what_single_operations_do(struct kunit *test)
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

static void a_batch_that_is_wrong_does_nothing(struct kunit *test)
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
	};
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 keys[] = { 1, 2 }, values[] = { 3, 4 };
	s32 results[] = { UNTOUCHED, UNTOUCHED };
	struct bucketmap_op columns = {
		.keys = keys, .values = values, .results = results,
	};
	u32 i, finished;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		columns.operation = wrong[i].operation;
		columns.window = wrong[i].window;
		finished = UNTOUCHED;
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    bucketmap_batch(map, &columns, 2, &finished,
						    GFP_KERNEL), "%u", i);
		KUNIT_EXPECT_EQ(test, finished, 0);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				bucketmap_operate(map, &columns, GFP_KERNEL));
	}
	KUNIT_EXPECT_EQ(test, results[0], UNTOUCHED);
	KUNIT_EXPECT_EQ(test, results[1], UNTOUCHED);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
}

static void an_empty_batch_is_finished_at_once(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	const struct bucketmap_op columns = {
		.operation = BUCKETMAP_STORE,
	};
	u32 finished = UNTOUCHED;

	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &columns, 0, &finished,
						 GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, finished, 0);
}

/* What goes wrong with one entry is its result, and stops nothing. */
static void an_error_of_an_entry_stops_nothing(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .max_entries = 30,
	};
	struct bucketmap *map = bmt_map(test, &config);
	u64 keys[COUNT_MAX];
	s32 results[COUNT_MAX];
	const struct bucketmap_op columns = {
		.operation = BUCKETMAP_INSERT,
		.keys = keys, .values = keys, .results = results,
	};
	u32 i, finished;

	for (i = 0; i < COUNT_MAX; i++)
		keys[i] = i % 40;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &columns, COUNT_MAX,
						 &finished, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, finished, COUNT_MAX);
	for (i = 0; i < COUNT_MAX; i++)
		KUNIT_EXPECT_EQ(test, results[i],
				i < 30 ? 0 : i < 40 ? -ENOSPC : -EEXIST);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 30);
}

/* Wherever entries are, they are found: a prefetch decides nothing. */
static void a_batch_follows_entries_that_have_moved(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 200);
	u64 keys[COUNT_MAX], values[COUNT_MAX];
	s32 results[COUNT_MAX];
	struct bucketmap_op columns = {
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
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &columns, COUNT_MAX,
						 &finished, GFP_KERNEL));
	for (i = 0; i < COUNT_MAX; i++) {
		KUNIT_EXPECT_EQ(test, results[i], 0);
		KUNIT_EXPECT_EQ(test, values[i], bmt_value(2 * i));
	}
	columns.operation = BUCKETMAP_DELETE;
	columns.previous = NULL;
	KUNIT_EXPECT_EQ(test, 0, bucketmap_batch(map, &columns, COUNT_MAX,
						 &finished, GFP_KERNEL));
	KUNIT_EXPECT_EQ(test, bmt_count(map), 100 - COUNT_MAX);
	bmt_worker_release(test, map);
	bmt_check_map(test, map);
}

static struct kunit_case batch_cases[] = {
	KUNIT_CASE(a_batch_does_what_single_operations_do),
	KUNIT_CASE(a_batch_that_is_wrong_does_nothing),
	KUNIT_CASE(an_empty_batch_is_finished_at_once),
	KUNIT_CASE(an_error_of_an_entry_stops_nothing),
	KUNIT_CASE(a_batch_follows_entries_that_have_moved),
	{}
};

static struct kunit_suite batch_suite = {
	.name = "bucketmap_batch",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = batch_cases,
};

kunit_test_suite(batch_suite);

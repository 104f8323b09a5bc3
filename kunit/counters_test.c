// SPDX-License-Identifier: GPL-2.0
/*
 * What a map reports: counters, chain lengths, resize progress, size.
 */
#include "model.h"
#include "core/inspect.h"

/* Expects a counter's value. */
#define EXPECT_COUNTED(test, map, counter, wanted) \
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, counter), (u64)(wanted))

static void counter_names_are_unique(struct kunit *test)
{
	u32 i, j;

	for (i = 0; i < BM_NR_COUNTERS; i++) {
		KUNIT_ASSERT_NOT_NULL(test, bm_counter_names[i]);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, bm_counter_names[i],
					    bm_counter_names[j]);
	}
}

static void operations_are_counted(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u64 key, value = 0;

	bmt_fill(test, map, 0, 10);
	bmt_check(test, map, 0, 7);
	bmt_check_absent(test, map, 10, 4);
	for (key = 0; key < 5; key++)
		bucketmap_store(map, &key, BUCKETMAP_WHOLE, &value, GFP_KERNEL);
	for (key = 8; key < 12; key++)
		bucketmap_delete(map, &key);
	bmt_put(map, 0);
	key = 0;
	bucketmap_add(map, &key, 0, 1, NULL, GFP_KERNEL);
	key = 100;
	bucketmap_add(map, &key, 0, 1, NULL, GFP_KERNEL);
	EXPECT_COUNTED(test, map, BM_LOOKUP_HITS, 7);
	EXPECT_COUNTED(test, map, BM_LOOKUP_MISSES, 4);
	EXPECT_COUNTED(test, map, BM_LOOKUP_RETRIES, 0);
	EXPECT_COUNTED(test, map, BM_LOOKUP_LOCKED, 0);
	EXPECT_COUNTED(test, map, BM_INSERTED, 11);
	EXPECT_COUNTED(test, map, BM_OVERWRITTEN, 6);
	EXPECT_COUNTED(test, map, BM_DELETED, 2);
	EXPECT_COUNTED(test, map, BM_REFUSED_FULL, 0);
	EXPECT_COUNTED(test, map, BM_REFUSED_MEMORY, 0);
	EXPECT_COUNTED(test, map, BM_REFUSED_COLLISIONS, 0);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 9);
}

KUNIT_ARRAY_PARAM(operation, bmt_ops, bmt_op_describe);

/* Whether a counter counts an operation on a key that was present, and is now. */
static bool counts(enum bm_counter counter, bool lookup, bool before, bool now,
		   bool changed)
{
	switch (counter) {
	case BM_LOOKUP_HITS:
		return lookup && before;
	case BM_LOOKUP_MISSES:
		return lookup && !before;
	case BM_INSERTED:
		return !before && now;
	case BM_OVERWRITTEN:
		return before && now && changed;
	case BM_DELETED:
		return before && !now;
	default:
		return false;
	}
}

static void check_counted(struct kunit *test, u32 operation, bool present)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u64 expected = bmt_value(1), number = present ? expected : 0;
	u64 key = 1, value = expected + 1, previous;
	const struct bucketmap_op op =
		bmt_op_make(operation, BUCKETMAP_WHOLE, &key, &value,
			    &expected, &previous);
	u64 before[BM_NR_COUNTERS];
	bool now = present;
	u32 i;

	bmt_fill(test, map, 1, present);
	for (i = 0; i < BM_NR_COUNTERS; i++)
		before[i] = bm_counters_sum(map, i);
	bmt_ops[operation].call(map, &op, GFP_KERNEL);
	bmt_op_apply_number(&op, &now, &number);
	for (i = 0; i < BM_NR_COUNTERS; i++)
		EXPECT_COUNTED(test, map, i, before[i] +
			       counts(i, operation == BUCKETMAP_LOOKUP, present,
				      now, number != expected));
}

static void each_operation_is_counted(struct kunit *test)
{
	const struct bmt_op *operation = test->param_value;

	check_counted(test, operation - bmt_ops, false);
	check_counted(test, operation - bmt_ops, true);
}

static void max_that_raises_nothing_is_not_counted(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 1000);
	u64 key = 1;

	bucketmap_max(map, &key, 0, 5, NULL, GFP_KERNEL);
	bucketmap_max(map, &key, 0, 5, NULL, GFP_KERNEL);
	bucketmap_max_existing(map, &key, 0, 4, NULL);
	EXPECT_COUNTED(test, map, BM_INSERTED, 1);
	EXPECT_COUNTED(test, map, BM_OVERWRITTEN, 0);
	bucketmap_max_existing(map, &key, 0, 6, NULL);
	EXPECT_COUNTED(test, map, BM_OVERWRITTEN, 1);
}

static void events_are_reported(struct kunit *test)
{
	const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .max_entries = 10,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct bucketmap_events events;
	u64 key;

	bmt_fill(test, map, 0, 10);
	bmt_put(map, 10);
	bmt_check(test, map, 0, 7);
	bmt_check_absent(test, map, 10, 4);
	for (key = 0; key < 3; key++)
		bucketmap_store(map, &key, BUCKETMAP_WHOLE, &key, GFP_KERNEL);
	for (key = 8; key < 12; key++)
		bucketmap_delete(map, &key);
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, 1000, 0), 0);
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, 0, 0), 0);
	bucketmap_events(map, &events);
	KUNIT_EXPECT_EQ(test, events.lookup_hits, 7);
	KUNIT_EXPECT_EQ(test, events.lookup_misses, 4);
	KUNIT_EXPECT_EQ(test, events.inserted, 10);
	KUNIT_EXPECT_EQ(test, events.overwritten, 3);
	KUNIT_EXPECT_EQ(test, events.deleted, 2);
	KUNIT_EXPECT_EQ(test, events.refused_full, 1);
	KUNIT_EXPECT_EQ(test, events.refused_memory, 0);
	KUNIT_EXPECT_EQ(test, events.refused_collisions, 0);
	KUNIT_EXPECT_GE(test, events.grown, 1);
	KUNIT_EXPECT_GE(test, events.shrunk, 1);

	bm_count(map, BM_REFUSED_MEMORY);
	bm_count(map, BM_REFUSED_MEMORY);
	bm_count(map, BM_REFUSED_COLLISIONS);
	bucketmap_events(map, &events);
	KUNIT_EXPECT_EQ(test, events.refused_memory, 2);
	KUNIT_EXPECT_EQ(test, events.refused_collisions, 1);
}

static u64 histogram_entries(const struct bm_chains *chains)
{
	u64 entries = 0;
	u32 i;

	for (i = 0; i < BM_CHAINS_MAX; i++)
		entries += chains->histogram[i] * i;
	return entries;
}

static u64 histogram_buckets(const struct bm_chains *chains)
{
	u64 buckets = 0;
	u32 i;

	for (i = 0; i < BM_CHAINS_MAX; i++)
		buckets += chains->histogram[i];
	return buckets;
}

static void counters_match_model(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct bmt_model *model = bmt_model(test, map, 2000, U32_MAX);
	struct bm_chains chains;
	u32 round;

	for (round = 0; round < 10; round++) {
		bmt_model_steps(test, model, 700);
		bmt_settle(test, map);
		EXPECT_COUNTED(test, map, BM_INSERTED, model->count +
			       bm_counters_sum(map, BM_DELETED));
		KUNIT_EXPECT_EQ(test, 0, bm_inspect_chains(map, &chains));
		KUNIT_EXPECT_EQ(test, histogram_entries(&chains),
				model->count);
		KUNIT_EXPECT_EQ(test, histogram_buckets(&chains),
				bm_table_buckets(bmt_table(map)));
		KUNIT_EXPECT_EQ(test, chains.records,
				bm_pool_used(&bmt_table(map)->pool));
	}
}

static void overflow_records_are_counted(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 26);
	struct bm_chains chains;
	u32 i;

	bmt_worker_hold(map);
	for (i = 0; i < 100; i++)
		bmt_put_made(test, map, i, i);
	EXPECT_COUNTED(test, map, BM_OVERFLOW_LINKED, 12);
	EXPECT_COUNTED(test, map, BM_OVERFLOW_UNLINKED, 0);
	KUNIT_EXPECT_EQ(test, 0, bm_inspect_chains(map, &chains));
	KUNIT_EXPECT_EQ(test, chains.longest, 100);
	KUNIT_EXPECT_EQ(test, chains.records, 12);
	KUNIT_EXPECT_EQ(test, chains.histogram[BM_CHAINS_MAX - 1], 1);
	KUNIT_EXPECT_EQ(test, chains.histogram[0], 3);
	for (i = 0; i < 60; i++) {
		struct bmt_key key = bmt_make_key(map, i, i);

		KUNIT_ASSERT_EQ(test, bucketmap_delete(map, &key), 0);
	}
	EXPECT_COUNTED(test, map, BM_OVERFLOW_UNLINKED, 8);
	KUNIT_EXPECT_EQ(test, 0, bm_inspect_chains(map, &chains));
	KUNIT_EXPECT_EQ(test, chains.longest, 40);
	KUNIT_EXPECT_EQ(test, chains.histogram[40], 1);
}

struct direction {
	u32 from;
	u32 to;
};

static const struct direction directions[] = {
	{ 4, 5 }, { 3, 6 }, { 4, 3 }, { 5, 2 },
};

static void describe(const struct direction *direction, char *text)
{
	snprintf(text, KUNIT_PARAM_DESC_SIZE, "from %u to %u buckets",
		 1U << direction->from, 1U << direction->to);
}

KUNIT_ARRAY_PARAM(direction, directions, describe);

static struct bucketmap *migrating(struct kunit *test,
				   const struct direction *direction)
{
	struct bucketmap *map;
	u64 keys = 6ULL << direction->from;

	map = bmt_numbers(test, BM_LOAD_GROW(1ULL << direction->from));
	bmt_worker_hold(map);
	bmt_fill(test, map, 0, keys);
	bmt_publish(test, map, direction->to);
	return map;
}

/* Each entry is counted once at every stage of the migration. */
static void chains_are_counted_during_migration(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bucketmap *map = migrating(test, direction);
	u32 buckets = 1U << direction->from;
	struct bm_chains chains;
	u32 i;

	for (i = 0; i < buckets; i++) {
		bmt_evacuate(test, map, i * 5 % buckets);
		KUNIT_EXPECT_EQ(test, 0, bm_inspect_chains(map, &chains));
		KUNIT_EXPECT_EQ(test, histogram_entries(&chains), 6 * buckets);
	}
}

static void migration_progress_is_reported(struct kunit *test)
{
	const struct direction *direction = test->param_value;
	struct bucketmap *map = migrating(test, direction);
	u32 buckets = 1U << direction->from;
	struct bm_resize_state state;
	u32 i;

	for (i = 0; i < buckets; i++) {
		bmt_evacuate(test, map, i);
		KUNIT_EXPECT_EQ(test, 0, bm_inspect_resize(map, &state));
		KUNIT_ASSERT_TRUE(test, state.running);
		KUNIT_ASSERT_EQ(test, state.from_buckets, buckets);
		KUNIT_ASSERT_EQ(test, state.to_buckets,
				1U << direction->to);
		KUNIT_ASSERT_EQ(test, state.evacuated, i + 1);
		KUNIT_ASSERT_EQ(test, state.evacuated_by_worker, i + 1);
		KUNIT_ASSERT_EQ(test, state.grown + state.shrunk, 0);
	}
	bmt_worker_release(test, map);
	KUNIT_EXPECT_EQ(test, 0, bm_inspect_resize(map, &state));
	KUNIT_EXPECT_FALSE(test, state.running);
	KUNIT_EXPECT_EQ(test, state.evacuated, 0);
	KUNIT_EXPECT_EQ(test, state.from_buckets,
			bm_table_buckets(bmt_table(map)));
	KUNIT_EXPECT_EQ(test, state.to_buckets, state.from_buckets);
	KUNIT_EXPECT_GE(test, state.grown, direction->to > direction->from);
	KUNIT_EXPECT_GE(test, state.shrunk, direction->to < direction->from);
	KUNIT_EXPECT_EQ(test, state.failed, 0);
}

static void geometry_includes_all_tables(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, BM_LOAD_GROW(256));
	struct bucketmap_geometry before, during, after;
	u64 bytes;

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 1000);
	bucketmap_geometry(map, &before);
	KUNIT_EXPECT_EQ(test, before.count, 1000);
	KUNIT_EXPECT_EQ(test, before.buckets, 256);
	KUNIT_EXPECT_GE(test, before.bytes, 256 * map->layout.record_bytes);
	bytes = bm_table_bytes(bmt_publish(test, map, 9));
	bucketmap_geometry(map, &during);
	KUNIT_EXPECT_EQ(test, during.buckets, 256);
	KUNIT_EXPECT_EQ(test, during.bytes, before.bytes + bytes);
	bmt_worker_release(test, map);
	bucketmap_geometry(map, &after);
	KUNIT_EXPECT_EQ(test, after.count, 1000);
	KUNIT_EXPECT_EQ(test, after.buckets, 512);
	KUNIT_EXPECT_EQ(test, after.bytes, bytes);
}

static struct kunit_case counters_cases[] = {
	KUNIT_CASE(counter_names_are_unique),
	KUNIT_CASE(operations_are_counted),
	KUNIT_CASE_PARAM(each_operation_is_counted, operation_gen_params),
	KUNIT_CASE(max_that_raises_nothing_is_not_counted),
	KUNIT_CASE(events_are_reported),
	KUNIT_CASE(counters_match_model),
	KUNIT_CASE(overflow_records_are_counted),
	KUNIT_CASE_PARAM(chains_are_counted_during_migration,
			 direction_gen_params),
	KUNIT_CASE_PARAM(migration_progress_is_reported, direction_gen_params),
	KUNIT_CASE(geometry_includes_all_tables),
	{}
};

static struct kunit_suite counters_suite = {
	.name = "bucketmap_counters",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = counters_cases,
};

kunit_test_suite(counters_suite);

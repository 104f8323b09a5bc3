// SPDX-License-Identifier: GPL-2.0
/*
 * Readers among writers: what they find was there and is whole, and they come
 * to an end.
 */
#include <linux/cpumask.h>

#include "crew.h"

#define WHOLE	BUCKETMAP_WHOLE

/* Numbers */

static void expect_found(struct member *member, u64 key)
{
	u64 value = 0;
	int err = bucketmap_lookup(member->crew->map, &key, WHOLE, &value);

	expect(member, !err && value == bmt_value(key), key);
}

static void insert_many(struct member *member)
{
	struct crew *crew = member->crew;
	u64 key;

	for (key = 0; key < 101000 && going_on(member); key++) {
		expect(member, !bmt_put(crew->map, key), key);
		/* Pairs with the acquire in look_up_inserted(). */
		smp_store_release(&crew->inserted, key + 1);
		member->done++;
	}
}

/* Half of the time one of those that came last. */
static void look_up_inserted(struct member *member)
{
	struct crew *crew = member->crew;

	while (going_on(member)) {
		u64 inserted, key, value;

		/* Pairs with the release in insert_many(). */
		inserted = smp_load_acquire(&crew->inserted);
		if (!inserted)
			continue;
		if (below(member, 2))
			key = inserted - 1 - below(member, min(inserted, 64ULL));
		else
			key = below(member, inserted);
		expect_found(member, key);
		key += 1ULL << 40;
		expect(member, bucketmap_lookup(crew->map, &key, WHOLE,
						&value) == -ENOENT, key);
		member->done++;
	}
}

static void lookups_find_what_was_inserted_before(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct crew *crew = crew_of(test, map);

	crew_add(crew, insert_many);
	crew_add(crew, look_up_inserted);
	crew_add(crew, look_up_inserted);
	crew_finish(crew, 1);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 101000);
	KUNIT_EXPECT_GE(test, BM_LOAD_GROW(bm_table_buckets(bmt_table(map))),
			101000ULL);
	KUNIT_EXPECT_GE(test, map->resize.grown, 4);
	bmt_check_map(test, map);
}

/* Values of several words */

#define WORDS		8
#define WIDE_KEYS	5

static void fill_wide(u64 *value, u64 number)
{
	u32 i;

	for (i = 0; i < WORDS; i++)
		value[i] = bmt_value(number) + i;
}

static bool wide_is_whole(const u64 *value)
{
	u32 i;

	for (i = 1; i < WORDS; i++)
		if (value[i] != value[0] + i)
			return false;
	return true;
}

static struct bucketmap *wide_map(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = WORDS * sizeof(u64),
	};
	struct bucketmap *map = bmt_map(test, &config);
	u64 key, value[WORDS];

	for (key = 0; key < WIDE_KEYS; key++) {
		fill_wide(value, key);
		KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key, WHOLE,
							 value, GFP_KERNEL));
	}
	return map;
}

static void overwrite_wide(struct member *member, u64 key)
{
	u64 value[WORDS];

	fill_wide(value, member->done++);
	expect(member, !bucketmap_store(member->crew->map, &key, WHOLE, value,
					GFP_KERNEL), key);
}

static void overwrite_wide_values(struct member *member)
{
	while (member->done < 40000 && going_on(member))
		overwrite_wide(member, below(member, WIDE_KEYS));
}

static void look_up_wide(struct member *member, u64 key)
{
	u64 value[WORDS];
	int err = bucketmap_lookup(member->crew->map, &key, WHOLE, value);

	expect(member, !err && wide_is_whole(value), key);
	member->done++;
}

static void look_up_wide_values(struct member *member)
{
	while (going_on(member))
		look_up_wide(member, below(member, WIDE_KEYS));
}

static void scan_wide_values(struct member *member)
{
	struct bucketmap_cursor cursor = { };
	u64 keys[WIDE_KEYS], values[WIDE_KEYS][WORDS];
	u32 i, count;

	while (going_on(member)) {
		expect(member, !bucketmap_scan(member->crew->map, &cursor,
					       keys, values, WIDE_KEYS,
					       &count), 0);
		for (i = 0; i < count; i++)
			expect(member, wide_is_whole(values[i]), keys[i]);
		if (cursor.end)
			cursor = (struct bucketmap_cursor){ };
		member->done++;
	}
}

static void no_value_is_ever_torn(struct kunit *test)
{
	struct bucketmap *map = wide_map(test);
	struct crew *crew = crew_of(test, map);

	crew_add(crew, overwrite_wide_values);
	crew_add(crew, overwrite_wide_values);
	crew_add(crew, look_up_wide_values);
	crew_add(crew, look_up_wide_values);
	crew_add(crew, scan_wide_values);
	crew_finish(crew, 2);
	bmt_check_map(test, map);
}

/* A value that takes long to be written, so that it can be met half-way. */
#define LONG_WORDS	128

static struct bucketmap *long_map(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = LONG_WORDS * sizeof(u64),
	};

	return bmt_map(test, &config);
}

static void come_and_go_long(struct member *member)
{
	struct bucketmap *map = member->crew->map;
	u64 value[LONG_WORDS];
	u32 i;

	while (member->done < 4000 && going_on(member)) {
		u64 key = below(member, 2 * WIDE_KEYS);

		for (i = 0; i < LONG_WORDS; i++)
			value[i] = bmt_value(key) + i;
		if (bucketmap_insert(map, &key, WHOLE, value, GFP_KERNEL))
			bucketmap_delete(map, &key);
		member->done++;
	}
}

static void look_up_long(struct member *member)
{
	u64 value[LONG_WORDS];
	u32 i;

	while (going_on(member)) {
		u64 key = below(member, 2 * WIDE_KEYS);
		int err;

		err = bucketmap_lookup(member->crew->map, &key, WHOLE, value);
		expect(member, !err || err == -ENOENT, key);
		for (i = 0; i < LONG_WORDS && !err; i++)
			expect(member, value[i] == bmt_value(key) + i, key);
		member->done++;
	}
}

static void an_entry_is_whole_as_soon_as_it_is_seen(struct kunit *test)
{
	struct bucketmap *map = long_map(test);
	struct crew *crew = crew_of(test, map);

	crew_add(crew, come_and_go_long);
	crew_add(crew, look_up_long);
	crew_add(crew, look_up_long);
	crew_finish(crew, 1);
	bmt_check_map(test, map);
}

static void look_up_one_value_often(struct member *member)
{
	while (member->done < 30000 && going_on(member))
		look_up_wide(member, 0);
}

static void storm_one_value(struct member *member)
{
	while (going_on(member))
		overwrite_wide(member, 0);
}

static void readers_get_ahead_in_a_storm_of_writes(struct kunit *test)
{
	struct bucketmap *map = wide_map(test);
	struct crew *crew = crew_of(test, map);

	crew_add(crew, look_up_one_value_often);
	crew_add(crew, storm_one_value);
	crew_finish(crew, 1);
	bmt_check_map(test, map);
}

/* A bucket that looks as if a writer were in it all the time. */
static void a_reader_that_is_disturbed_takes_the_lock(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	u32 index;

	bmt_fill(test, map, 0, 10);
	for (index = 0; index < 2; index++)
		bm_table_home(bmt_table(map), index)->head ^= BM_HEAD_ODD;
	bmt_check(test, map, 0, 10);
	bmt_check_absent(test, map, 10, 10);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_LOOKUP_LOCKED), 20);
	KUNIT_EXPECT_GE(test, bm_counters_sum(map, BM_LOOKUP_RETRIES), 20);
	for (index = 0; index < 2; index++)
		bm_table_home(bmt_table(map), index)->head ^= BM_HEAD_ODD;
	bmt_check(test, map, 0, 10);
	KUNIT_EXPECT_EQ(test, bm_counters_sum(map, BM_LOOKUP_LOCKED), 20);
}

static void look_up_once(struct member *member)
{
	expect_found(member, 1);
	member->done++;
}

/* Holds the key's bucket until the reader has given up waiting for it. */
static u64 stay_inside(struct crew *crew, u64 number)
{
	ktime_t end = ktime_add_ms(ktime_get(), 10000);
	struct bm_bucket bucket;
	struct bm_key key;
	u64 locked = 0;

	bm_key_init(crew->map, &key, &number);
	bm_writer_begin();
	bm_bucket_lock(crew->map, &crew->map->layout, key.hash, &bucket);
	WRITE_ONCE(bucket.home->head, bucket.home->head + 1);
	WRITE_ONCE(crew->go, true);
	while (!locked && ktime_before(ktime_get(), end)) {
		locked = bm_counters_sum(crew->map, BM_LOOKUP_LOCKED);
		cpu_relax();
	}
	/* As a write section ends: (A) in bucket.c. */
	smp_store_release(&bucket.home->head, bucket.home->head + 1);
	bm_bucket_unlock(&bucket);
	bm_writer_end();
	return locked;
}

static void a_reader_waits_for_a_writer_that_takes_long(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct crew *crew = crew_of(test, map);
	u64 locked;

	if (num_online_cpus() < 2)
		kunit_skip(test, "this takes two CPUs");
	bmt_fill(test, map, 0, 2);
	/* The reader goes to another CPU than ours. */
	migrate_disable();
	if (smp_processor_id() == cpumask_local_spread(0, NUMA_NO_NODE))
		crew->count++;
	crew_add(crew, look_up_once);
	locked = stay_inside(crew, 1);
	migrate_enable();
	crew_join(crew, &crew->members[crew->count - 1]);
	KUNIT_EXPECT_EQ(test, locked, 1);
}

/* Entries that move */

#define CHAIN_FRONT	60
#define CHAIN_WATCHED	20

/* All in one chain, all of one tag. */
static void put_in_chain(struct member *member, u64 number)
{
	struct bucketmap *map = member->crew->map;
	struct bmt_key key = bmt_make_key(map, 77, number);
	u64 value = bmt_value(77 + number);

	expect(member, !bucketmap_insert(map, &key, WHOLE, &value, GFP_KERNEL),
	       number);
}

static void delete_from_chain(struct member *member, u64 number)
{
	struct bucketmap *map = member->crew->map;
	struct bmt_key key = bmt_make_key(map, 77, number);

	expect(member, !bucketmap_delete(map, &key), number);
}

/*
 * The keys at the end of the chain are watched while those at its beginning
 * are deleted.
 */
static void move_to_the_front(struct member *member)
{
	struct crew *crew = member->crew;
	u64 i;

	while (member->done < 300 && going_on(member)) {
		for (i = 0; i < CHAIN_FRONT + CHAIN_WATCHED; i++)
			put_in_chain(member, i);
		/* Pairs with the acquire in watch_chain(). */
		smp_store_release(&crew->inserted, ++member->done);
		for (i = 0; i < CHAIN_FRONT; i++)
			delete_from_chain(member, i);
		WRITE_ONCE(crew->inserted, 0);
		smp_mb(); /* Pairs with the one in watch_chain(). */
		for (; i < CHAIN_FRONT + CHAIN_WATCHED; i++)
			delete_from_chain(member, i);
	}
}

static void watch_chain(struct member *member)
{
	struct crew *crew = member->crew;

	while (going_on(member)) {
		u64 number = CHAIN_FRONT + below(member, CHAIN_WATCHED);
		u64 round;

		/* Pairs with the release in move_to_the_front(). */
		round = smp_load_acquire(&crew->inserted);
		if (!bmt_has_made(crew->map, 77, number)) {
			smp_mb(); /* Pairs with the one there. */
			expect(member, !round ||
			       READ_ONCE(crew->inserted) != round, number);
		}
		member->done++;
	}
}

/* Deletes fill holes with the last entry: it goes where a reader has been. */
static void a_key_is_found_while_its_entry_moves(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct crew *crew = crew_of(test, map);

	crew_add(crew, move_to_the_front);
	crew_add(crew, watch_chain);
	crew_add(crew, watch_chain);
	crew_finish(crew, 1);
	bmt_check_map(test, map);
}

static struct kunit_case concurrent_read_cases[] = {
	KUNIT_CASE_SLOW(lookups_find_what_was_inserted_before),
	KUNIT_CASE_SLOW(no_value_is_ever_torn),
	KUNIT_CASE_SLOW(an_entry_is_whole_as_soon_as_it_is_seen),
	KUNIT_CASE_SLOW(readers_get_ahead_in_a_storm_of_writes),
	KUNIT_CASE(a_reader_that_is_disturbed_takes_the_lock),
	KUNIT_CASE(a_reader_waits_for_a_writer_that_takes_long),
	KUNIT_CASE_SLOW(a_key_is_found_while_its_entry_moves),
	{}
};

static struct kunit_suite concurrent_read_suite = {
	.name = "bucketmap_concurrent_read",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = concurrent_read_cases,
};

kunit_test_suite(concurrent_read_suite);

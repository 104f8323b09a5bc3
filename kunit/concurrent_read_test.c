// SPDX-License-Identifier: GPL-2.0
/*
 * Readers among writers: they find every present entry, see only complete
 * values, and make progress.
 */
#include <linux/cpumask.h>
#include <linux/log2.h>
#include <linux/workqueue.h>

#include "threads.h"

#define WHOLE	BUCKETMAP_WHOLE

/* Values of one word */

static void expect_found(struct thread *thread, u64 key)
{
	u64 value = 0;
	int err = bucketmap_lookup(thread->threads->map, &key, WHOLE, &value);

	expect(thread, !err && value == bmt_value(key), key);
}

static void insert_many(struct thread *thread)
{
	struct threads *threads = thread->threads;
	u64 key;

	for (key = 0; key < 101000 && keep_going(thread); key++) {
		/*
		 * So that the table grows several times, however late the
		 * worker is. Between these points inserts run beside it.
		 */
		if (is_power_of_2(key))
			flush_delayed_work(&threads->map->resize.work);
		expect(thread, !bmt_put(threads->map, key), key);
		/* Pairs with the acquire in look_up_inserted(). */
		smp_store_release(&threads->inserted, key + 1);
		thread->done++;
	}
}

/* Half of the lookups are of recently inserted keys. */
static void look_up_inserted(struct thread *thread)
{
	struct threads *threads = thread->threads;

	while (keep_going(thread)) {
		u64 inserted, key, value;

		/* Pairs with the release in insert_many(). */
		inserted = smp_load_acquire(&threads->inserted);
		if (!inserted)
			continue;
		if (below(thread, 2))
			key = inserted - 1 - below(thread, min(inserted, 64ULL));
		else
			key = below(thread, inserted);
		expect_found(thread, key);
		key += 1ULL << 40;
		expect(thread, bucketmap_lookup(threads->map, &key, WHOLE,
						&value) == -ENOENT, key);
		thread->done++;
	}
}

static void lookups_find_inserted_keys(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct threads *threads = threads_of(test, map);

	threads_add(threads, insert_many);
	threads_add(threads, look_up_inserted);
	threads_add(threads, look_up_inserted);
	threads_finish(threads, 1);
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

static void overwrite_wide(struct thread *thread, u64 key)
{
	u64 value[WORDS];

	fill_wide(value, thread->done++);
	expect(thread, !bucketmap_store(thread->threads->map, &key, WHOLE, value,
					GFP_KERNEL), key);
}

static void overwrite_wide_values(struct thread *thread)
{
	while (thread->done < 40000 && keep_going(thread))
		overwrite_wide(thread, below(thread, WIDE_KEYS));
}

static void look_up_wide(struct thread *thread, u64 key)
{
	u64 value[WORDS];
	int err = bucketmap_lookup(thread->threads->map, &key, WHOLE, value);

	expect(thread, !err && wide_is_whole(value), key);
	thread->done++;
}

static void look_up_wide_values(struct thread *thread)
{
	while (keep_going(thread))
		look_up_wide(thread, below(thread, WIDE_KEYS));
}

static void scan_wide_values(struct thread *thread)
{
	struct bucketmap_cursor cursor = { };
	u64 keys[WIDE_KEYS], values[WIDE_KEYS][WORDS];
	u32 i, count;

	while (keep_going(thread)) {
		expect(thread, !bucketmap_scan(thread->threads->map, &cursor,
					       BUCKETMAP_WHOLE, keys, values,
					       WIDE_KEYS, &count), 0);
		for (i = 0; i < count; i++)
			expect(thread, wide_is_whole(values[i]), keys[i]);
		if (cursor.end)
			cursor = (struct bucketmap_cursor){ };
		thread->done++;
	}
}

static void values_are_never_torn(struct kunit *test)
{
	struct bucketmap *map = wide_map(test);
	struct threads *threads = threads_of(test, map);

	threads_add(threads, overwrite_wide_values);
	threads_add(threads, overwrite_wide_values);
	threads_add(threads, look_up_wide_values);
	threads_add(threads, look_up_wide_values);
	threads_add(threads, scan_wide_values);
	threads_finish(threads, 2);
	bmt_check_map(test, map);
}

/* Values that take long to write, so that readers overlap with the write. */
#define LONG_WORDS	128

static struct bucketmap *long_map(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = LONG_WORDS * sizeof(u64),
	};

	return bmt_map(test, &config);
}

static void insert_and_delete_long(struct thread *thread)
{
	struct bucketmap *map = thread->threads->map;
	u64 value[LONG_WORDS];
	u32 i;

	while (thread->done < 4000 && keep_going(thread)) {
		u64 key = below(thread, 2 * WIDE_KEYS);

		for (i = 0; i < LONG_WORDS; i++)
			value[i] = bmt_value(key) + i;
		if (bucketmap_insert(map, &key, WHOLE, value, GFP_KERNEL))
			bucketmap_delete(map, &key);
		thread->done++;
	}
}

static void look_up_long(struct thread *thread)
{
	u64 value[LONG_WORDS];
	u32 i;

	while (keep_going(thread)) {
		u64 key = below(thread, 2 * WIDE_KEYS);
		int err;

		err = bucketmap_lookup(thread->threads->map, &key, WHOLE, value);
		expect(thread, !err || err == -ENOENT, key);
		for (i = 0; i < LONG_WORDS && !err; i++)
			expect(thread, value[i] == bmt_value(key) + i, key);
		thread->done++;
	}
}

static void entry_is_complete_when_first_visible(struct kunit *test)
{
	struct bucketmap *map = long_map(test);
	struct threads *threads = threads_of(test, map);

	threads_add(threads, insert_and_delete_long);
	threads_add(threads, look_up_long);
	threads_add(threads, look_up_long);
	threads_finish(threads, 1);
	bmt_check_map(test, map);
}

static void look_up_one_value_often(struct thread *thread)
{
	while (thread->done < 30000 && keep_going(thread))
		look_up_wide(thread, 0);
}

static void overwrite_one_value(struct thread *thread)
{
	while (keep_going(thread))
		overwrite_wide(thread, 0);
}

static void readers_progress_under_constant_overwrites(struct kunit *test)
{
	struct bucketmap *map = wide_map(test);
	struct threads *threads = threads_of(test, map);

	threads_add(threads, look_up_one_value_often);
	threads_add(threads, overwrite_one_value);
	threads_finish(threads, 1);
	bmt_check_map(test, map);
}

/* An odd seq stands for a write section that never ends. */
static void disturbed_reader_takes_lock(struct kunit *test)
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

static void look_up_once(struct thread *thread)
{
	expect_found(thread, 1);
	thread->done++;
}

/* Stays in a write section until the reader falls back to the lock. */
static u64 hold_write_section(struct threads *threads, u64 number)
{
	ktime_t end = ktime_add_ms(ktime_get(), 10000);
	struct bm_bucket bucket;
	struct bm_key key;
	u64 locked = 0;

	bm_key_init(threads->map, &key, &number);
	bm_rcu_read_lock_bh();
	bm_bucket_lock(threads->map, &threads->map->layout, key.hash, &bucket);
	WRITE_ONCE(bucket.home->head, bucket.home->head + 1);
	WRITE_ONCE(threads->go, true);
	while (!locked && ktime_before(ktime_get(), end)) {
		locked = bm_counters_sum(threads->map, BM_LOOKUP_LOCKED);
		cpu_relax();
	}
	/* The end of a write section: (A) in bucket.h. */
	smp_store_release(&bucket.home->head, bucket.home->head + 1);
	bm_bucket_unlock(&bucket);
	bm_rcu_read_unlock_bh();
	return locked;
}

static void reader_waits_for_slow_writer(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct threads *threads = threads_of(test, map);
	u64 locked;

	if (num_online_cpus() < 2)
		kunit_skip(test, "this takes two CPUs");
	bmt_fill(test, map, 0, 2);
	/* The reader must run on another CPU. */
	migrate_disable();
	if (smp_processor_id() == cpumask_local_spread(0, NUMA_NO_NODE))
		threads->count++;
	threads_add(threads, look_up_once);
	locked = hold_write_section(threads, 1);
	migrate_enable();
	threads_join(threads, &threads->list[threads->count - 1]);
	KUNIT_EXPECT_EQ(test, locked, 1);
}

/* Entries that compaction moves */

#define CHAIN_FRONT	60
#define CHAIN_WATCHED	20

/* All these keys have one hash: one chain, one tag. */
static void put_in_chain(struct thread *thread, u64 number)
{
	struct bucketmap *map = thread->threads->map;
	struct bmt_key key = bmt_make_key(map, 77, number);
	u64 value = bmt_value(77 + number);

	expect(thread, !bucketmap_insert(map, &key, WHOLE, &value, GFP_KERNEL),
	       number);
}

static void delete_from_chain(struct thread *thread, u64 number)
{
	struct bucketmap *map = thread->threads->map;
	struct bmt_key key = bmt_make_key(map, 77, number);

	expect(thread, !bucketmap_delete(map, &key), number);
}

/*
 * Deletes the keys at the front of the chain while other threads look up those
 * at its end.
 */
static void compact_chain(struct thread *thread)
{
	struct threads *threads = thread->threads;
	u64 i;

	while (thread->done < 300 && keep_going(thread)) {
		for (i = 0; i < CHAIN_FRONT + CHAIN_WATCHED; i++)
			put_in_chain(thread, i);
		/* Pairs with the acquire in look_up_chain_end(). */
		smp_store_release(&threads->inserted, ++thread->done);
		for (i = 0; i < CHAIN_FRONT; i++)
			delete_from_chain(thread, i);
		WRITE_ONCE(threads->inserted, 0);
		smp_mb(); /* Pairs with the one in look_up_chain_end(). */
		for (; i < CHAIN_FRONT + CHAIN_WATCHED; i++)
			delete_from_chain(thread, i);
	}
}

static void look_up_chain_end(struct thread *thread)
{
	struct threads *threads = thread->threads;

	while (keep_going(thread)) {
		u64 number = CHAIN_FRONT + below(thread, CHAIN_WATCHED);
		u64 round;

		/* Pairs with the release in compact_chain(). */
		round = smp_load_acquire(&threads->inserted);
		if (!bmt_has_made(threads->map, 77, number)) {
			smp_mb(); /* Pairs with the one there. */
			expect(thread, !round ||
			       READ_ONCE(threads->inserted) != round, number);
		}
		thread->done++;
	}
}

/*
 * A delete fills the hole with the chain's last entry, which thus moves to a slot
 * that a reader may have passed already.
 */
static void key_is_found_while_compaction_moves_entry(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, sizeof(u64), 0);
	struct threads *threads = threads_of(test, map);

	threads_add(threads, compact_chain);
	threads_add(threads, look_up_chain_end);
	threads_add(threads, look_up_chain_end);
	threads_finish(threads, 1);
	bmt_check_map(test, map);
}

static struct kunit_case concurrent_read_cases[] = {
	KUNIT_CASE_SLOW(lookups_find_inserted_keys),
	KUNIT_CASE_SLOW(values_are_never_torn),
	KUNIT_CASE_SLOW(entry_is_complete_when_first_visible),
	KUNIT_CASE_SLOW(readers_progress_under_constant_overwrites),
	KUNIT_CASE(disturbed_reader_takes_lock),
	KUNIT_CASE(reader_waits_for_slow_writer),
	KUNIT_CASE_SLOW(key_is_found_while_compaction_moves_entry),
	{}
};

static struct kunit_suite concurrent_read_suite = {
	.name = "bucketmap_concurrent_read",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = concurrent_read_cases,
};

kunit_test_suite(concurrent_read_suite);

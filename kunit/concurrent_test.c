// SPDX-License-Identifier: GPL-2.0
/*
 * Many at the same map: readers, writers, scans and resizing. With one CPU
 * they take turns and prove little; with two they overlap.
 *
 * Writers do a number of operations, and when they are done, those who watch
 * them are told to stop. Threads count what they find wrong, and the case
 * judges.
 */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "common.h"

#define WHOLE		BUCKETMAP_WHOLE
#define MEMBERS_MAX	6
#define TIMEOUT		(100 * HZ)

/**
 * struct member - a thread
 * @crew: those that it belongs to
 * @work: what it does
 * @task: the thread
 * @finished: it has done its work
 * @random: its random numbers
 * @number: first is 0
 * @done: how much it has done
 * @errors: what it found wrong
 * @example: a key that it found wrong
 */
struct member {
	struct crew *crew;
	void (*work)(struct member *member);
	struct task_struct *task;
	struct completion finished;
	struct rnd_state random;
	u32 number;
	u64 done;
	u64 errors;
	u64 example;
};

/**
 * struct crew - threads that use a map together
 * @test: the case
 * @map: the map
 * @count: how many threads there are
 * @go: all are there and may begin
 * @stop: watchers shall come to an end
 * @inserted: all keys below this were inserted
 * @step: one key of so many is deleted
 * @members: the threads
 */
struct crew {
	struct kunit *test;
	struct bucketmap *map;
	u32 count;
	bool go;
	bool stop;
	u64 inserted;
	u32 step;
	struct member members[MEMBERS_MAX];
};

static struct crew *crew_of(struct kunit *test, struct bucketmap *map)
{
	struct crew *crew = kunit_kzalloc(test, sizeof(*crew), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, crew);
	crew->test = test;
	crew->map = map;
	return crew;
}

static int run_member(void *data)
{
	struct member *member = data;

	while (!READ_ONCE(member->crew->go))
		schedule();
	member->work(member);
	complete(&member->finished);
	return 0;
}

/* Makes a thread, each on the next CPU. */
static struct member *crew_add(struct crew *crew,
			       void (*work)(struct member *member))
{
	struct member *member = &crew->members[crew->count];
	u32 cpu = cpumask_local_spread(crew->count, NUMA_NO_NODE);

	member->crew = crew;
	member->work = work;
	member->number = crew->count;
	init_completion(&member->finished);
	prandom_seed_state(&member->random, bmt_random(crew->test));
	member->task = kthread_run_on_cpu(run_member, member, cpu, "bmt/%u");
	KUNIT_ASSERT_FALSE(crew->test, IS_ERR(member->task));
	get_task_struct(member->task);
	crew->count++;
	return member;
}

/* Waits for a thread. */
static void crew_join(struct crew *crew, struct member *member)
{
	if (!wait_for_completion_timeout(&member->finished, TIMEOUT)) {
		KUNIT_FAIL(crew->test, "thread %u is late", member->number);
		WRITE_ONCE(crew->stop, true);
		wait_for_completion(&member->finished);
	}
	kthread_stop(member->task);
	put_task_struct(member->task);
	KUNIT_EXPECT_EQ_MSG(crew->test, member->errors, 0,
			    "thread %u, for example key %llu", member->number,
			    member->example);
}

/*
 * Lets all begin, waits for the first @writers threads, and stops those that
 * watch them.
 */
static void crew_join_all(struct crew *crew, u32 writers)
{
	u32 i;

	WRITE_ONCE(crew->go, true);
	for (i = 0; i < crew->count; i++) {
		if (i == writers)
			WRITE_ONCE(crew->stop, true);
		crew_join(crew, &crew->members[i]);
	}
}

/* The same, and the worker comes to rest. */
static void crew_finish(struct crew *crew, u32 writers)
{
	crew_join_all(crew, writers);
	bmt_settle(crew->test, crew->map);
}

/*
 * cond_resched() does nothing in a preemptible kernel, and User-mode Linux
 * does not preempt threads that never take a lock.
 */
static void let_others_run(void)
{
	if (need_resched())
		schedule();
}

/*
 * To be asked by watchers before each round, and by writers as well. Everybody
 * gets something done, even if the writers were first on the only CPU.
 */
static bool going_on(struct member *member)
{
	let_others_run();
	return !READ_ONCE(member->crew->stop) || !member->done;
}

static u32 below(struct member *member, u32 limit)
{
	return prandom_u32_state(&member->random) % limit;
}

static void expect(struct member *member, bool right, u64 key)
{
	if (right)
		return;
	member->errors++;
	member->example = key;
}

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
	rcu_read_lock();
	bm_bucket_lock(crew->map, key.hash, &bucket);
	WRITE_ONCE(bucket.home->head, bucket.home->head + 1);
	WRITE_ONCE(crew->go, true);
	while (!locked && ktime_before(ktime_get(), end)) {
		locked = bm_counters_sum(crew->map, BM_LOOKUP_LOCKED);
		cpu_relax();
	}
	/* As a write section ends: (A) in bucket.c. */
	smp_store_release(&bucket.home->head, bucket.home->head + 1);
	bm_bucket_unlock(&bucket);
	rcu_read_unlock();
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

/* Counters that are shared */

#define SHARED		700
#define ADDS		30000

static void add_to_shared(struct member *member)
{
	while (member->done < ADDS && going_on(member)) {
		u64 key = below(member, SHARED * (member->done + 1) / ADDS + 1);

		expect(member, !bucketmap_add(member->crew->map, &key, 0, 3,
					      NULL, GFP_KERNEL), key);
		member->done++;
	}
}

static u64 sum_of_values(struct kunit *test, struct bucketmap *map)
{
	struct bucketmap_cursor cursor = { };
	u64 keys[16], values[16];
	u64 sum = 0;
	u32 i, count;

	while (!cursor.end) {
		KUNIT_ASSERT_EQ(test, 0, bucketmap_scan(map, &cursor, keys,
							values, 16, &count));
		for (i = 0; i < count; i++)
			sum += values[i];
	}
	return sum;
}

static void no_addition_is_lost(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct crew *crew = crew_of(test, map);
	u32 i;

	for (i = 0; i < 3; i++)
		crew_add(crew, add_to_shared);
	crew_finish(crew, 3);
	KUNIT_EXPECT_EQ(test, sum_of_values(test, map), 3 * 3 * ADDS);
	bmt_check_map(test, map);
}

static void swap_one_higher(struct member *member)
{
	struct bucketmap *map = member->crew->map;
	u64 key = 7, value = 0, more;

	while (member->done < 6000 && going_on(member)) {
		more = value + 1;
		if (!bucketmap_compare_and_swap(map, &key, WHOLE, &value,
						&more))
			member->done++;
		bucketmap_lookup(map, &key, WHOLE, &value);
	}
}

static void no_comparison_succeeds_twice(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 0);
	struct crew *crew = crew_of(test, map);
	u64 key = 7, value = 0;

	KUNIT_ASSERT_EQ(test, 0, bucketmap_store(map, &key, WHOLE, &value,
						 GFP_KERNEL));
	crew_add(crew, swap_one_higher);
	crew_add(crew, swap_one_higher);
	crew_finish(crew, 2);
	KUNIT_EXPECT_EQ(test, sum_of_values(test, map), 2 * 6000);
}

/* Inserts and deletes of the same keys */

#define RACED	12000

static void insert_the_same(struct member *member)
{
	u64 key;

	for (key = 0; key < RACED && going_on(member); key++) {
		int err = bmt_put(member->crew->map, key);

		expect(member, !err || err == -EEXIST, key);
		member->done += !err;
	}
}

static void delete_the_same(struct member *member)
{
	u64 key;

	for (key = 0; key < RACED && going_on(member); key++) {
		int err = bucketmap_delete(member->crew->map, &key);

		expect(member, !err || err == -ENOENT, key);
		member->done += !err;
	}
}

static void of_two_equal_writes_one_succeeds(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct crew *crew = crew_of(test, map);

	crew_add(crew, insert_the_same);
	crew_add(crew, insert_the_same);
	crew_finish(crew, 2);
	KUNIT_EXPECT_EQ(test, crew->members[0].done + crew->members[1].done,
			RACED);
	bmt_check(test, map, 0, RACED);
	bmt_check_map(test, map);

	crew = crew_of(test, map);
	crew_add(crew, delete_the_same);
	crew_add(crew, delete_the_same);
	crew_finish(crew, 2);
	KUNIT_EXPECT_EQ(test, crew->members[0].done + crew->members[1].done,
			RACED);
	KUNIT_EXPECT_EQ(test, bmt_count(map), 0);
	bmt_check_map(test, map);
}

/* The limit */

#define LIMIT	50

/* More keys than there may be: one comes, one goes. */
static void insert_at_the_limit(struct member *member)
{
	struct bucketmap *map = member->crew->map;

	while (member->done < 20000 && going_on(member)) {
		u64 key = below(member, 2 * LIMIT);
		int err = bmt_put(map, key);

		expect(member, !err || err == -EEXIST || err == -ENOSPC, key);
		expect(member, atomic64_read(&map->credit) >= 0, key);
		key = below(member, 2 * LIMIT);
		if (!below(member, 3))
			bucketmap_delete(map, &key);
		member->done++;
	}
}

static void the_limit_holds_when_all_insert(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = sizeof(u64),
		.max_entries = LIMIT,
	};
	struct bucketmap *map = bmt_map(test, &config);
	struct crew *crew = crew_of(test, map);
	u64 key, credit;

	crew_add(crew, insert_at_the_limit);
	crew_add(crew, insert_at_the_limit);
	crew_finish(crew, 2);
	credit = atomic64_read(&map->credit);
	KUNIT_EXPECT_EQ(test, bmt_count(map) + credit, LIMIT);
	for (key = 1000; key < 1000 + credit; key++)
		KUNIT_EXPECT_EQ(test, bmt_put(map, key), 0);
	KUNIT_EXPECT_EQ(test, bmt_put(map, key), -ENOSPC);
	KUNIT_EXPECT_EQ(test, bmt_count(map), LIMIT);
	bmt_check_map(test, map);
}

/* Everything at once */

#define STAY	20
#define CHURN	40

static void churn(struct member *member)
{
	struct bucketmap *map = member->crew->map;

	while (member->done < 40000 && going_on(member)) {
		u64 key = STAY + below(member, CHURN);
		int err;

		if (below(member, 2)) {
			err = bmt_put(map, key);
			expect(member, !err || err == -EEXIST, key);
		} else {
			err = bucketmap_delete(map, &key);
			expect(member, !err || err == -ENOENT, key);
		}
		member->done++;
	}
}

static void look_up_all(struct member *member)
{
	while (going_on(member)) {
		u64 key = below(member, STAY + CHURN);
		u64 value;
		int err;

		err = bucketmap_lookup(member->crew->map, &key, WHOLE, &value);
		if (err)
			expect(member, err == -ENOENT && key >= STAY, key);
		else
			expect(member, value == bmt_value(key), key);
		member->done++;
	}
}

/* One scan from the beginning to the end, or until it is told to stop. */
static void scan_all(struct member *member, u32 capacity)
{
	struct bucketmap *map = member->crew->map;
	struct bucketmap_cursor cursor = { };
	u8 seen[STAY + CHURN] = { };
	u64 keys[8], values[8];
	u64 least = 0, key;
	u32 i, count;

	while (!cursor.end) {
		if (!going_on(member))
			return;
		expect(member, !bucketmap_scan(map, &cursor, keys, values,
					       capacity, &count), 0);
		for (i = 0; i < count; i++) {
			struct bm_key ready;

			key = keys[i];
			bm_key_init(map, &ready, &key);
			expect(member, key < STAY + CHURN &&
			       !seen[key]++ && ready.hash >= least &&
			       values[i] == bmt_value(key), key);
			least = ready.hash;
		}
	}
	for (key = 0; key < STAY; key++)
		expect(member, seen[key] == 1, key);
	member->done++;
}

static void scan_again_and_again(struct member *member)
{
	while (going_on(member))
		scan_all(member, 1 + below(member, 8));
}

static void resize_again_and_again(struct member *member)
{
	while (going_on(member)) {
		u32 order = BM_ORDER_MIN + below(member, 7);
		int err = bucketmap_resize(member->crew->map,
					   BM_LOAD_GROW(1ULL << order));

		expect(member, !err, order);
		member->done++;
	}
}

static void what_stays_is_always_found(struct kunit *test, bool resize)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct crew *crew = crew_of(test, map);

	bmt_fill(test, map, 0, STAY);
	crew_add(crew, churn);
	crew_add(crew, churn);
	crew_add(crew, look_up_all);
	crew_add(crew, scan_again_and_again);
	if (resize)
		crew_add(crew, resize_again_and_again);
	crew_finish(crew, 2);
	bmt_check(test, map, 0, STAY);
	bmt_check_map(test, map);
	KUNIT_EXPECT_EQ(test, bmt_count(map) +
			bm_counters_sum(map, BM_DELETED),
			bm_counters_sum(map, BM_INSERTED));
}

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

static void what_stays_is_found_among_what_comes_and_goes(struct kunit *test)
{
	what_stays_is_always_found(test, false);
}

static void what_stays_is_found_while_the_table_is_resized(struct kunit *test)
{
	what_stays_is_always_found(test, true);
}

/* Merging */

#define MERGE_FROM	11
#define MERGE_TO	1
#define MERGE_KEYS	12000

/* Moves every other bucket, as writers and the worker do at the same time. */
static void move_my_buckets(struct member *member)
{
	struct bucketmap *map = member->crew->map;
	struct bm_table *table = bmt_table(map);
	u32 index = member->number;

	while (index < bm_table_buckets(table)) {
		int err;

		let_others_run();
		rcu_read_lock();
		err = bm_evacuate(map, table, index, BM_MOVED_BY_WRITERS);
		rcu_read_unlock();
		if (err)
			bmt_reserve_grow(member->crew->test, bmt_next(table));
		else
			index += 2;
	}
	member->done++;
}

static void delete_some(struct member *member)
{
	u64 key;

	for (key = 0; key < MERGE_KEYS; key += member->crew->step) {
		let_others_run();
		expect(member, !bucketmap_delete(member->crew->map, &key),
		       key);
	}
	member->done++;
}

static void many_merge_buckets_at_once(struct kunit *test)
{
	u32 round;

	for (round = 0; round < 6; round++) {
		u32 step = round % 3 == 2 ? 3 : MERGE_KEYS;
		struct bucketmap *map;
		struct crew *crew;
		u64 key;

		map = bmt_numbers(test, BM_LOAD_GROW(1ULL << MERGE_FROM));
		crew = crew_of(test, map);
		bmt_worker_hold(map);
		bmt_fill(test, map, 0, MERGE_KEYS);
		bmt_publish(test, map, MERGE_TO);
		crew_add(crew, move_my_buckets);
		crew_add(crew, move_my_buckets);
		crew->step = step;
		crew_add(crew, delete_some);
		crew_join_all(crew, 3);
		for (key = 0; key < MERGE_KEYS; key++) {
			if (key % step)
				bmt_check(test, map, key, 1);
			else
				bmt_check_absent(test, map, key, 1);
		}
		bmt_check_map(test, map);
		bmt_map_destroy(test, map);
	}
}

/* Softirqs */

#define INTERVAL_NS	(100 * NSEC_PER_USEC)

/**
 * struct interrupter - a timer whose softirq uses the map
 * @timer: the timer
 * @map: the map
 * @random: random numbers
 * @left: how often it goes off
 * @errors: what it found wrong
 * @done: it will not go off again
 */
struct interrupter {
	struct hrtimer timer;
	struct bucketmap *map;
	struct rnd_state random;
	u32 left;
	u64 errors;
	struct completion done;
};

static enum hrtimer_restart interrupt(struct hrtimer *timer)
{
	struct interrupter *it = container_of(timer, struct interrupter,
					      timer);
	u64 key = prandom_u32_state(&it->random) % (STAY + CHURN);
	u64 value;
	int err;

	err = bucketmap_lookup(it->map, &key, WHOLE, &value);
	it->errors += err ? key < STAY : value != bmt_value(key);
	key = prandom_u32_state(&it->random) % CHURN + STAY;
	value = bmt_value(key);
	if (bucketmap_insert(it->map, &key, WHOLE, &value, GFP_NOWAIT))
		bucketmap_delete(it->map, &key);
	if (!--it->left) {
		complete(&it->done);
		return HRTIMER_NORESTART;
	}
	hrtimer_forward_now(timer, ns_to_ktime(INTERVAL_NS));
	return HRTIMER_RESTART;
}

static void softirqs_may_use_a_map(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, 26);
	struct interrupter it = { .map = map, .left = 250 };
	struct crew *crew = crew_of(test, map);

	bmt_fill(test, map, 0, STAY);
	prandom_seed_state(&it.random, bmt_random(test));
	init_completion(&it.done);
	hrtimer_init_on_stack(&it.timer, CLOCK_MONOTONIC,
			      HRTIMER_MODE_REL_SOFT);
	it.timer.function = interrupt;
	hrtimer_start(&it.timer, ns_to_ktime(INTERVAL_NS), HRTIMER_MODE_REL_SOFT);
	crew_add(crew, churn);
	crew_add(crew, churn);
	crew_add(crew, resize_again_and_again);
	crew_finish(crew, 2);
	KUNIT_EXPECT_NE(test, 0, wait_for_completion_timeout(&it.done,
							     TIMEOUT));
	hrtimer_cancel(&it.timer);
	destroy_hrtimer_on_stack(&it.timer);
	KUNIT_EXPECT_EQ(test, it.errors, 0);
	bmt_settle(test, map);
	bmt_check(test, map, 0, STAY);
	bmt_check_map(test, map);
}

static struct kunit_case concurrent_cases[] = {
	KUNIT_CASE_SLOW(lookups_find_what_was_inserted_before),
	KUNIT_CASE_SLOW(no_value_is_ever_torn),
	KUNIT_CASE_SLOW(an_entry_is_whole_as_soon_as_it_is_seen),
	KUNIT_CASE_SLOW(readers_get_ahead_in_a_storm_of_writes),
	KUNIT_CASE(a_reader_that_is_disturbed_takes_the_lock),
	KUNIT_CASE(a_reader_waits_for_a_writer_that_takes_long),
	KUNIT_CASE_SLOW(no_addition_is_lost),
	KUNIT_CASE_SLOW(no_comparison_succeeds_twice),
	KUNIT_CASE_SLOW(of_two_equal_writes_one_succeeds),
	KUNIT_CASE_SLOW(the_limit_holds_when_all_insert),
	KUNIT_CASE_SLOW(a_key_is_found_while_its_entry_moves),
	KUNIT_CASE_SLOW(what_stays_is_found_among_what_comes_and_goes),
	KUNIT_CASE_SLOW(what_stays_is_found_while_the_table_is_resized),
	KUNIT_CASE_SLOW(many_merge_buckets_at_once),
	KUNIT_CASE_SLOW(softirqs_may_use_a_map),
	{}
};

static struct kunit_suite concurrent_suite = {
	.name = "bucketmap_concurrent",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = concurrent_cases,
};

kunit_test_suite(concurrent_suite);

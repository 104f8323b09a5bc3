// SPDX-License-Identifier: GPL-2.0
/*
 * Several processes that use one map, and processes that are killed while they use it.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "support.h"

#define PROCESSES	4

/* One of several processes that run the same function on one map. */
struct worker {
	struct bucketmap *map;
	int number;
};

static void run_workers(struct bucketmap *map, void (*work)(void *worker))
{
	struct worker workers[PROCESSES];
	pid_t children[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		workers[i] = (struct worker) { .map = map, .number = i };
		children[i] = start_child(work, &workers[i]);
	}
	for (int i = 0; i < PROCESSES; i++)
		wait_for_success(children[i]);
}

#define COUNTERS	16
#define ADDITIONS	20000

static void add_to_all_counters(void *context)
{
	struct worker *worker = context;

	for (int i = 0; i < ADDITIONS; i++) {
		__u64 key = i % COUNTERS;

		child_check(!bucketmap_add(worker->map, &key, 0, worker->number + 1, NULL));
	}
}

static void concurrent_adds_are_not_lost(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	run_workers(map, add_to_all_counters);
	assert_int_equal(entry_count(map), COUNTERS);
	for (__u64 key = 0; key < COUNTERS; key++) {
		__u64 sum;

		assert_ok(bucketmap_lookup(map, &key, &sum, 0, 0));
		assert_int_equal(sum, ADDITIONS / COUNTERS * (1 + 2 + 3 + 4));
	}
	bucketmap_close(map);
}

#define CLAIMS		20000

/* Inserts all keys, as the other processes do, and counts the successful inserts in the map. */
static void claim_keys(void *context)
{
	struct worker *worker = context;
	__u64 value = worker->number;

	for (__u64 key = 0; key < CLAIMS; key++) {
		__u64 counter = CLAIMS + worker->number;
		int ret = bucketmap_insert(worker->map, &key, &value, 0, 0);

		child_check(!ret || ret == -EEXIST);
		if (!ret)
			child_check(!bucketmap_add(worker->map, &counter, 0, 1, NULL));
	}
}

static void concurrent_inserts_of_a_key_succeed_once(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);
	__u64 claimed[PROCESSES] = { 0 };

	(void)state;
	run_workers(map, claim_keys);
	for (__u64 key = 0; key < CLAIMS; key++) {
		__u64 owner;

		assert_ok(bucketmap_lookup(map, &key, &owner, 0, 0));
		assert_true(owner < PROCESSES);
		claimed[owner]++;
	}
	for (int i = 0; i < PROCESSES; i++) {
		__u64 counter = CLAIMS + i, count = 0;
		int ret = bucketmap_lookup(map, &counter, &count, 0, 0);

		assert_true(!ret || ret == -ENOENT);
		assert_int_equal(count, claimed[i]);
	}
	bucketmap_close(map);
}

#define OWN_KEYS	500
#define ROUNDS		20

/* No other process uses these keys, so that every result is known. */
static void churn_own_keys(void *context)
{
	struct worker *worker = context;
	__u64 base = (__u64)worker->number << 32, value;

	for (__u64 round = 0; round < ROUNDS; round++) {
		for (__u64 key = base; key < base + OWN_KEYS; key++)
			child_check(!bucketmap_insert(worker->map, &key, &round, 0, 0));
		for (__u64 key = base; key < base + OWN_KEYS; key++) {
			child_check(!bucketmap_lookup(worker->map, &key, &value, 0, 0));
			child_check(value == round);
			child_check(!bucketmap_delete(worker->map, &key));
			child_check(bucketmap_lookup(worker->map, &key, &value, 0, 0) == -ENOENT);
		}
	}
}

static void processes_do_not_affect_each_others_keys(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	run_workers(map, churn_own_keys);
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

#define LIMIT	1000

static void insert_beyond_the_limit(void *context)
{
	struct worker *worker = context;

	for (__u64 i = 0; i < LIMIT; i++) {
		__u64 key = (__u64)worker->number << 32 | i;
		int ret = bucketmap_insert(worker->map, &key, &key, 0, 0);

		child_check(!ret || ret == -ENOSPC);
	}
}

static void concurrent_inserts_reach_max_entries_exactly(void **state)
{
	struct bucketmap *map = limited_map(8, 8, LIMIT);

	(void)state;
	run_workers(map, insert_beyond_the_limit);
	assert_int_equal(entry_count(map), LIMIT);
	bucketmap_close(map);
}

/* A wide value whose words are all equal, except in a torn read. */
#define WIDE	64

static void write_equal_words(void *context)
{
	struct worker *worker = context;
	__u64 key = 1, words[WIDE];

	for (int i = 0; i < ADDITIONS / 4; i++) {
		for (int j = 0; j < WIDE; j++)
			words[j] = (__u64)worker->number << 32 | i;
		child_check(!bucketmap_store(worker->map, &key, words, 0, 0));
		child_check(!bucketmap_lookup(worker->map, &key, words, 0, 0));
		for (int j = 1; j < WIDE; j++)
			child_check(words[j] == words[0]);
	}
}

static void readers_never_see_a_torn_value(void **state)
{
	struct bucketmap *map = unnamed_map(8, sizeof(__u64[WIDE]));

	(void)state;
	run_workers(map, write_equal_words);
	bucketmap_close(map);
}

/* The calls that the kernel acknowledged to a child before its kill, in shared memory. */
struct victim {
	struct bucketmap *map;
	__u64 *added;
	__u64 *inserted;
};

#define VICTIM_COUNTER	(~0ULL)

static void work_until_killed(void *context)
{
	struct victim *victim = context;
	__u64 counter = VICTIM_COUNTER;

	for (;;) {
		__u64 key = *victim->inserted, doomed = ~key - 1;

		child_check(!bucketmap_store(victim->map, &key, &key, 0, 0));
		__atomic_fetch_add(victim->inserted, 1, __ATOMIC_RELAXED);
		child_check(!bucketmap_store(victim->map, &doomed, &key, 0, 0));
		child_check(!bucketmap_add(victim->map, &counter, 0, 1, NULL));
		__atomic_fetch_add(victim->added, 1, __ATOMIC_RELAXED);
		child_check(!bucketmap_delete(victim->map, &doomed));
	}
}

static void kill_after_a_while(pid_t child)
{
	struct timespec while_it_works = { .tv_nsec = 1000 * (1000 + random_below(20000)) };
	int status;

	nanosleep(&while_it_works, NULL);
	assert_ok(kill(child, SIGKILL));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void assert_acknowledged(struct victim *victim, __u64 kills)
{
	__u64 counter = VICTIM_COUNTER, value = 0;
	int ret = bucketmap_lookup(victim->map, &counter, &value, 0, 0);

	assert_true(!ret || (ret == -ENOENT && !*victim->added));
	/* Each kill may have come between an addition and its count. */
	assert_in_range(value, *victim->added, *victim->added + kills);
	for (__u64 key = 0; key < *victim->inserted; key++) {
		assert_ok(bucketmap_lookup(victim->map, &key, &value, 0, 0));
		assert_int_equal(value, key);
	}
}

static void assert_scan_agrees_with_lookups(struct bucketmap *map)
{
	struct snapshot snapshot;

	take_snapshot(&snapshot, map);
	assert_int_equal(snapshot.count, entry_count(map));
	for (size_t i = 0; i < snapshot.count; i++) {
		__u64 value;

		assert_ok(bucketmap_lookup(map, &((__u64 *)snapshot.keys)[i], &value, 0, 0));
		assert_int_equal(value, ((__u64 *)snapshot.values)[i]);
	}
	free_snapshot(&snapshot);
}

static void killed_processes_leave_the_map_consistent(void **state)
{
	struct victim victim = { .map = unnamed_map(8, 8) };
	const int kills = 50;

	(void)state;
	seed_random();
	victim.added = shared_memory(2 * sizeof(__u64));
	victim.inserted = victim.added + 1;
	for (int i = 0; i < kills; i++)
		kill_after_a_while(start_child(work_until_killed, &victim));
	assert_true(*victim.added > 0);
	assert_acknowledged(&victim, kills);
	assert_scan_agrees_with_lookups(victim.map);
	run_workers(victim.map, add_to_all_counters);
	bucketmap_close(victim.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(concurrent_adds_are_not_lost),
		device_test(concurrent_inserts_of_a_key_succeed_once),
		device_test(processes_do_not_affect_each_others_keys),
		device_test(concurrent_inserts_reach_max_entries_exactly),
		device_test(readers_never_see_a_torn_value),
		device_test(killed_processes_leave_the_map_consistent),
	};

	return run_device_tests(tests);
}

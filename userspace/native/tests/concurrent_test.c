// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that share keys while the map is resized continually: scans are exact,
 * the library's scans of a mapped map among them, no value is torn, no addition is
 * lost, max_entries holds, and the counters add up.
 *
 * ROUNDS in the environment sets the duration.
 */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/core.h"
#include "core/map.h"
#include "lib/scanner.h"
#include "mapped_device.h"

#define ROUNDS		300
#define PERTURBATION	300

/* Keys below PERMANENT are always present, the others come and go. */
#define PERMANENT		150
#define KEYS		300

#define VALUE_WORDS	6

#define THREADS_MAX	6

/**
 * struct shared - what threads share
 * @map: the map
 * @mapping: what the library sees of it; NULL if scans do not use it
 * @rounds: rounds that are left; the threads end when there are none
 * @torn: number of torn values
 * @absent: number of lookups that missed a permanent key
 * @wrong: number of other errors
 * @lookups: number of lookups
 * @held: lower bound of the number of entries
 * @limit: max_entries
 * @mapped: number of calls of scans by the mapping
 * @asked: number of those that would have asked the kernel
 */
struct shared {
	struct bucketmap *map;
	struct mapping *mapping;
	int rounds;
	u64 torn;
	u64 absent;
	u64 wrong;
	u64 lookups;
	s64 held;
	s64 limit;
	u64 mapped;
	u64 asked;
};

/**
 * struct thread - a thread
 * @shared: what it shares with others
 * @id: its identifier
 * @random: state of its random numbers
 * @work: its function, which ends when no rounds are left
 */
struct thread {
	struct shared *shared;
	pthread_t id;
	u64 random;
	void (*work)(struct thread *thread);
};

static u64 draw(struct thread *thread, u64 limit)
{
	return native_random(&thread->random) % limit;
}

static void note(u64 *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static bool has_rounds_left(struct shared *shared)
{
	return __atomic_load_n(&shared->rounds, __ATOMIC_SEQ_CST) > 0;
}

static void end_round(struct shared *shared)
{
	__atomic_sub_fetch(&shared->rounds, 1, __ATOMIC_SEQ_CST);
}

/* Values: the first word and the key determine all others. */

static void make_value(u64 key, u64 version, u64 *value)
{
	u32 i;

	value[0] = version;
	for (i = 1; i < VALUE_WORDS; i++)
		value[i] = (version + key) * (2 * i + 1);
}

static bool is_whole(u64 key, const u64 *value)
{
	u64 expected[VALUE_WORDS];

	make_value(key, value[0], expected);
	return !memcmp(value, expected, sizeof(expected));
}

static void store(struct thread *thread, u64 key)
{
	u64 value[VALUE_WORDS];

	make_value(key, native_random(&thread->random), value);
	bucketmap_store(thread->shared->map, &key, BUCKETMAP_WHOLE, value,
			draw(thread, 2) ? GFP_KERNEL : GFP_NOWAIT);
}

/* Functions of threads */

static void write_keys(struct thread *thread)
{
	while (has_rounds_left(thread->shared)) {
		u64 key = draw(thread, KEYS);

		if (key < PERMANENT || draw(thread, 2))
			store(thread, key);
		else
			bucketmap_delete(thread->shared->map, &key);
	}
}

static void read_keys(struct thread *thread)
{
	struct shared *shared = thread->shared;

	while (has_rounds_left(shared)) {
		u64 key = draw(thread, KEYS);
		u64 value[VALUE_WORDS];
		int err = bucketmap_lookup(shared->map, &key, BUCKETMAP_WHOLE,
					   value);

		note(&shared->lookups);
		if (err && key < PERMANENT)
			note(&shared->absent);
		if (!err && !is_whole(key, value))
			note(&shared->torn);
	}
}

static void resize(struct thread *thread)
{
	while (has_rounds_left(thread->shared))
		bucketmap_resize(thread->shared->map,
				 draw(thread, 2) ? 0 : draw(thread, 8 * KEYS),
				 0);
}

static void check_scanned(struct shared *shared, u64 key, const u64 *value,
			  u8 *seen)
{
	if (key >= KEYS || seen[key]++)
		note(&shared->wrong);
	if (!is_whole(key, value))
		note(&shared->torn);
}

/* Returns false if the kernel must be asked. */
static bool scan_mapped(struct shared *shared, struct bucketmap_cursor *cursor, u64 *keys,
			u64 *values, u32 capacity, u32 *count)
{
	struct scanner scanner = {
		.position = cursor->position,
		.keys = (unsigned char *)keys,
		.values = (unsigned char *)values,
		.length = VALUE_WORDS * sizeof(u64),
		.capacity = capacity,
	};

	scanner_scan(shared->mapping, &scanner);
	note(&shared->mapped);
	if (!scanner.count && !scanner.end) {
		note(&shared->asked);
		return false;
	}
	*cursor = (struct bucketmap_cursor){ scanner.position, scanner.end };
	*count = scanner.count;
	return true;
}

/* Calls by a mapping and others take turns: a cursor is good for both. */
static u32 scan_some(struct thread *thread, struct bucketmap_cursor *cursor, u64 *keys,
		     u64 *values, u32 capacity)
{
	struct shared *shared = thread->shared;
	u32 count;

	if (shared->mapping && draw(thread, 4) &&
	    scan_mapped(shared, cursor, keys, values, capacity, &count))
		return count;
	if (bucketmap_scan(shared->map, cursor, BUCKETMAP_WHOLE, keys, values, capacity, &count))
		note(&shared->wrong);
	return count;
}

static void scan_all(struct thread *thread)
{
	static const u32 most = 50;
	struct shared *shared = thread->shared;
	u64 keys[most], values[most * VALUE_WORDS];
	struct bucketmap_cursor cursor = { };
	u8 seen[KEYS] = { };
	u32 count, i;

	while (!cursor.end) {
		count = scan_some(thread, &cursor, keys, values, 1 + draw(thread, most));
		for (i = 0; i < count; i++)
			check_scanned(shared, keys[i], &values[i * VALUE_WORDS],
				      seen);
	}
	for (i = 0; i < PERMANENT; i++)
		if (!seen[i])
			note(&shared->wrong);
}

static void scan_repeatedly(struct thread *thread)
{
	while (has_rounds_left(thread->shared)) {
		scan_all(thread);
		end_round(thread->shared);
	}
}

static void *run_thread(void *argument)
{
	struct thread *thread = argument;

	native_thread_begin();
	thread->work(thread);
	native_thread_end();
	return NULL;
}

typedef void (*work_fn)(struct thread *thread);

/* Runs a thread for each function in @work. */
static void run_threads(struct shared *shared, const work_fn *work, u32 count)
{
	struct thread threads[THREADS_MAX];
	u32 i;

	shared->rounds = test_number("ROUNDS", ROUNDS);
	for (i = 0; i < count; i++) {
		threads[i] = (struct thread){
			.shared = shared,
			.random = test_seed() * THREADS_MAX + i,
			.work = work[i],
		};
		pthread_create(&threads[i].id, NULL, run_thread, &threads[i]);
	}
	for (i = 0; i < count; i++)
		pthread_join(threads[i].id, NULL);
}

static void shared_begin(struct shared *shared, u32 flags)
{
	const struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = VALUE_WORDS * sizeof(u64),
		.flags = flags,
	};
	u64 value[VALUE_WORDS];
	u64 key;

	native_seed_hash_keys(test_seed());
	*shared = (struct shared){ .map = make_map(&config) };
	if (flags & BUCKETMAP_CREATE_MAPPABLE)
		mapped_device_begin(shared->map);
	for (key = 0; key < PERMANENT; key++) {
		make_value(key, key, value);
		assert_int_equal(bucketmap_insert(shared->map, &key,
						  BUCKETMAP_WHOLE, value,
						  GFP_KERNEL), 0);
	}
}

static void shared_end(struct shared *shared)
{
	struct bucketmap *map = shared->map;

	assert_int_equal(shared->torn, 0);
	assert_int_equal(shared->absent, 0);
	assert_int_equal(shared->wrong, 0);
	assert_int_equal(bm_counters_sum(map, BM_LOOKUP_HITS) +
			 bm_counters_sum(map, BM_LOOKUP_MISSES),
			 shared->lookups);
	assert_int_equal(bm_counters_sum(map, BM_INSERTED) -
			 bm_counters_sum(map, BM_DELETED),
			 bucketmap_count(map));
	bucketmap_destroy(map);
}

static const work_fn mixed_work[] = {
	write_keys, write_keys, read_keys, resize, scan_repeatedly,
};

static void scans_are_exact_and_values_whole(void **state)
{
	struct shared shared;

	(void)state;
	shared_begin(&shared, BUCKETMAP_CREATE_XXH64);
	run_threads(&shared, mixed_work, ARRAY_SIZE(mixed_work));
	shared_end(&shared);
}

static void scans_are_exact_and_values_whole_when_allocations_fail(void **state)
{
	struct shared shared;

	(void)state;
	shared_begin(&shared, 0);
	native_fail_randomly(NATIVE_FAIL_ALL, 3, test_seed());
	run_threads(&shared, mixed_work, ARRAY_SIZE(mixed_work));
	native_fail_no_more();
	shared_end(&shared);
}

static const work_fn mapped_work[] = {
	write_keys, write_keys, read_keys, resize, scan_repeatedly, scan_repeatedly,
};

static void mapped_scans_are_exact_and_values_whole(void **state)
{
	struct shared shared;

	(void)state;
	if (!mapped_device_exists())
		skip();
	shared_begin(&shared, BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_MAPPABLE);
	assert_int_equal(mapping_open(&shared.mapping, MAPPED_DEVICE_FD), 0);
	run_threads(&shared, mapped_work, ARRAY_SIZE(mapped_work));
	printf("# %llu calls, %llu of them ask\n", shared.mapped, shared.asked);
	assert_true(shared.asked < shared.mapped / 2);
	mapping_close(shared.mapping);
	shared_end(&shared);
	mapped_device_end();
}

/* Additions */

#define SUMS		3
#define ADDITIONS	40000

static void add(struct thread *thread)
{
	struct shared *shared = thread->shared;
	u32 i;

	for (i = 0; i < ADDITIONS; i++) {
		u64 key = draw(thread, SUMS);

		if (bucketmap_add(shared->map, &key, 8, 1, NULL, GFP_KERNEL))
			note(&shared->wrong);
	}
	__atomic_store_n(&shared->rounds, 0, __ATOMIC_SEQ_CST);
}

static void additions_are_not_lost(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 16,
	};
	static const work_fn work[] = { add, add, add, resize };
	struct shared shared = { .map = make_map(&config) };
	u64 sum = 0;
	u64 key;

	(void)state;
	run_threads(&shared, work, ARRAY_SIZE(work));
	for (key = 0; key < SUMS; key++) {
		u64 value[2];

		assert_int_equal(bucketmap_lookup(shared.map, &key,
						  BUCKETMAP_WHOLE, value), 0);
		sum += value[1];
	}
	assert_int_equal(sum, 3 * ADDITIONS);
	assert_int_equal(shared.wrong, 0);
	bucketmap_destroy(shared.map);
}

/* max_entries */

/*
 * held is incremented after an insert and decremented before a delete, so there
 * are never fewer entries than that.
 */
static void insert_and_delete(struct thread *thread)
{
	struct shared *shared = thread->shared;
	u64 value[VALUE_WORDS] = { };

	while (has_rounds_left(shared)) {
		u64 key = draw(thread, KEYS);

		if (draw(thread, 2)) {
			if (!bucketmap_insert(shared->map, &key, BUCKETMAP_WHOLE,
					      value, GFP_KERNEL) &&
			    __atomic_add_fetch(&shared->held, 1,
					       __ATOMIC_SEQ_CST) > shared->limit)
				note(&shared->wrong);
		} else {
			__atomic_sub_fetch(&shared->held, 1, __ATOMIC_SEQ_CST);
			if (bucketmap_delete(shared->map, &key))
				__atomic_add_fetch(&shared->held, 1, __ATOMIC_SEQ_CST);
		}
		if (draw(thread, 64) == 0)
			end_round(shared);
	}
}

/* Inserts absent keys until one is refused, and returns their number. */
static u64 insert_as_many_as_possible(struct bucketmap *map)
{
	u64 value[VALUE_WORDS] = { };
	u64 key = KEYS;

	while (!bucketmap_insert(map, &key, BUCKETMAP_WHOLE, value, GFP_KERNEL))
		key++;
	return key - KEYS;
}

static void map_never_exceeds_max_entries(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8,
		.value_size = VALUE_WORDS * sizeof(u64),
		.max_entries = KEYS / 3,
	};
	static const work_fn work[] = {
		insert_and_delete, insert_and_delete, insert_and_delete, resize,
	};
	struct shared shared = {
		.map = make_map(&config),
		.limit = config.max_entries,
	};
	u64 count;

	(void)state;
	run_threads(&shared, work, ARRAY_SIZE(work));
	assert_int_equal(shared.wrong, 0);
	count = bucketmap_count(shared.map);
	assert_int_equal(count, shared.held);
	assert_int_equal(insert_as_many_as_possible(shared.map),
			 shared.limit - count);
	bucketmap_destroy(shared.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans_are_exact_and_values_whole),
		cmocka_unit_test(scans_are_exact_and_values_whole_when_allocations_fail),
		cmocka_unit_test(mapped_scans_are_exact_and_values_whole),
		cmocka_unit_test(additions_are_not_lost),
		cmocka_unit_test(map_never_exceeds_max_entries),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}

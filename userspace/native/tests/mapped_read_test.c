// SPDX-License-Identifier: GPL-2.0
/*
 * The library's lookups in a mapped map, beside writers and resizes in other
 * threads: each lookup is linearizable, and few of them ask the kernel. Scans
 * beside them are in concurrent_test.c.
 *
 * ROUNDS in the environment sets the duration.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "kunit/common.h"
#include "lib/reader.h"
#include "lib/scanner.h"
#include "mapped_device.h"
#include "maps.h"

#define ROUNDS		300
#define PERTURBATION	300

/* Keys that a writer writes, and those that are always there. */
#define WRITERS		2
#define WRITER_KEYS	30
#define OTHERS		400

#define READERS		2

/* Records of such values have several pages; so many keys need overflow records. */
#define LARGE		1000
#define PRESENT		60
#define SCANNED		16
#define THREADS		(WRITERS + READERS + 1)

/**
 * struct race - what threads share
 * @map: the map
 * @mapping: what readers see of it
 * @rounds: resizes that are left; the threads end when there are none
 * @begun: for each key, number of the last write that has begun
 * @done: number of the last write that has ended
 * @lookups: number of lookups
 * @asked: number of lookups that would have asked the kernel
 * @wrong: number of wrong results
 */
struct race {
	struct bucketmap *map;
	struct mapping *mapping;
	u64 rounds;
	u64 begun[WRITERS * WRITER_KEYS];
	u64 done[WRITERS * WRITER_KEYS];
	u64 lookups;
	u64 asked;
	u64 wrong;
};

struct thread {
	struct race *race;
	pthread_t id;
	u64 number;
	u64 random;
	void (*work)(struct thread *thread);
};

static u64 get(const u64 *number)
{
	return __atomic_load_n(number, __ATOMIC_SEQ_CST);
}

static void set(u64 *number, u64 to)
{
	__atomic_store_n(number, to, __ATOMIC_SEQ_CST);
}

/* Odd writes store their number, even ones delete the key. */
static void write_keys(struct thread *thread)
{
	struct race *race = thread->race;
	u64 i, k;

	for (i = 1; get(&race->rounds); i++) {
		for (k = 0; k < WRITER_KEYS; k++) {
			u64 key = thread->number * WRITER_KEYS + k;
			int err;

			set(&race->begun[key], i);
			err = i % 2 ? bucketmap_store(race->map, &key, BUCKETMAP_WHOLE,
						      &i, GFP_KERNEL) :
				      bucketmap_delete(race->map, &key);
			if (err)
				__atomic_add_fetch(&race->wrong, 1, __ATOMIC_SEQ_CST);
			set(&race->done[key], i);
		}
	}
}

/* A key whose last write has an even number is absent. */
static bool is_possible(u64 done, u64 begun, int ret, u64 value)
{
	if (!ret)
		return value % 2 && value >= done && value <= begun;
	return ret == -ENOENT && (done % 2 == 0 || begun > done);
}

static void read_keys(struct thread *thread)
{
	struct race *race = thread->race;
	u64 lookups = 0, asked = 0, wrong = 0;

	for (; get(&race->rounds); lookups++) {
		u64 key = native_random(&thread->random) % (WRITERS * WRITER_KEYS + OTHERS);
		bool written = key < WRITERS * WRITER_KEYS;
		u64 done = written ? get(&race->done[key]) : 1;
		u64 value = 0;
		int ret = reader_lookup(race->mapping, &key, &value, 0, 8);
		u64 begun = written ? get(&race->begun[key]) : 1;

		if (ret == READER_ASK)
			asked++;
		else if (!is_possible(done, begun, ret, value))
			wrong++;
	}
	__atomic_add_fetch(&race->lookups, lookups, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&race->asked, asked, __ATOMIC_SEQ_CST);
	__atomic_add_fetch(&race->wrong, wrong, __ATOMIC_SEQ_CST);
}

static void resize(struct thread *thread)
{
	struct race *race = thread->race;

	while (get(&race->rounds)) {
		bucketmap_resize(race->map, native_random(&thread->random) % 4000, 0);
		set(&race->rounds, race->rounds - 1);
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

static void run_threads(struct race *race)
{
	struct thread threads[THREADS];
	u64 i;

	race->rounds = test_number("ROUNDS", ROUNDS);
	for (i = 0; i < THREADS; i++) {
		threads[i] = (struct thread){
			.race = race,
			.number = i,
			.random = test_seed() * THREADS + i,
			.work = i < WRITERS ? write_keys :
				i < WRITERS + READERS ? read_keys : resize,
		};
		pthread_create(&threads[i].id, NULL, run_thread, &threads[i]);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i].id, NULL);
}

static struct bucketmap *mappable_map(struct bucketmap_config config)
{
	struct bucketmap *map;

	config.flags |= BUCKETMAP_CREATE_MAPPABLE;
	native_seed_hash_keys(test_seed());
	map = make_map(&config);
	mapped_device_begin(map);
	return map;
}

static void race_begin(struct race *race)
{
	const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .flags = BUCKETMAP_CREATE_XXH64,
	};
	u64 key, one = 1;

	*race = (struct race){ .map = mappable_map(config) };
	for (key = WRITERS * WRITER_KEYS; key < WRITERS * WRITER_KEYS + OTHERS; key++)
		assert_int_equal(bucketmap_store(race->map, &key, BUCKETMAP_WHOLE, &one,
						 GFP_KERNEL), 0);
	assert_int_equal(mapping_open(&race->mapping, MAPPED_DEVICE_FD), 0);
}

static void race_end(struct race *race)
{
	printf("# %llu lookups, %llu of them ask\n", race->lookups, race->asked);
	assert_int_equal(race->wrong, 0);
	assert_true(race->lookups > 1000);
	/* Threads ask while another one maps a table. */
	assert_true(race->asked < race->lookups / 2);
	mapping_close(race->mapping);
	bucketmap_destroy(race->map);
	mapped_device_end();
}

static void mapped_lookups_are_linearizable(void **state)
{
	struct race race;

	(void)state;
	if (!mapped_device_exists())
		skip();
	race_begin(&race);
	run_threads(&race);
	race_end(&race);
}

static void mapped_lookups_are_linearizable_when_threads_are_delayed(void **state)
{
	struct race race;

	(void)state;
	if (!mapped_device_exists())
		skip();
	race_begin(&race);
	native_perturb_every(PERTURBATION);
	run_threads(&race);
	native_perturb_every(0);
	race_end(&race);
}

/*
 * A page that was read before its chunk was added shows all ones from then on.
 * Records lie in two pages, so every second one is read.
 */
static void touch_area(const struct mapping *mapping)
{
	const struct view *view = mapping->latest[0];
	size_t at;

	for (at = 0; at < view->reserved; at += 2 * PAGE_SIZE)
		(void)load((const __u64 *)(view->area + at));
}

static void assert_value(u64 key, const u8 *value)
{
	u8 expected[LARGE];

	memset(expected, key, LARGE);
	assert_memory_equal(value, expected, LARGE);
}

/* Returns how many lookups ask. */
static u64 look_up_all(struct mapping *mapping)
{
	u8 value[LARGE];
	u64 key, asked = 0;

	for (key = 0; key < 2 * PRESENT; key++) {
		int ret = reader_lookup(mapping, &key, value, 0, LARGE);

		asked += ret == READER_ASK;
		if (ret != READER_ASK)
			assert_int_equal(ret, key < PRESENT ? 0 : -ENOENT);
		if (!ret)
			assert_value(key, value);
	}
	return asked;
}

/* Returns how many calls ask; the map answers these. */
static u64 scan_all(struct bucketmap *map, struct mapping *mapping)
{
	static u8 values[SCANNED][LARGE];
	u64 keys[SCANNED], asked = 0;
	struct scanner scanner = {
		.keys = (u8 *)keys,
		.values = values[0],
		.length = LARGE,
		.capacity = SCANNED,
	};
	u32 times[PRESENT] = { }, i;

	while (!scanner.end) {
		scanner.count = 0;
		scanner_scan(mapping, &scanner);
		if (!scanner.count && !scanner.end) {
			struct bucketmap_cursor cursor = { scanner.position };

			asked++;
			assert_int_equal(bucketmap_scan(map, &cursor, BUCKETMAP_WHOLE, keys, values,
							SCANNED, &scanner.count), 0);
			scanner.position = cursor.position;
			scanner.end = cursor.end;
		}
		for (i = 0; i < scanner.count; i++) {
			assert_true(keys[i] < PRESENT);
			times[keys[i]]++;
			assert_value(keys[i], values[i]);
		}
	}
	for (i = 0; i < PRESENT; i++)
		assert_int_equal(times[i], 1);
	return asked;
}

static void chunk_added_behind_a_reader_loses_no_key(void **state)
{
	const struct bucketmap_config config = {
		.key_size = 8, .value_size = LARGE, .flags = BUCKETMAP_CREATE_XXH64,
	};
	struct mapping *mapping;
	struct bucketmap *map;
	u8 value[LARGE];
	u64 key = 0;

	(void)state;
	if (!mapped_device_exists())
		skip();
	map = mappable_map(config);
	bmt_worker_hold(map);
	assert_int_equal(mapping_open(&mapping, MAPPED_DEVICE_FD), 0);
	assert_int_equal(reader_lookup(mapping, &key, value, 0, LARGE), -ENOENT);
	touch_area(mapping);
	bmt_pool_drain(bmt_table(map));
	for (key = 0; key < PRESENT; key++) {
		memset(value, key, LARGE);
		assert_int_equal(bucketmap_insert(map, &key, BUCKETMAP_WHOLE, value,
						  GFP_KERNEL), 0);
	}
	assert_in_range(look_up_all(mapping), 1, 2 * PRESENT - 1);
	assert_in_range(scan_all(map, mapping), 1, PRESENT / SCANNED + 1);
	bmt_worker_free(map);
	mapping_close(mapping);
	bucketmap_destroy(map);
	mapped_device_end();
}

static void look_up_refused(struct mapping *mapping, u32 count)
{
	u64 key = 0, value;

	while (count--)
		assert_int_equal(reader_lookup(mapping, &key, &value, 0, 8), READER_ASK);
}

/* A refusal takes longer than a system call, so it must be rare, and the end be noticed. */
static void refused_mapping_is_tried_again_seldom(void **state)
{
	const struct bucketmap_config config = { .key_size = 8, .value_size = 8 };
	u64 key = 0, value = 5;
	struct bucketmap *map;
	struct mapping *mapping;
	u32 asked = 0;

	(void)state;
	if (!mapped_device_exists())
		skip();
	map = mappable_map(config);
	assert_int_equal(bucketmap_store(map, &key, BUCKETMAP_WHOLE, &value, GFP_KERNEL), 0);
	assert_int_equal(mapping_open(&mapping, MAPPED_DEVICE_FD), 0);
	mapped_device_refuse(true);
	look_up_refused(mapping, 100);
	assert_int_equal(mapped_device_refused(), 1);
	look_up_refused(mapping, 10000);
	assert_in_range(mapped_device_refused(), 2, 100);
	/* Another table is tried at once. */
	assert_int_equal(bucketmap_resize(map, 10000, 0), 0);
	mapped_device_refuse(true);
	look_up_refused(mapping, 100);
	assert_int_equal(mapped_device_refused(), 1);
	mapped_device_refuse(false);
	for (value = 0; reader_lookup(mapping, &key, &value, 0, 8) == READER_ASK; asked++)
		assert_in_range(asked, 0, 10000);
	assert_int_equal(value, 5);
	mapping_close(mapping);
	bucketmap_destroy(map);
	mapped_device_end();
}

/* It may come from a kernel whose values are larger than the library's buffers. */
static void header_with_unknown_sizes_is_refused(void **state)
{
	const struct bucketmap_config config = { .key_size = 8, .value_size = 8 };
	struct bucketmap *map;
	struct mapping *mapping;

	(void)state;
	if (!mapped_device_exists())
		skip();
	map = mappable_map(config);
	map->mapped.header->value_size = BUCKETMAP_VALUE_SIZE_MAX + 1;
	assert_int_equal(mapping_open(&mapping, MAPPED_DEVICE_FD), -ENODEV);
	map->mapped.header->value_size = 8;
	map->mapped.header->key_offset = 4096;
	assert_int_equal(mapping_open(&mapping, MAPPED_DEVICE_FD), -ENODEV);
	map->mapped.header->key_offset = 0;
	assert_int_equal(mapping_open(&mapping, MAPPED_DEVICE_FD), 0);
	mapping_close(mapping);
	bucketmap_destroy(map);
	mapped_device_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_with_unknown_sizes_is_refused),
		cmocka_unit_test(refused_mapping_is_tried_again_seldom),
		cmocka_unit_test(chunk_added_behind_a_reader_loses_no_key),
		cmocka_unit_test(mapped_lookups_are_linearizable),
		cmocka_unit_test(mapped_lookups_are_linearizable_when_threads_are_delayed),
	};

	return run_core_tests(tests);
}

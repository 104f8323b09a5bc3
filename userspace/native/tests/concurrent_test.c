// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that share keys, while the map is resized all the time: what a scan
 * promises, that no value is torn, that no addition is lost, that max_entries
 * holds, that the counters add up.
 *
 * ROUNDS in the environment says for how long.
 */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/core.h"
#include "core/map.h"

#define ROUNDS		300
#define PERTURBATION	300

/* Keys below STAYERS are there all the time, the others come and go. */
#define STAYERS		150
#define KEYS		300

#define VALUE_WORDS	6

#define THREADS_MAX	6

/**
 * struct arena - a map that threads use
 * @map: the map
 * @rounds: what remains to be done by those who set the pace
 * @torn: values that were not of one piece
 * @absent: keys that were missing though they stay
 * @wrong: promises that scans broke
 * @lookups: lookups that were made
 * @held: entries that must be there, at least
 * @limit: entries that may be there
 */
struct arena {
	struct bucketmap *map;
	int rounds;
	u64 torn;
	u64 absent;
	u64 wrong;
	u64 lookups;
	s64 held;
	s64 limit;
};

/**
 * struct actor - a thread
 * @arena: where
 * @thread: the thread
 * @random: state of its random numbers
 * @act: what it does, until the arena has no more rounds
 */
struct actor {
	struct arena *arena;
	pthread_t thread;
	u64 random;
	void (*act)(struct actor *actor);
};

static u64 draw(struct actor *actor, u64 limit)
{
	return native_random(&actor->random) % limit;
}

static void note(u64 *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static bool goes_on(struct arena *arena)
{
	return __atomic_load_n(&arena->rounds, __ATOMIC_SEQ_CST) > 0;
}

static void end_round(struct arena *arena)
{
	__atomic_sub_fetch(&arena->rounds, 1, __ATOMIC_SEQ_CST);
}

/* Values: all words follow from the key and the first of them. */

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

static void store(struct actor *actor, u64 key)
{
	u64 value[VALUE_WORDS];

	make_value(key, native_random(&actor->random), value);
	bucketmap_store(actor->arena->map, &key, BUCKETMAP_WHOLE, value,
			draw(actor, 2) ? GFP_KERNEL : GFP_NOWAIT);
}

/* What threads do */

static void write_keys(struct actor *actor)
{
	while (goes_on(actor->arena)) {
		u64 key = draw(actor, KEYS);

		if (key < STAYERS || draw(actor, 2))
			store(actor, key);
		else
			bucketmap_delete(actor->arena->map, &key);
	}
}

static void read_keys(struct actor *actor)
{
	struct arena *arena = actor->arena;

	while (goes_on(arena)) {
		u64 key = draw(actor, KEYS);
		u64 value[VALUE_WORDS];
		int err = bucketmap_lookup(arena->map, &key, BUCKETMAP_WHOLE,
					   value);

		note(&arena->lookups);
		if (err && key < STAYERS)
			note(&arena->absent);
		if (!err && !is_whole(key, value))
			note(&arena->torn);
	}
}

static void resize(struct actor *actor)
{
	while (goes_on(actor->arena))
		bucketmap_resize(actor->arena->map,
				 draw(actor, 2) ? 0 : draw(actor, 8 * KEYS),
				 0);
}

static void check_scanned(struct arena *arena, u64 key, const u64 *value,
			  u8 *seen)
{
	if (key >= KEYS || seen[key]++)
		note(&arena->wrong);
	if (!is_whole(key, value))
		note(&arena->torn);
}

static void scan_all(struct actor *actor)
{
	static const u32 most = 50;
	struct arena *arena = actor->arena;
	u64 keys[most], values[most * VALUE_WORDS];
	struct bucketmap_cursor cursor = { };
	u8 seen[KEYS] = { };
	u32 count, i;

	while (!cursor.end) {
		if (bucketmap_scan(arena->map, &cursor, keys, values,
				   1 + draw(actor, most), &count))
			note(&arena->wrong);
		for (i = 0; i < count; i++)
			check_scanned(arena, keys[i], &values[i * VALUE_WORDS],
				      seen);
	}
	for (i = 0; i < STAYERS; i++)
		if (!seen[i])
			note(&arena->wrong);
}

static void scan_again_and_again(struct actor *actor)
{
	while (goes_on(actor->arena)) {
		scan_all(actor);
		end_round(actor->arena);
	}
}

static void *act(void *argument)
{
	struct actor *actor = argument;

	native_thread_begin();
	actor->act(actor);
	native_thread_end();
	return NULL;
}

typedef void (*part_t)(struct actor *actor);

/* Lets threads act, one for each part. */
static void perform(struct arena *arena, const part_t *parts, u32 count)
{
	struct actor actors[THREADS_MAX];
	u32 i;

	arena->rounds = test_number("ROUNDS", ROUNDS);
	for (i = 0; i < count; i++) {
		actors[i] = (struct actor){
			.arena = arena,
			.random = test_seed() * THREADS_MAX + i,
			.act = parts[i],
		};
		pthread_create(&actors[i].thread, NULL, act, &actors[i]);
	}
	for (i = 0; i < count; i++)
		pthread_join(actors[i].thread, NULL);
}

static void arena_begin(struct arena *arena, u32 flags)
{
	const struct bucketmap_config config = {
		.key_size = sizeof(u64),
		.value_size = VALUE_WORDS * sizeof(u64),
		.flags = flags,
	};
	u64 value[VALUE_WORDS];
	u64 key;

	native_seed_hash_keys(test_seed());
	*arena = (struct arena){ .map = make_map(&config) };
	for (key = 0; key < STAYERS; key++) {
		make_value(key, key, value);
		assert_int_equal(bucketmap_insert(arena->map, &key,
						  BUCKETMAP_WHOLE, value,
						  GFP_KERNEL), 0);
	}
}

static void arena_end(struct arena *arena)
{
	struct bucketmap *map = arena->map;

	assert_int_equal(arena->torn, 0);
	assert_int_equal(arena->absent, 0);
	assert_int_equal(arena->wrong, 0);
	assert_int_equal(bm_counters_sum(map, BM_LOOKUP_HITS) +
			 bm_counters_sum(map, BM_LOOKUP_MISSES),
			 arena->lookups);
	assert_int_equal(bm_counters_sum(map, BM_INSERTED) -
			 bm_counters_sum(map, BM_DELETED),
			 bucketmap_count(map));
	bucketmap_destroy(map);
}

static const part_t all_parts[] = {
	write_keys, write_keys, read_keys, resize, scan_again_and_again,
};

static void scans_keep_their_promise_and_values_are_whole(void **state)
{
	struct arena arena;

	(void)state;
	arena_begin(&arena, BUCKETMAP_CREATE_XXH64);
	perform(&arena, all_parts, ARRAY_SIZE(all_parts));
	arena_end(&arena);
}

static void they_do_when_allocations_fail_too(void **state)
{
	struct arena arena;

	(void)state;
	arena_begin(&arena, 0);
	native_fail_randomly(NATIVE_FAIL_ALL, 3, test_seed());
	perform(&arena, all_parts, ARRAY_SIZE(all_parts));
	native_fail_no_more();
	arena_end(&arena);
}

/* Additions */

#define SUMS		3
#define ADDITIONS	40000

static void add(struct actor *actor)
{
	struct arena *arena = actor->arena;
	u32 i;

	for (i = 0; i < ADDITIONS; i++) {
		u64 key = draw(actor, SUMS);

		if (bucketmap_add(arena->map, &key, 8, 1, NULL, GFP_KERNEL))
			note(&arena->wrong);
	}
	__atomic_store_n(&arena->rounds, 0, __ATOMIC_SEQ_CST);
}

static void no_addition_is_lost(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 16,
	};
	static const part_t parts[] = { add, add, add, resize };
	struct arena arena = { .map = make_map(&config) };
	u64 sum = 0;
	u64 key;

	(void)state;
	perform(&arena, parts, ARRAY_SIZE(parts));
	for (key = 0; key < SUMS; key++) {
		u64 value[2];

		assert_int_equal(bucketmap_lookup(arena.map, &key,
						  BUCKETMAP_WHOLE, value), 0);
		sum += value[1];
	}
	assert_int_equal(sum, 3 * ADDITIONS);
	assert_int_equal(arena.wrong, 0);
	bucketmap_destroy(arena.map);
}

/* max_entries */

/*
 * An entry is held from after its insert to before its delete, so there are
 * never fewer entries than are held.
 */
static void insert_and_delete(struct actor *actor)
{
	struct arena *arena = actor->arena;
	u64 value[VALUE_WORDS] = { };

	while (goes_on(arena)) {
		u64 key = draw(actor, KEYS);

		if (draw(actor, 2)) {
			if (!bucketmap_insert(arena->map, &key, BUCKETMAP_WHOLE,
					      value, GFP_KERNEL) &&
			    __atomic_add_fetch(&arena->held, 1,
					       __ATOMIC_SEQ_CST) > arena->limit)
				note(&arena->wrong);
		} else {
			__atomic_sub_fetch(&arena->held, 1, __ATOMIC_SEQ_CST);
			if (bucketmap_delete(arena->map, &key))
				__atomic_add_fetch(&arena->held, 1, __ATOMIC_SEQ_CST);
		}
		if (draw(actor, 64) == 0)
			end_round(arena);
	}
}

/* Returns how many keys, none of which is there, can be inserted. */
static u64 insert_as_many_as_possible(struct bucketmap *map)
{
	u64 value[VALUE_WORDS] = { };
	u64 key = KEYS;

	while (!bucketmap_insert(map, &key, BUCKETMAP_WHOLE, value, GFP_KERNEL))
		key++;
	return key - KEYS;
}

static void a_map_never_holds_more_than_max_entries(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8,
		.value_size = VALUE_WORDS * sizeof(u64),
		.max_entries = KEYS / 3,
	};
	static const part_t parts[] = {
		insert_and_delete, insert_and_delete, insert_and_delete, resize,
	};
	struct arena arena = {
		.map = make_map(&config),
		.limit = config.max_entries,
	};
	u64 count;

	(void)state;
	perform(&arena, parts, ARRAY_SIZE(parts));
	assert_int_equal(arena.wrong, 0);
	count = bucketmap_count(arena.map);
	assert_int_equal(count, arena.held);
	assert_int_equal(insert_as_many_as_possible(arena.map),
			 arena.limit - count);
	bucketmap_destroy(arena.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scans_keep_their_promise_and_values_are_whole),
		cmocka_unit_test(they_do_when_allocations_fail_too),
		cmocka_unit_test(no_addition_is_lost),
		cmocka_unit_test(a_map_never_holds_more_than_max_entries),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}

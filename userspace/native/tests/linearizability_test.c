// SPDX-License-Identifier: GPL-2.0
/*
 * Several threads do all operations on very few keys, one by one and in batches,
 * while the map is resized continually and other keys come and go. For every key
 * there must be an order of the operations that agrees with the instants of their
 * invocations and returns and explains all results.
 *
 * The test proceeds in rounds. Between two rounds the map is not used: all
 * histories are checked and discarded, and only the possible states of the keys
 * are kept. So memory does not depend on the number of OPERATIONS.
 */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/bucket.h"
#include "recorder.h"

#define OPERATIONS	300000
#define PERTURBATION	150

#define THREADS		3

static_assert(THREADS + 1 <= HISTORY_THREADS, "");

/**
 * struct thread - a thread that uses the map
 * @run: the run that it belongs to
 * @id: its identifier
 * @recorder: its operations
 */
struct thread {
	struct run *run;
	pthread_t id;
	struct recorder recorder;
};

/**
 * struct run - threads that share a map
 * @target: the map
 * @fail_allocations: allocations fail in every other round
 * @ended: the threads must end instead of beginning a round
 * @busy: number of threads that have not finished the round
 * @begin: all threads wait here for the beginning of a round
 * @end: all threads wait here for the end of a round
 * @threads: the threads; the last element has no thread and records the lookups
 *	of all keys after each round
 */
struct run {
	struct target target;
	bool fail_allocations;
	bool ended;
	int busy;
	pthread_barrier_t begin;
	pthread_barrier_t end;
	struct thread threads[THREADS + 1];
};

static void *run_thread(void *argument)
{
	struct thread *thread = argument;
	struct run *run = thread->run;

	native_thread_begin();
	for (;;) {
		pthread_barrier_wait(&run->begin);
		if (run->ended)
			break;
		record_round(&thread->recorder);
		__atomic_sub_fetch(&run->busy, 1, __ATOMIC_SEQ_CST);
		pthread_barrier_wait(&run->end);
	}
	native_thread_end();
	return NULL;
}

/* Resizes the map and changes filler keys until all threads are done. */
static void resize_and_churn(struct run *run, u64 *random)
{
	while (__atomic_load_n(&run->busy, __ATOMIC_SEQ_CST)) {
		u64 lot = native_random(random);
		u64 key = RECORDED_KEYS + (lot >> 8) % FILLER_KEYS;
		u64 value[HISTORY_WORDS] = { };
		u32 many = (lot >> 32) % FILLER_KEYS;

		if (lot % 8 == 0)
			bucketmap_resize(run->target.map, 0, 0);
		else if (lot % 8 == 1)
			bucketmap_resize(run->target.map, many * 4, 0);
		else
			for (; many; many--, key = RECORDED_KEYS + (key + 1) % FILLER_KEYS)
				if (lot % 8 < 5)
					bucketmap_store(run->target.map, &key,
							BUCKETMAP_WHOLE, value,
							GFP_NOWAIT);
				else
					bucketmap_delete(run->target.map, &key);
	}
}

static void print_context(const struct run *run, u32 key,
			  const struct event *wrong)
{
	u32 i, j;

	printf("# key %u: no order of the operations explains this one:\n", key);
	event_print(wrong);
	printf("# operations in progress at that time or shortly before:\n");
	for (i = 0; i <= THREADS; i++)
		for (j = 0; j < run->threads[i].recorder.count[key]; j++) {
			const struct event *event = &run->threads[i].recorder.events[key][j];

			if (event->returned + 60 > wrong->invoked &&
			    event->invoked < wrong->returned) {
				printf("# thread %u\n", i);
				event_print(event);
			}
		}
}

static bool check_key(struct run *run, u32 key, struct key_states *possible)
{
	struct log logs[THREADS + 1];
	const struct event *wrong;
	u32 i;

	for (i = 0; i <= THREADS; i++)
		logs[i] = (struct log){
			.events = run->threads[i].recorder.events[key],
			.count = run->threads[i].recorder.count[key],
		};
	wrong = history_check(logs, THREADS + 1, possible, event_apply);
	if (wrong)
		print_context(run, key, wrong);
	return !wrong;
}

/* Runs and checks a round. Returns its number of events, or 0 for an error. */
static u64 run_round(struct run *run, struct key_states *possible, u64 *random)
{
	u64 events = 0;
	u32 i, key;

	for (i = 0; i <= THREADS; i++)
		memset(run->threads[i].recorder.count, 0,
		       sizeof(run->threads[i].recorder.count));
	if (run->fail_allocations && *random % 2)
		native_fail_randomly(NATIVE_FAIL_ALL, 3, *random);
	run->busy = THREADS;
	pthread_barrier_wait(&run->begin);
	resize_and_churn(run, random);
	pthread_barrier_wait(&run->end);
	native_fail_no_more();
	record_final_values(&run->threads[THREADS].recorder);
	for (key = 0; key < RECORDED_KEYS; key++) {
		if (!check_key(run, key, &possible[key]))
			return 0;
		for (i = 0; i <= THREADS; i++)
			events += run->threads[i].recorder.count[key];
	}
	return events;
}

static struct run *run_begin(const struct bucketmap_config *config)
{
	struct run *run = calloc(1, sizeof(*run));
	u32 i;

	native_seed_hash_keys(test_seed());
	run->target.map = make_map(config);
	if (config->flags & BUCKETMAP_CREATE_MAPPABLE)
		run->target.mapping = mapping_begin(run->target.map);
	run->target.words = config->value_size / sizeof(u64);
	for (i = 0; i < RECORDED_KEYS; i++) {
		u64 bytes = i;
		struct bm_key key;

		bm_key_init(run->target.map, &key, &bytes);
		run->target.hashes[i] = key.hash;
	}
	pthread_barrier_init(&run->begin, NULL, THREADS + 1);
	pthread_barrier_init(&run->end, NULL, THREADS + 1);
	for (i = 0; i <= THREADS; i++) {
		struct thread *thread = &run->threads[i];

		thread->run = run;
		thread->recorder.target = &run->target;
		thread->recorder.random = test_seed() * (HISTORY_THREADS + 1) + i;
		thread->recorder.stamp = (u64)(i + 1) << 48;
		if (i < THREADS)
			pthread_create(&thread->id, NULL, run_thread, thread);
	}
	return run;
}

static void run_end(struct run *run)
{
	u32 i;

	run->ended = true;
	pthread_barrier_wait(&run->begin);
	for (i = 0; i < THREADS; i++)
		pthread_join(run->threads[i].id, NULL);
	pthread_barrier_destroy(&run->begin);
	pthread_barrier_destroy(&run->end);
	bucketmap_destroy(run->target.map);
	if (run->target.mapping)
		assert_true(mapping_end(run->target.mapping));
	free(run);
}

static void check_linearizable(const struct bucketmap_config *config,
			       bool fail_allocations)
{
	u64 operations = test_number("OPERATIONS", OPERATIONS);
	struct run *run = run_begin(config);
	u64 random = test_seed();
	struct key_states possible[RECORDED_KEYS];
	u64 checked = 0, events;
	u32 i;

	run->fail_allocations = fail_allocations;
	for (i = 0; i < RECORDED_KEYS; i++)
		key_states_begin(&possible[i]);
	do {
		events = run_round(run, possible, &random);
		checked += events;
	} while (events && checked < operations);
	for (i = 0; i < RECORDED_KEYS; i++)
		key_states_end(&possible[i]);
	run_end(run);
	printf("# %llu operations checked\n", checked);
	assert_true(events);
}

static void one_word_operations_are_linearizable(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .flags = BUCKETMAP_CREATE_XXH64,
	};

	(void)state;
	check_linearizable(&config, false);
}

static void multi_word_operations_are_linearizable(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = HISTORY_WORDS * sizeof(u64),
	};

	(void)state;
	check_linearizable(&config, false);
}

/* Half of the lookups read a mapping. */
static void mapped_lookups_are_linearizable(void **state)
{
	static const struct bucketmap_config configs[] = {
		{ .key_size = 8, .value_size = 8, .flags = BUCKETMAP_CREATE_MAPPABLE },
		{ .key_size = 8, .value_size = HISTORY_WORDS * sizeof(u64),
		  .flags = BUCKETMAP_CREATE_MAPPABLE },
	};

	(void)state;
	check_linearizable(&configs[0], false);
	check_linearizable(&configs[1], false);
}

static void operations_are_linearizable_when_allocations_fail(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = HISTORY_WORDS * sizeof(u64),
	};

	(void)state;
	check_linearizable(&config, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_word_operations_are_linearizable),
		cmocka_unit_test(multi_word_operations_are_linearizable),
		cmocka_unit_test(mapped_lookups_are_linearizable),
		cmocka_unit_test(operations_are_linearizable_when_allocations_fail),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}

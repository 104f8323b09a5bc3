// SPDX-License-Identifier: GPL-2.0
/*
 * All operations from several threads on very few keys, one by one and in
 * batches, while the map is resized all the time and other keys come and go:
 * for every key there is an order of the operations, in agreement with the
 * instants when they were called and returned, that explains all results.
 *
 * It goes by rounds. Between two of them nobody uses the map, all threads'
 * histories are checked and forgotten, and what the keys may be is all that
 * remains, so any number of OPERATIONS takes the same memory.
 */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "core/bucket.h"
#include "history.h"

#define OPERATIONS	300000
#define PERTURBATION	150

#define THREADS		3
#define KEYS		5
#define FILLERS		120

/* Events of a thread in a round, for each key. */
#define ROUND		1500

#define SCAN_MAX	8

/* Entries of a batch: more than it works on at a time. */
#define BATCH_MAX	40

static_assert(THREADS + 1 <= HISTORY_THREADS, "");

/* Events have the numbers that operations have. */
static_assert((int)EVENT_CALLS == BUCKETMAP_OPERATIONS, "");
static_assert((int)EVENT_SWAP == BUCKETMAP_SWAP, "");

/**
 * struct thread - a thread that uses the map, or the judge
 * @game: what it takes part in
 * @thread: the thread
 * @random: state of its random numbers
 * @stamp: the last word that it made up
 * @last: of each key: the value that it read last
 * @events: of each key: what it did in this round
 * @count: of each key: how many these are
 */
struct thread {
	struct game *game;
	pthread_t thread;
	u64 random;
	u64 stamp;
	u64 last[KEYS][HISTORY_WORDS];
	struct event events[KEYS][ROUND];
	u32 count[KEYS];
};

/**
 * struct game - threads with a map
 * @map: the map
 * @words: words of a value
 * @hashes: of each key
 * @short_of_memory: allocations fail in every other round
 * @over: it is, with the next round that would begin
 * @playing: how many threads have not finished the round
 * @begin: all wait here for a round to begin
 * @end: and here for its end
 * @threads: those who play, and the judge, whose events come after the round
 */
struct game {
	struct bucketmap *map;
	u32 words;
	u64 hashes[KEYS];
	bool short_of_memory;
	bool over;
	int playing;
	pthread_barrier_t begin;
	pthread_barrier_t end;
	struct thread threads[THREADS + 1];
};

/* Keys with these numbers are watched, larger ones are fillers. */
static u64 watched_key(u32 number)
{
	return number;
}

static u64 draw(struct thread *thread, u64 limit)
{
	return native_random(&thread->random) % limit;
}

/* Operations */

static struct bucketmap_window window_of(const struct event *event)
{
	return (struct bucketmap_window){
		.offset = event->first * sizeof(u64),
		.length = event->count * sizeof(u64),
	};
}

/* What is done, and to which part of a value. */
static void draw_operation(struct thread *thread, struct event *event)
{
	memset(event, 0, sizeof(*event));
	event->kind = draw(thread, EVENT_CALLS);
	event->first = draw(thread, thread->game->words);
	event->count = 1 + draw(thread, thread->game->words - event->first);
	if (event->kind == EVENT_ADD)
		event->count = 1;
}

static void draw_words(struct thread *thread, u32 key, struct event *event)
{
	u32 i;

	for (i = 0; i < event->count; i++) {
		event->given[i] = ++thread->stamp;
		event->expected[i] = thread->last[key][event->first + i];
	}
}

static int call(struct bucketmap *map, u64 key, struct event *event)
{
	struct bucketmap_window window = window_of(event);
	gfp_t gfp = event->given[0] % 4 ? GFP_KERNEL : GFP_NOWAIT;

	switch (event->kind) {
	case EVENT_LOOKUP:
		return bucketmap_lookup(map, &key, window, event->found);
	case EVENT_STORE:
		return bucketmap_store(map, &key, window, event->given, gfp);
	case EVENT_INSERT:
		return bucketmap_insert(map, &key, window, event->given, gfp);
	case EVENT_REPLACE:
		return bucketmap_replace(map, &key, window, event->given);
	case EVENT_LOAD_OR_STORE:
		return bucketmap_load_or_store(map, &key, window, event->given,
					       event->found, gfp);
	case EVENT_SWAP:
		return bucketmap_swap(map, &key, window, event->given,
				      event->found, gfp);
	case EVENT_DELETE:
		return bucketmap_delete(map, &key);
	case EVENT_LOOKUP_AND_DELETE:
		return bucketmap_lookup_and_delete(map, &key, window,
						   event->found);
	case EVENT_COMPARE_AND_SWAP:
		return bucketmap_compare_and_swap(map, &key, window,
						  event->expected,
						  event->given, event->found);
	case EVENT_COMPARE_AND_DELETE:
		return bucketmap_compare_and_delete(map, &key, window,
						    event->expected,
						    event->found);
	case EVENT_ADD:
		return bucketmap_add(map, &key, window.offset, event->given[0],
				     event->found, gfp);
	default:
		return -EINVAL;
	}
}

static void remember(struct thread *thread, u32 key, const struct event *event)
{
	if (!event->err)
		memcpy(&thread->last[key][event->first], event->found,
		       event->count * sizeof(u64));
}

static void finish_event(struct thread *thread, u32 key, struct event *event)
{
	event->existed = event->err == 1;
	if (event->existed)
		event->err = 0;
	if (event->kind == EVENT_LOOKUP || event->kind == EVENT_SWAP)
		remember(thread, key, event);
	/* No memory: it did nothing, and a key may be absent or present. */
	if (event->err == -ENOMEM)
		event->kind = EVENT_NONE;
	thread->count[key]++;
}

static void use_key(struct thread *thread, u32 key)
{
	struct event *event = &thread->events[key][thread->count[key]];

	draw_operation(thread, event);
	draw_words(thread, key, event);
	event->invoked = history_instant();
	event->err = call(thread->game->map, watched_key(key), event);
	event->returned = history_instant();
	finish_event(thread, key, event);
}

/* Batches */

/**
 * struct batch - columns of a batch
 * @count: entries
 * @numbers: of the keys, larger ones are fillers
 * @keys: a column
 * @values: a column
 * @expected: a column
 * @previous: a column
 * @results: a column
 */
struct batch {
	u32 count;
	u32 numbers[BATCH_MAX];
	u64 keys[BATCH_MAX];
	u64 values[BATCH_MAX * HISTORY_WORDS];
	u64 expected[BATCH_MAX * HISTORY_WORDS];
	u64 previous[BATCH_MAX * HISTORY_WORDS];
	s32 results[BATCH_MAX];
};

/* Some of the keys, each once at most, among fillers. */
static void draw_numbers(struct thread *thread, struct batch *batch)
{
	bool taken[KEYS] = { };
	u32 i;

	batch->count = 1 + draw(thread, BATCH_MAX);
	for (i = 0; i < batch->count; i++) {
		u32 number = draw(thread, KEYS + 3);

		if (number >= KEYS || taken[number])
			number = KEYS + draw(thread, FILLERS);
		else
			taken[number] = true;
		batch->numbers[i] = number;
		batch->keys[i] = number;
	}
}

static bool gives_found(enum event_kind kind)
{
	return kind == EVENT_LOOKUP || kind == EVENT_LOAD_OR_STORE ||
	       kind == EVENT_SWAP || kind == EVENT_LOOKUP_AND_DELETE ||
	       kind == EVENT_COMPARE_AND_SWAP ||
	       kind == EVENT_COMPARE_AND_DELETE || kind == EVENT_ADD;
}

static bool compares(enum event_kind kind)
{
	return kind == EVENT_COMPARE_AND_SWAP ||
	       kind == EVENT_COMPARE_AND_DELETE;
}

static int run_batch(struct thread *thread, const struct event *like,
		     struct batch *batch)
{
	struct bucketmap_op columns = {
		.operation = like->kind,
		.window = window_of(like),
		.keys = batch->keys,
		.values = batch->values,
		.expected = compares(like->kind) ? batch->expected : NULL,
		.previous = gives_found(like->kind) ? batch->previous : NULL,
		.results = batch->results,
	};
	u32 finished;
	int err;

	if (like->kind == EVENT_ADD)
		columns.window.length = 0;
	err = bucketmap_batch(thread->game->map, &columns, batch->count,
			      &finished,
			      draw(thread, 4) ? GFP_KERNEL : GFP_NOWAIT);
	return err || finished != batch->count;
}

/* Each entry of a batch takes effect at some instant while it is under way. */
static void use_keys(struct thread *thread)
{
	struct event like, *event;
	struct batch batch = { };
	u64 invoked, returned;
	u32 i, key;

	draw_operation(thread, &like);
	draw_numbers(thread, &batch);
	for (i = 0; i < batch.count; i++) {
		struct event filler = like;

		key = batch.numbers[i];
		event = &filler;
		if (key < KEYS) {
			event = &thread->events[key][thread->count[key]];
			*event = like;
		}
		draw_words(thread, key % KEYS, event);
		memcpy(&batch.values[i * like.count], event->given,
		       like.count * sizeof(u64));
		memcpy(&batch.expected[i * like.count], event->expected,
		       like.count * sizeof(u64));
	}
	invoked = history_instant();
	if (run_batch(thread, &like, &batch))
		abort();
	returned = history_instant();
	for (i = 0; i < batch.count; i++) {
		key = batch.numbers[i];
		if (key >= KEYS)
			continue;
		event = &thread->events[key][thread->count[key]];
		event->invoked = invoked;
		event->returned = returned;
		event->err = batch.results[i];
		memcpy(event->found, &batch.previous[i * like.count],
		       like.count * sizeof(u64));
		finish_event(thread, key, event);
	}
}

/* Does a walk that went from one cursor to the other come by a hash? */
static bool passed(const struct bucketmap_cursor *from,
		   const struct bucketmap_cursor *to, u64 hash)
{
	return hash >= from->position && (to->end || hash < to->position);
}

/* Notes an event of each key that a walk came by. */
static void note_walk(struct thread *thread, const struct bucketmap_cursor *from,
		      const struct bucketmap_cursor *to,
		      const struct event *event)
{
	u32 key;

	for (key = 0; key < KEYS; key++)
		if (passed(from, to, thread->game->hashes[key]))
			thread->events[key][thread->count[key]++] = *event;
}

static void clear_some(struct thread *thread)
{
	struct bucketmap_cursor from = { }, to;
	struct event event = { .kind = EVENT_CLEAR };

	from.position = native_random(&thread->random);
	to = from;
	event.invoked = history_instant();
	bucketmap_clear(thread->game->map, &to);
	event.returned = history_instant();
	note_walk(thread, &from, &to, &event);
}

/* The walk was noted as lookups that found nothing: these found something. */
static void note_found(struct thread *thread, u64 key, const u64 *value)
{
	struct game *game = thread->game;
	struct event *event;

	if (key >= KEYS)
		return;
	event = &thread->events[key][thread->count[key] - 1];
	assert_true(event->err == -ENOENT);
	event->err = 0;
	memcpy(event->found, value, game->words * sizeof(u64));
}

static void scan_some(struct thread *thread)
{
	struct game *game = thread->game;
	struct bucketmap_cursor from = { }, to;
	u64 keys[SCAN_MAX], values[SCAN_MAX * HISTORY_WORDS];
	u32 capacity = 1 + draw(thread, SCAN_MAX);
	u32 count, i;
	struct event event = {
		.kind = EVENT_LOOKUP,
		.count = game->words,
		.err = -ENOENT,
	};

	from.position = native_random(&thread->random);
	to = from;
	event.invoked = history_instant();
	if (bucketmap_scan(game->map, &to, keys, values, capacity, &count))
		abort();
	event.returned = history_instant();
	note_walk(thread, &from, &to, &event);
	for (i = 0; i < count; i++)
		note_found(thread, keys[i], &values[i * game->words]);
}

static bool has_room(const struct thread *thread)
{
	u32 key;

	for (key = 0; key < KEYS; key++)
		if (thread->count[key] == ROUND)
			return false;
	return true;
}

static void play_round(struct thread *thread)
{
	while (has_room(thread)) {
		u64 lot = draw(thread, 64);

		if (lot == 0)
			clear_some(thread);
		else if (lot < 4)
			scan_some(thread);
		else if (lot < 8)
			use_keys(thread);
		else
			use_key(thread, draw(thread, KEYS));
	}
}

static void *play(void *argument)
{
	struct thread *thread = argument;
	struct game *game = thread->game;

	native_thread_begin();
	for (;;) {
		pthread_barrier_wait(&game->begin);
		if (game->over)
			break;
		play_round(thread);
		__atomic_sub_fetch(&game->playing, 1, __ATOMIC_SEQ_CST);
		pthread_barrier_wait(&game->end);
	}
	native_thread_end();
	return NULL;
}

/* Rounds */

/* Resizes the map, and lets other keys come and go, until all have played. */
static void disturb(struct game *game, u64 *random)
{
	while (__atomic_load_n(&game->playing, __ATOMIC_SEQ_CST)) {
		u64 lot = native_random(random);
		u64 key = KEYS + (lot >> 8) % FILLERS;
		u64 value[HISTORY_WORDS] = { };
		u32 many = (lot >> 32) % FILLERS;

		if (lot % 8 == 0)
			bucketmap_resize(game->map, 0, 0);
		else if (lot % 8 == 1)
			bucketmap_resize(game->map, many * 4, 0);
		else
			for (; many; many--, key = KEYS + (key + 1) % FILLERS)
				if (lot % 8 < 5)
					bucketmap_store(game->map, &key,
							BUCKETMAP_WHOLE, value,
							GFP_NOWAIT);
				else
					bucketmap_delete(game->map, &key);
	}
}

/* Tells what all keys are now. */
static void look_after_round(struct thread *judge)
{
	u32 key;

	for (key = 0; key < KEYS; key++) {
		u64 bytes = watched_key(key);
		struct event *event = &judge->events[key][0];

		*event = (struct event){
			.kind = EVENT_LOOKUP,
			.count = judge->game->words,
		};
		event->invoked = history_instant();
		event->err = call(judge->game->map, bytes, event);
		event->returned = history_instant();
		judge->count[key] = 1;
	}
}

static void show_before(const struct game *game, u32 key,
			const struct event *wrong)
{
	u32 i, j;

	printf("# key %u: no order of the operations explains this one:\n", key);
	event_print(wrong);
	printf("# these were under way not long before:\n");
	for (i = 0; i <= THREADS; i++)
		for (j = 0; j < game->threads[i].count[key]; j++) {
			const struct event *event = &game->threads[i].events[key][j];

			if (event->returned + 60 > wrong->invoked &&
			    event->invoked < wrong->returned) {
				printf("# thread %u\n", i);
				event_print(event);
			}
		}
}

static bool judge_key(struct game *game, u32 key, struct belief *belief)
{
	struct log logs[THREADS + 1];
	const struct event *wrong;
	u32 i;

	for (i = 0; i <= THREADS; i++)
		logs[i] = (struct log){
			.events = game->threads[i].events[key],
			.count = game->threads[i].count[key],
		};
	wrong = history_check(logs, THREADS + 1, belief);
	if (wrong)
		show_before(game, key, wrong);
	return !wrong;
}

/* Plays a round and judges it. Returns how many events it had, 0: wrong. */
static u64 one_round(struct game *game, struct belief *beliefs, u64 *random)
{
	u64 events = 0;
	u32 i, key;

	for (i = 0; i <= THREADS; i++)
		memset(game->threads[i].count, 0,
		       sizeof(game->threads[i].count));
	if (game->short_of_memory && *random % 2)
		native_fail_randomly(NATIVE_FAIL_ALL, 3, *random);
	game->playing = THREADS;
	pthread_barrier_wait(&game->begin);
	disturb(game, random);
	pthread_barrier_wait(&game->end);
	native_fail_no_more();
	look_after_round(&game->threads[THREADS]);
	for (key = 0; key < KEYS; key++) {
		if (!judge_key(game, key, &beliefs[key]))
			return 0;
		for (i = 0; i <= THREADS; i++)
			events += game->threads[i].count[key];
	}
	return events;
}

static struct game *game_begin(const struct bucketmap_config *config)
{
	struct game *game = calloc(1, sizeof(*game));
	u32 i;

	native_seed_hash_keys(test_seed());
	game->map = make_map(config);
	game->words = config->value_size / sizeof(u64);
	for (i = 0; i < KEYS; i++) {
		u64 bytes = watched_key(i);
		struct bm_key key;

		bm_key_init(game->map, &key, &bytes);
		game->hashes[i] = key.hash;
	}
	pthread_barrier_init(&game->begin, NULL, THREADS + 1);
	pthread_barrier_init(&game->end, NULL, THREADS + 1);
	for (i = 0; i <= THREADS; i++) {
		struct thread *thread = &game->threads[i];

		thread->game = game;
		thread->random = test_seed() * (HISTORY_THREADS + 1) + i;
		thread->stamp = (u64)(i + 1) << 48;
		if (i < THREADS)
			pthread_create(&thread->thread, NULL, play, thread);
	}
	return game;
}

static void game_end(struct game *game)
{
	u32 i;

	game->over = true;
	pthread_barrier_wait(&game->begin);
	for (i = 0; i < THREADS; i++)
		pthread_join(game->threads[i].thread, NULL);
	pthread_barrier_destroy(&game->begin);
	pthread_barrier_destroy(&game->end);
	bucketmap_destroy(game->map);
	free(game);
}

static void play_game(const struct bucketmap_config *config,
		      bool short_of_memory)
{
	u64 operations = test_number("OPERATIONS", OPERATIONS);
	struct game *game = game_begin(config);
	u64 random = test_seed();
	struct belief beliefs[KEYS];
	u64 judged = 0, events;
	u32 i;

	game->short_of_memory = short_of_memory;
	for (i = 0; i < KEYS; i++)
		belief_begin(&beliefs[i]);
	do {
		events = one_round(game, beliefs, &random);
		judged += events;
	} while (events && judged < operations);
	for (i = 0; i < KEYS; i++)
		belief_end(&beliefs[i]);
	game_end(game);
	printf("# %llu operations checked\n", judged);
	assert_true(events);
}

static void operations_on_a_word_are_linearizable(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8, .flags = BUCKETMAP_CREATE_XXH64,
	};

	(void)state;
	play_game(&config, false);
}

static void operations_on_several_words_are_linearizable(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = HISTORY_WORDS * sizeof(u64),
	};

	(void)state;
	play_game(&config, false);
}

static void they_are_when_memory_is_short_too(void **state)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = HISTORY_WORDS * sizeof(u64),
	};

	(void)state;
	play_game(&config, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_on_a_word_are_linearizable),
		cmocka_unit_test(operations_on_several_words_are_linearizable),
		cmocka_unit_test(they_are_when_memory_is_short_too),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}

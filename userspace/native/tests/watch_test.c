// SPDX-License-Identifier: GPL-2.0
/*
 * No wake-up is lost, and no change is missed: threads that can only go on when
 * one wakes the other, while the map is resized all the time. What is lost
 * makes somebody wait for ever; he gives up at a deadline, and the test fails.
 *
 * ROUNDS in the environment says for how long.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>

#include <linux/ktime.h>

#include "core/core.h"
#include "core/map.h"
#include "core/sleep.h"

#define ROUNDS		300
#define PERTURBATION	100

/* The first operations of threads are few. */
#define FIRST_PERTURBATION	20

#define MOVES_IN_ROUND	40

#define WATCHERS	2
#define WRITERS		2

/* Nobody waits as long as this, unless in vain. */
#define PATIENCE	(20 * 1000000000ULL)

/**
 * struct game - threads that wait for each other
 * @map: the map
 * @goal: moves to be made with each key
 * @watchers: how many watch
 * @writers: how many write
 * @absent: threads that have not come yet: all begin together
 * @playing: threads that are not done yet
 * @lost: those that waited in vain
 * @wrong: what else went wrong
 * @shown: of each watcher: numbers that it has read, by key
 */
struct game {
	struct bucketmap *map;
	u64 goal;
	u32 watchers;
	u32 writers;
	int absent;
	int playing;
	u64 lost;
	u64 wrong;
	u64 shown[WATCHERS][WRITERS];
};

/**
 * struct thread - a thread
 * @game: what it takes part in
 * @number: which one it is
 * @thread: the thread
 * @play: what it does
 */
struct thread {
	struct game *game;
	u32 number;
	pthread_t thread;
	void (*play)(struct thread *thread);
};

static u64 patience(void)
{
	return ktime_get_ns() + PATIENCE;
}

static void note(u64 *counter, bool wrong)
{
	if (wrong)
		__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static bool all_is_well(const struct game *game)
{
	return !__atomic_load_n(&game->lost, __ATOMIC_SEQ_CST) &&
	       !__atomic_load_n(&game->wrong, __ATOMIC_SEQ_CST);
}

static void *play(void *argument)
{
	struct thread *thread = argument;

	native_thread_begin();
	__atomic_sub_fetch(&thread->game->absent, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&thread->game->absent, __ATOMIC_SEQ_CST))
		sched_yield();
	thread->play(thread);
	native_thread_end();
	__atomic_sub_fetch(&thread->game->playing, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Lets others play, and meanwhile resizes their map. */
static void run_game(struct game *game, struct thread *threads, u32 count,
		     bool resize)
{
	u64 random = test_seed();
	u32 i;

	game->absent = count;
	game->playing = count;
	for (i = 0; i < count; i++) {
		threads[i].game = game;
		pthread_create(&threads[i].thread, NULL, play, &threads[i]);
	}
	while (resize && __atomic_load_n(&game->playing, __ATOMIC_SEQ_CST))
		bucketmap_resize(game->map, native_random(&random) % 300, 0);
	for (i = 0; i < count; i++)
		pthread_join(threads[i].thread, NULL);
	assert_int_equal(game->lost, 0);
	assert_int_equal(game->wrong, 0);
}

static void game_begin(struct game *game)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8,
	};

	native_seed_hash_keys(test_seed());
	*game = (struct game){
		.map = make_map(&config),
		.goal = MOVES_IN_ROUND * test_number("ROUNDS", ROUNDS),
	};
}

/*
 * Waiting for a key. Two threads take turns: each waits for the other's move
 * and makes the next one. After move n the value is n, or there is none.
 */

static bool is_absent(u64 move)
{
	return move % 4 == 0;
}

static int make_by_batch(struct bucketmap *map, u64 key, u64 value)
{
	const struct bucketmap_op columns = {
		.operation = BUCKETMAP_STORE,
		.keys = &key,
		.values = &value,
		.results = &(s32){ 0 },
	};
	u32 finished;

	return bucketmap_batch(map, &columns, 1, &finished, GFP_KERNEL) ?:
	       *columns.results;
}

static int make_entry(struct bucketmap *map, u64 key, u64 move)
{
	u64 previous;

	switch (move / 4 % 6) {
	case 0:
		return bucketmap_insert(map, &key, BUCKETMAP_WHOLE, &move,
					GFP_KERNEL);
	case 1:
		return bucketmap_store(map, &key, BUCKETMAP_WHOLE, &move,
				       GFP_KERNEL);
	case 2:
		return bucketmap_add(map, &key, 0, move, NULL, GFP_KERNEL);
	case 3:
		return bucketmap_swap(map, &key, BUCKETMAP_WHOLE, &move,
				      &previous, GFP_KERNEL);
	case 4:
		return bucketmap_load_or_store(map, &key, BUCKETMAP_WHOLE,
					       &move, &previous, GFP_KERNEL);
	default:
		return make_by_batch(map, key, move);
	}
}

static int change_entry(struct bucketmap *map, u64 key, u64 move)
{
	u64 last = move - 1, previous;

	switch (move / 4 % 5) {
	case 0:
		return bucketmap_store(map, &key, BUCKETMAP_WHOLE, &move,
				       GFP_KERNEL);
	case 1:
		return bucketmap_add(map, &key, 0, 1, NULL, GFP_KERNEL);
	case 2:
		return bucketmap_replace(map, &key, BUCKETMAP_WHOLE, &move);
	case 3:
		return bucketmap_compare_and_swap(map, &key, BUCKETMAP_WHOLE,
						  &last, &move, NULL);
	default:
		return bucketmap_swap(map, &key, BUCKETMAP_WHOLE, &move,
				      &previous, GFP_KERNEL) != 1;
	}
}

static int remove_entry(struct bucketmap *map, u64 key, u64 move)
{
	u64 last = move - 1, previous;

	switch (move / 4 % 3) {
	case 0:
		return bucketmap_delete(map, &key);
	case 1:
		return bucketmap_lookup_and_delete(map, &key, BUCKETMAP_WHOLE,
						   &previous);
	default:
		return bucketmap_compare_and_delete(map, &key, BUCKETMAP_WHOLE,
						    &last, NULL);
	}
}

static int make_move(struct bucketmap *map, u64 key, u64 move)
{
	if (is_absent(move))
		return remove_entry(map, key, move);
	if (is_absent(move - 1))
		return make_entry(map, key, move);
	return change_entry(map, key, move);
}

/* Returns whether the key is as move @move has left it. */
static bool is_after_move(struct bucketmap *map, u64 key, u64 move)
{
	u64 value;
	int err = bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);

	return is_absent(move) ? err == -ENOENT : !err && value == move;
}

/* Makes every other move, and waits for those between. */
static void take_turns(struct thread *thread)
{
	struct game *game = thread->game;
	u64 key = thread->number / 2;
	u64 move = thread->number % 2;
	int err;

	while (move < game->goal && all_is_well(game)) {
		if (move)
			note(&game->wrong, make_move(game->map, key, move));
		err = bucketmap_wait(game->map, &key, BUCKETMAP_WHOLE,
				     is_absent(move) ? NULL : &move,
				     patience());
		note(&game->lost, err == -ETIME);
		note(&game->wrong, err && err != -ETIME);
		note(&game->wrong, !err && !is_after_move(game->map, key,
							  move + 1));
		move += 2;
	}
	/* The other one waits for this. */
	if (move == game->goal)
		note(&game->wrong, make_move(game->map, key, move));
}

static void no_wake_up_is_lost(void **state)
{
	struct thread threads[] = {
		{ .number = 0, .play = take_turns },
		{ .number = 1, .play = take_turns },
		{ .number = 2, .play = take_turns },
		{ .number = 3, .play = take_turns },
	};
	struct game game;

	(void)state;
	game_begin(&game);
	run_game(&game, threads, ARRAY_SIZE(threads), true);
	bucketmap_destroy(game.map);
}

/*
 * Looking for changes. Writers count, each with a key of its own, and do not go
 * on before all watchers have shown the number. Of two, one might wake the other
 * by looking.
 */

static void show(struct thread *thread)
{
	struct game *game = thread->game;
	u64 key, value;

	for (key = 0; key < game->writers; key++)
		if (!bucketmap_lookup(game->map, &key, BUCKETMAP_WHOLE, &value))
			__atomic_store_n(&game->shown[thread->number][key],
					 value, __ATOMIC_SEQ_CST);
}

static bool all_is_shown(const struct game *game, u32 watcher)
{
	u32 key;

	for (key = 0; key < game->writers; key++)
		if (game->shown[watcher][key] != game->goal)
			return false;
	return true;
}

/* As one who polls with EPOLLEXCLUSIVE. */
static int sleep_until_changed(struct bucketmap *map, u64 version)
{
	u64 deadline = patience();
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait_exclusive(bm_changes_queue(map), &wait,
					  TASK_INTERRUPTIBLE);
		if (bm_changes_since(map, version))
			break;
		err = bm_sleep(deadline);
		if (err)
			break;
	}
	finish_wait(bm_changes_queue(map), &wait);
	return err;
}

static void watch(struct thread *thread)
{
	struct game *game = thread->game;
	bool polls = false;

	bm_changes_begin(game->map, &polls);
	while (all_is_well(game)) {
		u64 version = bm_changes_arm(game->map);

		show(thread);
		if (all_is_shown(game, thread->number))
			break;
		note(&game->lost, sleep_until_changed(game->map, version));
	}
	bm_changes_end(game->map);
}

static bool is_shown(const struct game *game, u64 key, u64 value)
{
	u32 i;

	for (i = 0; i < game->watchers; i++)
		if (__atomic_load_n(&game->shown[i][key], __ATOMIC_SEQ_CST) !=
		    value)
			return false;
	return true;
}

static void count(struct thread *thread)
{
	struct game *game = thread->game;
	u64 key = thread->number;
	u64 value;

	for (value = 1; value <= game->goal; value++) {
		note(&game->wrong,
		     bucketmap_add(game->map, &key, 0, 1, NULL, GFP_KERNEL));
		while (!is_shown(game, key, value)) {
			if (!all_is_well(game))
				return;
			sched_yield();
		}
	}
}

static void add_thread(struct thread *threads, u32 *count, u32 number,
		       void (*play)(struct thread *thread))
{
	threads[(*count)++] = (struct thread){ .number = number, .play = play };
}

static void watch_and_count(struct game *game, u32 watchers, u32 writers,
			    bool resize)
{
	struct thread threads[WATCHERS + WRITERS];
	u32 threads_count = 0;
	u32 i;

	game->watchers = watchers;
	game->writers = writers;
	for (i = 0; i < writers; i++)
		add_thread(threads, &threads_count, i, count);
	for (i = 0; i < watchers; i++)
		add_thread(threads, &threads_count, i, watch);
	run_game(game, threads, threads_count, resize);
}

static void no_change_is_missed(void **state)
{
	struct game game;
	u32 watchers;

	(void)state;
	for (watchers = 1; watchers <= WATCHERS; watchers++) {
		game_begin(&game);
		watch_and_count(&game, watchers, WRITERS, true);
		bucketmap_destroy(game.map);
	}
}

/*
 * One change, and one who looks for the first time while it is made: there will
 * be no other change to wake him.
 */
static void who_looks_first_misses_nothing(void **state)
{
	u64 rounds = 10 * test_number("ROUNDS", ROUNDS);

	(void)state;
	native_perturb_every(FIRST_PERTURBATION);
	while (rounds--) {
		struct game game;

		game_begin(&game);
		game.goal = 1;
		watch_and_count(&game, 1, 1, false);
		bucketmap_destroy(game.map);
	}
	native_perturb_every(PERTURBATION);
}

/* What clear removes, one by one or with all others, is a change too. */
static void clear_by_turns(struct thread *thread)
{
	struct game *game = thread->game;
	u64 key = 0;
	u64 rounds = test_number("ROUNDS", ROUNDS);

	while (rounds-- && all_is_well(game)) {
		struct bucketmap_cursor cursor = { };

		if (thread->number) {
			note(&game->lost,
			     bucketmap_wait(game->map, &key, BUCKETMAP_WHOLE,
					    NULL, patience()));
			while (!cursor.end)
				bucketmap_clear(game->map, &cursor);
		} else {
			u64 one = 1;

			note(&game->wrong,
			     bucketmap_insert(game->map, &key, BUCKETMAP_WHOLE,
					      &one, GFP_KERNEL));
			note(&game->lost,
			     bucketmap_wait(game->map, &key, BUCKETMAP_WHOLE,
					    &one, patience()));
		}
	}
}

static void clearing_wakes_who_waits(void **state)
{
	struct thread threads[] = {
		{ .number = 0, .play = clear_by_turns },
		{ .number = 1, .play = clear_by_turns },
	};
	struct game game;

	(void)state;
	game_begin(&game);
	run_game(&game, threads, ARRAY_SIZE(threads), true);
	bucketmap_destroy(game.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_wake_up_is_lost),
		cmocka_unit_test(no_change_is_missed),
		cmocka_unit_test(who_looks_first_misses_nothing),
		cmocka_unit_test(clearing_wakes_who_waits),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The hunt for lost wake-ups: two processes pass a ball to each other many
 * thousand times by waiting, while others resize the map and fill it. Whoever
 * is not woken waits until a deadline that no test may reach.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>

#include "support.h"

static const __u64 ball_key = ~0ULL;

struct game {
	struct bucketmap *map;
	__u64 rounds;
};

static struct game new_game(void)
{
	struct game game = {
		.map = named_map("game", 8, 8),
		.rounds = environment_number("WAKEUP_ROUNDS", 3000),
	};

	print_message("# %llu rounds\n", game.rounds);
	return game;
}

static void resize_for_ever(void *context)
{
	struct game *game = context;

	for (;;) {
		child_check(!bucketmap_resize(game->map, 3000, 0));
		child_check(!bucketmap_resize(game->map, 0, 0));
	}
}

/* Entries come and go, in numbers that make the map grow and shrink. */
static void churn_for_ever(void *context)
{
	struct game *game = context;

	for (;;) {
		for (__u64 key = 0; key < 1000; key++)
			child_check(!bucketmap_store(game->map, &key, &key, 0, 0));
		for (__u64 key = 0; key < 1000; key++) {
			int ret = bucketmap_delete(game->map, &key);

			child_check(!ret || ret == -ENOENT);
		}
	}
}

static void fill_for_ever(void *context)
{
	struct game *game = context;

	for (__u64 key = 0;; key = (key + 1) % 1000)
		child_check(!bucketmap_store(game->map, &key, &key, 0, 0));
}

static void play(struct game *game, void (*first)(void *game), void (*second)(void *game),
		 void (*const disturbers[])(void *game), size_t count)
{
	const struct sched_param leftovers = { 0 };
	pid_t threads[2], others[3];

	for (size_t i = 0; i < count; i++) {
		others[i] = start_child(disturbers[i], game);
		/* They have what the threads leave, or the game would take long. */
		assert_ok(sched_setscheduler(others[i], SCHED_IDLE, &leftovers));
	}
	threads[0] = start_child(first, game);
	threads[1] = start_child(second, game);
	wait_for_success(threads[0]);
	wait_for_success(threads[1]);
	for (size_t i = 0; i < count; i++)
		stop_child(others[i]);
	bucketmap_close(game->map);
}

/* The ball's number grows by one with each throw: a thread makes it odd, the other one even. */
static void throw_number(struct game *game, __u64 mine)
{
	for (__u64 number = mine; number < 2 * game->rounds; number += 2) {
		const __u64 next = number + 1;
		__u64 seen;

		child_check(!bucketmap_lookup(game->map, &ball_key, &seen, 0, 0));
		if (seen != number) {
			child_check(!bucketmap_wait(game->map, &ball_key, &seen, 0, 0,
						    bucketmap_deadline(PATIENCE)));
			child_check(!bucketmap_lookup(game->map, &ball_key, &seen, 0, 0));
		}
		child_check(seen == number);
		child_check(!bucketmap_store(game->map, &ball_key, &next, 0, 0));
	}
}

static void throw_from_even(void *game)
{
	throw_number(game, 0);
}

static void throw_from_odd(void *game)
{
	throw_number(game, 1);
}

static void no_change_of_a_value_is_missed(void **state)
{
	static void (*const disturbers[])(void *game) = { resize_for_ever, churn_for_ever };
	struct game game = new_game();
	const __u64 first = 0;

	(void)state;
	assert_ok(bucketmap_store(game.map, &ball_key, &first, 0, 0));
	play(&game, throw_from_even, throw_from_odd, disturbers, ARRAY_SIZE(disturbers));
}

static void put_the_ball(void *context)
{
	struct game *game = context;
	const __u64 value = 1;

	for (__u64 i = 0; i < game->rounds; i++) {
		child_check(!bucketmap_insert(game->map, &ball_key, &value, 0, 0));
		child_check(!bucketmap_wait(game->map, &ball_key, &value, 0, 0,
					    bucketmap_deadline(PATIENCE)));
	}
}

/* A clear takes the ball like any other entry. */
static void take_the_ball(void *context)
{
	struct game *game = context;

	for (__u64 i = 0; i < game->rounds; i++) {
		struct bucketmap_cursor cursor = { 0 };

		child_check(!bucketmap_wait(game->map, &ball_key, NULL, 0, 0,
					    bucketmap_deadline(PATIENCE)));
		if (i % 8)
			child_check(!bucketmap_delete(game->map, &ball_key));
		else
			child_check(!bucketmap_clear(game->map, &cursor, 0));
	}
}

static void no_coming_and_no_going_of_a_key_is_missed(void **state)
{
	static void (*const disturbers[])(void *game) = { resize_for_ever, fill_for_ever };
	struct game game = new_game();

	(void)state;
	play(&game, put_the_ball, take_the_ball, disturbers, ARRAY_SIZE(disturbers));
}

/*
 * Each thread has a number of its own, and a descriptor. Nothing else may write:
 * any change would wake a thread that had missed the one that counts.
 */
static void throw_by_poll(struct game *game, __u64 own_key, __u64 lead)
{
	const __u64 other_key = !own_key;
	struct bucketmap *map;
	struct pollfd pollfd = { .events = POLLIN };
	__u64 seen;

	child_check(!bucketmap_open(&map, test_name("game"), 0));
	pollfd.fd = bucketmap_fd(map);
	for (__u64 i = 1; i <= game->rounds; i++) {
		if (lead)
			child_check(!bucketmap_store(map, &own_key, &i, 0, 0));
		for (;;) {
			child_check(bucketmap_changes(map) >= 0);
			child_check(!bucketmap_lookup(map, &other_key, &seen, 0, 0));
			if (seen == i)
				break;
			child_check(poll(&pollfd, 1, PATIENCE / NSEC_PER_MSEC) == 1);
		}
		if (!lead)
			child_check(!bucketmap_store(map, &own_key, &i, 0, 0));
	}
	bucketmap_close(map);
}

static void lead_by_poll(void *game)
{
	throw_by_poll(game, 0, 1);
}

static void follow_by_poll(void *game)
{
	throw_by_poll(game, 1, 0);
}

static void no_change_is_missed_between_CHANGES_and_poll(void **state)
{
	static void (*const disturbers[])(void *game) = { resize_for_ever };
	struct game game = new_game();
	const __u64 zero = 0;

	(void)state;
	for (__u64 key = 0; key < 100; key++)
		assert_ok(bucketmap_store(game.map, &key, &zero, 0, 0));
	play(&game, lead_by_poll, follow_by_poll, disturbers, ARRAY_SIZE(disturbers));
}

#define CHANGES		5
#define SLEEPERS	2

/* Long enough for somebody to fall asleep, most times. */
#define MOMENT		(30 * NSEC_PER_MSEC)

/* What a sleeper, with a descriptor of its own, has seen. */
struct sleeper {
	__u64 *seen;
	__u32 events;
};

static void sleep_until_changed(void *context)
{
	struct sleeper *sleeper = context;
	struct epoll_event event = { .events = sleeper->events };
	struct bucketmap *map;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	child_check(!bucketmap_open(&map, test_name("game"), BUCKETMAP_OPEN_RDONLY));
	child_check(!epoll_ctl(epoll, EPOLL_CTL_ADD, bucketmap_fd(map), &event));
	for (;;) {
		child_check(bucketmap_changes(map) >= 0);
		child_check(!bucketmap_lookup(map, &ball_key, sleeper->seen, 0, 0));
		if (*sleeper->seen == CHANGES)
			break;
		child_check(epoll_wait(epoll, &event, 1, PATIENCE / NSEC_PER_MSEC) == 1);
	}
	bucketmap_close(map);
	close(epoll);
}

static void expect_to_see(const __u64 *seen, __u64 value)
{
	__u64 patience = bucketmap_deadline(PATIENCE);

	while (__atomic_load_n(seen, __ATOMIC_SEQ_CST) != value) {
		assert_true(time_now() < patience);
		sleep_for(NSEC_PER_MSEC);
	}
}

/* Each of them has something to look at: EPOLLEXCLUSIVE must not let one speak for all. */
static void each_change_wakes_all_who_poll(void **state)
{
	static const __u32 kinds[] = { EPOLLIN, EPOLLIN | EPOLLEXCLUSIVE };
	__u64 *seen = shared_memory(SLEEPERS * sizeof(*seen));

	(void)state;
	for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		struct bucketmap *map = named_map("game", 8, 8);
		struct sleeper sleepers[SLEEPERS];
		pid_t children[SLEEPERS];
		__u64 value = 0;

		assert_ok(bucketmap_store(map, &ball_key, &value, 0, 0));
		for (int i = 0; i < SLEEPERS; i++) {
			seen[i] = ~0ULL;
			sleepers[i] = (struct sleeper){ &seen[i], kinds[kind] };
			children[i] = start_child(sleep_until_changed, &sleepers[i]);
		}
		while (value < CHANGES) {
			for (int i = 0; i < SLEEPERS; i++)
				expect_to_see(&seen[i], value);
			sleep_for(MOMENT);
			value++;
			assert_ok(bucketmap_store(map, &ball_key, &value, 0, 0));
		}
		for (int i = 0; i < SLEEPERS; i++)
			wait_for_success(children[i]);
		bucketmap_close(map);
		assert_ok(bucketmap_unlink(test_name("game")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(no_change_of_a_value_is_missed),
		device_test(no_coming_and_no_going_of_a_key_is_missed),
		device_test(no_change_is_missed_between_CHANGES_and_poll),
		device_test(each_change_wakes_all_who_poll),
	};

	return run_device_tests(tests);
}

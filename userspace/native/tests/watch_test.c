// SPDX-License-Identifier: GPL-2.0
/*
 * No wake-up is lost and no change is missed: threads that can proceed only if
 * they wake each other, while the map is resized continually. After a lost wake-up
 * a thread times out, and the test fails.
 *
 * ROUNDS in the environment sets the duration. The file is long because waiting
 * and polling share the way in which threads run.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>

#include <linux/ktime.h>

#include "core/core.h"
#include "core/map.h"
#include "core/sleep.h"
#include "kunit/ops.h"

#define ROUNDS		300
#define PERTURBATION	100

/* Where threads do only a few operations, perturb more of them. */
#define FIRST_PERTURBATION	20

#define MOVES_IN_ROUND	40

#define POLLERS	2
#define WRITERS		2

/* Longer than any wait that is woken. */
#define TIMEOUT_NS	(20 * 1000000000ULL)

/**
 * struct run - threads that wait for each other
 * @map: the map
 * @goal: number of moves for each key
 * @pollers: number of pollers
 * @writers: number of writers
 * @starting: threads that have not started yet; all begin together
 * @busy: threads that have not finished yet
 * @lost: number of waits that timed out
 * @wrong: number of other errors
 * @seen: per poller and key: the number that it has read
 */
struct run {
	struct bucketmap *map;
	u64 goal;
	u32 pollers;
	u32 writers;
	int starting;
	int busy;
	u64 lost;
	u64 wrong;
	u64 seen[POLLERS][WRITERS];
};

/**
 * struct thread - a thread
 * @run: the run that it belongs to
 * @number: its index
 * @id: its identifier
 * @work: its function
 */
struct thread {
	struct run *run;
	u32 number;
	pthread_t id;
	void (*work)(struct thread *thread);
};

static u64 deadline_ns(void)
{
	return ktime_get_ns() + TIMEOUT_NS;
}

static void note(u64 *counter, bool wrong)
{
	if (wrong)
		__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static bool no_errors(const struct run *run)
{
	return !__atomic_load_n(&run->lost, __ATOMIC_SEQ_CST) &&
	       !__atomic_load_n(&run->wrong, __ATOMIC_SEQ_CST);
}

static void *run_thread(void *argument)
{
	struct thread *thread = argument;

	native_thread_begin();
	__atomic_sub_fetch(&thread->run->starting, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&thread->run->starting, __ATOMIC_SEQ_CST))
		sched_yield();
	thread->work(thread);
	native_thread_end();
	__atomic_sub_fetch(&thread->run->busy, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Runs threads, and meanwhile resizes their map. */
static void run_threads(struct run *run, struct thread *threads, u32 count,
			bool resize)
{
	u64 random = test_seed();
	u32 i;

	run->starting = count;
	run->busy = count;
	for (i = 0; i < count; i++) {
		threads[i].run = run;
		pthread_create(&threads[i].id, NULL, run_thread, &threads[i]);
	}
	while (resize && __atomic_load_n(&run->busy, __ATOMIC_SEQ_CST))
		bucketmap_resize(run->map, native_random(&random) % 300, 0);
	for (i = 0; i < count; i++)
		pthread_join(threads[i].id, NULL);
	assert_int_equal(run->lost, 0);
	assert_int_equal(run->wrong, 0);
}

static void run_begin(struct run *run)
{
	static const struct bucketmap_config config = {
		.key_size = 8, .value_size = 8,
	};

	native_seed_hash_keys(test_seed());
	*run = (struct run){
		.map = make_map(&config),
		.goal = MOVES_IN_ROUND * test_number("ROUNDS", ROUNDS),
	};
}

/*
 * Waiting for a key. Two threads take turns: each waits for the other's move and
 * makes the next one. After move n the value is n, or the key is absent.
 */

static bool is_absent(u64 move)
{
	return move % 4 == 0;
}

/**
 * struct move - an operation that makes a move
 * @op: the operation, on @key
 * @key: the key
 * @value: what it writes or adds
 * @last: what a comparison expects
 * @previous: what it gives
 * @result: what it must return
 */
struct move {
	struct bucketmap_op op;
	u64 key;
	u64 value;
	u64 last;
	u64 previous;
	int result;
};

/* Returns whether this operation makes the move. */
static bool try_move(struct move *move, u32 operation, u64 number)
{
	bool present = !is_absent(number - 1);
	u64 value = present ? move->last : 0;

	move->value = bmt_ops[operation].effect == BMT_ADDS ? number - value : number;
	move->op = bmt_op_make(operation, BUCKETMAP_WHOLE, &move->key, &move->value,
			       &move->last, &move->previous);
	move->result = bmt_op_apply_number(&move->op, &present, &value);
	return present ? !is_absent(number) && value == number : is_absent(number);
}

/* Each operation that can make the move has its turn, by function and by batch. */
static int make_move(struct bucketmap *map, u64 key, u64 number)
{
	struct move move = { .key = key, .last = number - 1 };
	u32 operation = number / 4 % BUCKETMAP_OPERATIONS;
	u32 finished;
	s32 result;
	int err = 0;

	while (!try_move(&move, operation, number))
		operation = (operation + 1) % BUCKETMAP_OPERATIONS;
	move.op.results = &result;
	if (number / 4 % 5)
		result = bmt_ops[operation].call(map, &move.op, GFP_KERNEL);
	else
		err = bucketmap_batch(map, &move.op, 1, &finished, GFP_KERNEL);
	return err || result != move.result;
}

/* Returns whether the key is in the state after move @move. */
static bool is_after_move(struct bucketmap *map, u64 key, u64 move)
{
	u64 value;
	int err = bucketmap_lookup(map, &key, BUCKETMAP_WHOLE, &value);

	return is_absent(move) ? err == -ENOENT : !err && value == move;
}

/* Makes every other move, and waits for those in between. */
static void take_turns(struct thread *thread)
{
	struct run *run = thread->run;
	u64 key = thread->number / 2;
	u64 move = thread->number % 2;
	int err;

	while (move < run->goal && no_errors(run)) {
		if (move)
			note(&run->wrong, make_move(run->map, key, move));
		err = bucketmap_wait(run->map, &key, BUCKETMAP_WHOLE,
				     is_absent(move) ? NULL : &move,
				     deadline_ns());
		note(&run->lost, err == -ETIME);
		note(&run->wrong, err && err != -ETIME);
		note(&run->wrong, !err && !is_after_move(run->map, key,
							 move + 1));
		move += 2;
	}
	/* The other thread waits for this move. */
	if (move == run->goal)
		note(&run->wrong, make_move(run->map, key, move));
}

static void wake_ups_are_not_lost(void **state)
{
	struct thread threads[] = {
		{ .number = 0, .work = take_turns },
		{ .number = 1, .work = take_turns },
		{ .number = 2, .work = take_turns },
		{ .number = 3, .work = take_turns },
	};
	struct run run;

	(void)state;
	run_begin(&run);
	run_threads(&run, threads, ARRAY_SIZE(threads), true);
	bucketmap_destroy(run.map);
}

/*
 * Polling for changes. Each writer counts up its own key, and continues only when
 * all pollers have seen the number. There are runs with one poller, as one of two
 * might wake the other by polling.
 */

static void read_numbers(struct thread *thread)
{
	struct run *run = thread->run;
	u64 key, value;

	for (key = 0; key < run->writers; key++)
		if (!bucketmap_lookup(run->map, &key, BUCKETMAP_WHOLE, &value))
			__atomic_store_n(&run->seen[thread->number][key],
					 value, __ATOMIC_SEQ_CST);
}

static bool has_seen_all(const struct run *run, u32 poller)
{
	u32 key;

	for (key = 0; key < run->writers; key++)
		if (run->seen[poller][key] != run->goal)
			return false;
	return true;
}

/* Like a poller with EPOLLEXCLUSIVE. */
static int sleep_until_changed(struct bucketmap *map, u64 version)
{
	u64 deadline = deadline_ns();
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

static void poll_changes(struct thread *thread)
{
	struct run *run = thread->run;
	bool polls = false;

	bm_changes_begin(run->map, &polls);
	while (no_errors(run)) {
		u64 version = bm_changes_arm(run->map);

		read_numbers(thread);
		if (has_seen_all(run, thread->number))
			break;
		note(&run->lost, sleep_until_changed(run->map, version));
	}
	bm_changes_end(run->map);
}

static bool all_have_seen(const struct run *run, u64 key, u64 value)
{
	u32 i;

	for (i = 0; i < run->pollers; i++)
		if (__atomic_load_n(&run->seen[i][key], __ATOMIC_SEQ_CST) !=
		    value)
			return false;
	return true;
}

static void count_up(struct thread *thread)
{
	struct run *run = thread->run;
	u64 key = thread->number;
	u64 value;

	for (value = 1; value <= run->goal; value++) {
		note(&run->wrong,
		     bucketmap_add(run->map, &key, 0, 1, NULL, GFP_KERNEL));
		while (!all_have_seen(run, key, value)) {
			if (!no_errors(run))
				return;
			sched_yield();
		}
	}
}

static void add_thread(struct thread *threads, u32 *count, u32 number,
		       void (*work)(struct thread *thread))
{
	threads[(*count)++] = (struct thread){ .number = number, .work = work };
}

static void poll_and_count(struct run *run, u32 pollers, u32 writers,
			   bool resize)
{
	struct thread threads[POLLERS + WRITERS];
	u32 threads_count = 0;
	u32 i;

	run->pollers = pollers;
	run->writers = writers;
	for (i = 0; i < writers; i++)
		add_thread(threads, &threads_count, i, count_up);
	for (i = 0; i < pollers; i++)
		add_thread(threads, &threads_count, i, poll_changes);
	run_threads(run, threads, threads_count, resize);
}

static void pollers_miss_no_change(void **state)
{
	struct run run;
	u32 pollers;

	(void)state;
	for (pollers = 1; pollers <= POLLERS; pollers++) {
		run_begin(&run);
		poll_and_count(&run, pollers, WRITERS, true);
		bucketmap_destroy(run.map);
	}
}

/*
 * One change, and one poller whose first poll is concurrent with it: there is no
 * other change to wake the poller.
 */
static void first_poll_misses_no_change(void **state)
{
	u64 rounds = 10 * test_number("ROUNDS", ROUNDS);

	(void)state;
	native_perturb_every(FIRST_PERTURBATION);
	while (rounds--) {
		struct run run;

		run_begin(&run);
		run.goal = 1;
		poll_and_count(&run, 1, 1, false);
		bucketmap_destroy(run.map);
	}
	native_perturb_every(PERTURBATION);
}

/* A removal by clear is a change too. */
static void clear_by_turns(struct thread *thread)
{
	struct run *run = thread->run;
	u64 key = 0;
	u64 rounds = test_number("ROUNDS", ROUNDS);

	while (rounds-- && no_errors(run)) {
		struct bucketmap_cursor cursor = { };

		if (thread->number) {
			note(&run->lost,
			     bucketmap_wait(run->map, &key, BUCKETMAP_WHOLE,
					    NULL, deadline_ns()));
			while (!cursor.end)
				bucketmap_clear(run->map, &cursor);
		} else {
			u64 one = 1;

			note(&run->wrong,
			     bucketmap_insert(run->map, &key, BUCKETMAP_WHOLE,
					      &one, GFP_KERNEL));
			note(&run->lost,
			     bucketmap_wait(run->map, &key, BUCKETMAP_WHOLE,
					    &one, deadline_ns()));
		}
	}
}

static void clear_wakes_waiters(void **state)
{
	struct thread threads[] = {
		{ .number = 0, .work = clear_by_turns },
		{ .number = 1, .work = clear_by_turns },
	};
	struct run run;

	(void)state;
	run_begin(&run);
	run_threads(&run, threads, ARRAY_SIZE(threads), true);
	bucketmap_destroy(run.map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wake_ups_are_not_lost),
		cmocka_unit_test(pollers_miss_no_change),
		cmocka_unit_test(first_poll_misses_no_change),
		cmocka_unit_test(clear_wakes_waiters),
	};

	native_perturb_every(PERTURBATION);
	return run_core_tests(tests);
}

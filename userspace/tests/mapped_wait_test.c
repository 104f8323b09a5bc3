// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting in a mapped map: what has ended a wait, or was reported as a change, is
 * what the next lookup by the mapping sees. The writer waits for the reader after
 * each step, so the reader knows what it must see; meanwhile a third process
 * resizes the map.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "support.h"

#define STEPS	300

/**
 * struct pair - a writer and a reader
 * @map: the map, which the reader has mapped
 * @steps: has the last step that the reader has seen
 */
struct pair {
	struct bucketmap *map;
	struct bucketmap *steps;
};

/* Of the only entry of each map. */
static const __u64 key;

/* In each third step the key is absent, else its value is the number of the step. */
static bool is_absent(__u64 step)
{
	return step % 3 == 0;
}

static void write_steps(void *context)
{
	struct pair *pair = context;

	for (__u64 step = 1; step <= STEPS; step++) {
		__u64 seen = step - 1;

		child_check(!(is_absent(step) ? bucketmap_delete(pair->map, &key) :
						bucketmap_store(pair->map, &key, &step, 0, 0)));
		child_check(!bucketmap_wait(pair->steps, &key, &seen, 0, 8,
					    bucketmap_deadline(PATIENCE)));
	}
}

static void resize_all_the_time(void *context)
{
	struct pair *pair = context;

	for (int i = 0;; i++)
		child_check(!bucketmap_resize(pair->map, i % 2 ? 0 : 5000, 0));
}

static void assert_sees_step(struct bucketmap *map, __u64 step)
{
	__u64 value = 0;
	int ret = bucketmap_lookup(map, &key, &value, 0, 0);

	assert_int_equal(ret, is_absent(step) ? -ENOENT : 0);
	if (!ret)
		assert_int_equal(value, step);
}

static void note_step(struct pair *pair, __u64 step)
{
	assert_ok(bucketmap_store(pair->steps, &key, &step, 0, 0));
}

/* Runs the writer beside a reader that looks at all steps. */
static void run_pair(void (*read)(struct pair *pair))
{
	struct pair pair = { mapped_map(8, 8, 0), unnamed_map(8, 8) };
	pid_t writer, resizer;
	int status;

	note_step(&pair, 0);
	/* The first call reports a change, whatever has happened. */
	assert_int_equal(bucketmap_changes(pair.map), 1);
	writer = start_child(write_steps, &pair);
	resizer = start_child(resize_all_the_time, &pair);
	read(&pair);
	wait_for_success(writer);
	assert_ok(kill(resizer, SIGKILL));
	assert_int_equal(waitpid(resizer, &status, 0), resizer);
	assert_true(WIFSIGNALED(status));
	bucketmap_close(pair.steps);
	bucketmap_close(pair.map);
}

static void wait_for_all_steps(struct pair *pair)
{
	for (__u64 step = 1; step <= STEPS; step++) {
		__u64 before = step - 1;

		assert_ok(bucketmap_wait(pair->map, &key, is_absent(before) ? NULL : &before, 0, 0,
					 bucketmap_deadline(PATIENCE)));
		assert_sees_step(pair->map, step);
		note_step(pair, step);
	}
}

static void mapped_lookup_sees_what_has_ended_a_wait(void **state)
{
	(void)state;
	run_pair(wait_for_all_steps);
}

static void poll_for_all_steps(struct pair *pair)
{
	struct pollfd pollfd = { .fd = bucketmap_fd(pair->map), .events = POLLIN };

	for (__u64 step = 1; step <= STEPS; step++) {
		assert_int_equal(poll(&pollfd, 1, PATIENCE / NSEC_PER_MSEC), 1);
		assert_int_equal(bucketmap_changes(pair->map), 1);
		assert_sees_step(pair->map, step);
		note_step(pair, step);
	}
}

static void mapped_lookup_sees_what_was_reported(void **state)
{
	(void)state;
	run_pair(poll_for_all_steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(mapped_lookup_sees_what_has_ended_a_wait),
		device_test(mapped_lookup_sees_what_was_reported),
	};

	return run_device_tests(tests);
}

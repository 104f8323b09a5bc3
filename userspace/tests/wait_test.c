// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for a change of one entry, and polling for any change.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

#include "calls.h"
#include "support.h"

/* A wait that takes so long has failed. */
#define TIMEOUT		(60 * NSEC_PER_SEC)
#define MOMENT		(30 * NSEC_PER_MSEC)

/* A change that a child makes some time after its parent has begun to wait. */
struct change {
	struct bucketmap *map;
	void (*make)(struct bucketmap *map);
};

static void make_change(void *context)
{
	struct change *change = context;

	sleep_for(MOMENT);
	change->make(change->map);
}

static void store_other(struct bucketmap *map)
{
	child_check(!bucketmap_store(map, "key1", "other...", 0, 0));
}

/* The map and the call that a child makes on it some time after its parent has begun to wait. */
struct late_call {
	struct bucketmap *map;
	struct call call;
};

static void make_late_call(void *context)
{
	struct late_call *late = context;

	sleep_for(MOMENT);
	child_check(call_make(&late->call, bucketmap_fd(late->map), "key1"));
}

/* Calls @work with each call of an operation, and a map that is as it must be before it. */
static void with_each_call(void (*work)(struct late_call *late))
{
	int calls = 0;

	for (int i = 0; i < CALLS; i++) {
		struct late_call late;

		if (!call_number(&late.call, i, MODEL_VALUE_SIZE) || late.call.shared)
			continue;
		late.map = unnamed_map(4, MODEL_VALUE_SIZE);
		if (late.call.before.present)
			assert_ok(bucketmap_store(late.map, "key1", late.call.before.value, 0, 0));
		print_message("# %s\n", late.call.text);
		work(&late);
		bucketmap_close(late.map);
		calls++;
	}
	assert_true(calls > OPERATIONS);
}

static struct bucketmap *map_with_entry(void)
{
	struct bucketmap *map = unnamed_map(4, 8);

	assert_ok(bucketmap_store(map, "key1", "the old.", 0, 0));
	return map;
}

static void check_wake(struct late_call *late)
{
	const void *seen = late->call.before.present ? late->call.before.value : NULL;
	pid_t child;

	if (!call_changes(&late->call))
		return;
	child = start_child(make_late_call, late);
	assert_ok(bucketmap_wait(late->map, "key1", seen, 0, 0, bucketmap_deadline(TIMEOUT)));
	wait_for_success(child);
}

static void wait_ends_when_an_operation_changes_the_entry(void **state)
{
	(void)state;
	with_each_call(check_wake);
}

static void clear(struct bucketmap *map)
{
	struct bucketmap_cursor cursor = { 0 };

	child_check(!bucketmap_clear(map, &cursor, 0));
}

static void wait_ends_when_the_map_is_cleared(void **state)
{
	struct change change = { map_with_entry(), clear };
	pid_t child = start_child(make_change, &change);

	(void)state;
	assert_ok(bucketmap_wait(change.map, "key1", "the old.", 0, 0,
				 bucketmap_deadline(TIMEOUT)));
	wait_for_success(child);
	bucketmap_close(change.map);
}

static void wait_returns_at_once_after_a_change(void **state)
{
	struct bucketmap *map = map_with_entry();

	(void)state;
	assert_ok(bucketmap_wait(map, "key1", "another.", 0, 0, 0));
	assert_ok(bucketmap_wait(map, "key1", NULL, 0, 0, 0));
	assert_ok(bucketmap_wait(map, "key2", "the old.", 0, 0, 0));
	assert_ok(bucketmap_wait(map, "key1", "O", 4, 1, 0));
	/* Even with an expired deadline. */
	assert_ok(bucketmap_wait(map, "key1", "another.", 0, 0, 1));
	bucketmap_close(map);
}

static void wait_ends_at_its_deadline(void **state)
{
	struct bucketmap *map = map_with_entry();
	__u64 deadline = bucketmap_deadline(MOMENT);

	(void)state;
	assert_error(bucketmap_wait(map, "key1", "the old.", 0, 0, deadline), ETIME);
	assert_true(time_now() >= deadline);
	assert_error(bucketmap_wait(map, "key1", "the old.", 0, 0, 1), ETIME);
	assert_error(bucketmap_wait(map, "key2", NULL, 0, 0, 1), ETIME);
	bucketmap_close(map);
}

static void change_outside_the_window(struct bucketmap *map)
{
	child_check(!bucketmap_store(map, "key1", "THE", 0, 3));
	child_check(!bucketmap_store(map, "key2", "another.", 0, 0));
	sleep_for(MOMENT);
	child_check(!bucketmap_store(map, "key1", "OLD", 4, 3));
}

static void wait_ignores_changes_outside_its_window(void **state)
{
	struct change change = { map_with_entry(), change_outside_the_window };
	pid_t child = start_child(make_change, &change);
	char value[8];

	(void)state;
	assert_ok(bucketmap_wait(change.map, "key1", "old", 4, 3, bucketmap_deadline(TIMEOUT)));
	assert_ok(bucketmap_lookup(change.map, "key1", value, 0, 0));
	assert_memory_equal(value, "THE OLD.", 8);
	wait_for_success(child);
	bucketmap_close(change.map);
}

static void wait_works_on_a_set(void **state)
{
	struct bucketmap *set = unnamed_map(4, 0);

	(void)state;
	assert_error(bucketmap_wait(set, "key1", NULL, 0, 0, 1), ETIME);
	assert_ok(bucketmap_insert(set, "key1", NULL, 0, 0));
	assert_ok(bucketmap_wait(set, "key1", NULL, 0, 0, 0));
	assert_error(bucketmap_wait(set, "key1", "", 0, 0, 1), ETIME);
	assert_ok(bucketmap_delete(set, "key1"));
	assert_ok(bucketmap_wait(set, "key1", "", 0, 0, 0));
	bucketmap_close(set);
}

static void wait_without_deadline(void *map)
{
	child_check(!bucketmap_wait(map, "key1", "the old.", 0, 0, 0));
}

static void waiter_can_be_killed(void **state)
{
	struct bucketmap *map = map_with_entry();
	pid_t child = start_child(wait_without_deadline, map);

	(void)state;
	sleep_for(MOMENT);
	stop_child(child);
	assert_ok(bucketmap_store(map, "key1", "another.", 0, 0));
	bucketmap_close(map);
}

static void all_waiters_of_a_key_are_woken(void **state)
{
	struct bucketmap *map = map_with_entry();
	pid_t children[20];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = start_child(wait_without_deadline, map);
	sleep_for(MOMENT);
	assert_ok(bucketmap_delete(map, "key1"));
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		wait_for_success(children[i]);
	bucketmap_close(map);
}

/* The limit that the header documents. */
#define WAITERS_OF_A_KEY	1024

/* An unprivileged process with a read-only descriptor, and whether it has reached the limit. */
struct reader {
	struct bucketmap *map;
	int reached;
};

/* Retries on -EUSERS: the thread that probes the limit may be a waiter itself for a moment. */
static void *wait_for_key(void *map)
{
	int ret;

	while ((ret = bucketmap_wait(map, "key1", NULL, 0, 0, bucketmap_deadline(TIMEOUT))) ==
	       -EUSERS)
		sleep_for(NSEC_PER_MSEC);
	child_check(!ret);
	return NULL;
}

static void reach_the_limit_of_waiters(void *context)
{
	struct reader *reader = context;
	__u64 until = bucketmap_deadline(TIMEOUT / 2);
	pthread_t threads[WAITERS_OF_A_KEY];
	pthread_attr_t attributes;
	int ret;

	child_check(!setresgid(3000, 3000, 3000));
	child_check(!setresuid(3000, 3000, 3000));
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 * 1024);
	for (size_t i = 0; i < WAITERS_OF_A_KEY; i++)
		child_check(!pthread_create(&threads[i], &attributes, wait_for_key, reader->map));
	do {
		ret = bucketmap_wait(reader->map, "key1", NULL, 0, 0, bucketmap_deadline(MOMENT));
		child_check(ret == -ETIME || ret == -EUSERS);
		child_check(time_now() < until);
	} while (ret != -EUSERS);
	/* Calls that do not sleep still succeed, and so do waits for another key. */
	child_check(bucketmap_wait(reader->map, "key1", NULL, 0, 0, 1) == -ETIME);
	child_check(!bucketmap_wait(reader->map, "key1", "the old.", 0, 0, 0));
	child_check(bucketmap_wait(reader->map, "key2", NULL, 0, 0,
				   bucketmap_deadline(MOMENT)) == -ETIME);
	__atomic_store_n(&reader->reached, 1, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < WAITERS_OF_A_KEY; i++)
		child_check(!pthread_join(threads[i], NULL));
	/* The waiters are gone, so a wait is possible again. */
	child_check(bucketmap_wait(reader->map, "key2", NULL, 0, 0,
				   bucketmap_deadline(MOMENT)) == -ETIME);
}

static void unprivileged_waiters_of_a_key_are_limited(void **state)
{
	struct bucketmap *map = named_map("crowd", 4, 8);
	struct reader *reader = shared_memory(sizeof(*reader));
	__u64 until = bucketmap_deadline(TIMEOUT);
	pid_t child;

	(void)state;
	assert_ok(bucketmap_open(&reader->map, test_name("crowd"), BUCKETMAP_OPEN_RDONLY));
	child = start_child(reach_the_limit_of_waiters, reader);
	while (!__atomic_load_n(&reader->reached, __ATOMIC_SEQ_CST) && time_now() < until) {
		sleep_for(MOMENT);
		if (waitpid(child, NULL, WNOHANG))
			fail_msg("the reader exited before it reached the limit");
	}
	assert_ok(bucketmap_store(map, "key1", "the new.", 0, 0));
	wait_for_success(child);
	bucketmap_close(reader->map);
	bucketmap_close(map);
}

static int poll_now(struct bucketmap *map)
{
	struct pollfd pollfd = { .fd = bucketmap_fd(map), .events = POLLIN };
	int ret = poll(&pollfd, 1, 0);

	assert_true(ret >= 0);
	assert_int_equal(pollfd.revents, ret ? POLLIN : 0);
	return ret;
}

static void changes_are_reported_once(void **state)
{
	struct bucketmap *map = unnamed_map(4, 8);

	(void)state;
	/* The first call has no earlier state to compare with, so it reports a change. */
	assert_int_equal(poll_now(map), 1);
	assert_int_equal(bucketmap_changes(map), 1);
	assert_int_equal(poll_now(map), 0);
	assert_int_equal(bucketmap_changes(map), 0);
	assert_ok(bucketmap_insert(map, "key1", "the new.", 0, 0));
	assert_int_equal(poll_now(map), 1);
	assert_int_equal(poll_now(map), 1);
	assert_int_equal(bucketmap_changes(map), 1);
	assert_int_equal(bucketmap_changes(map), 0);
	assert_int_equal(poll_now(map), 0);
	bucketmap_close(map);
}

static void check_report(struct late_call *late)
{
	assert_int_equal(bucketmap_changes(late->map), 1);
	assert_int_equal(poll_now(late->map), 0);
	assert_true(call_make(&late->call, bucketmap_fd(late->map), "key1"));
	assert_int_equal(poll_now(late->map), call_changes(&late->call));
	assert_int_equal(bucketmap_changes(late->map), call_changes(&late->call));
}

static void exactly_the_calls_that_change_the_entry_are_reported(void **state)
{
	(void)state;
	with_each_call(check_report);
}

static void clear_is_reported(void **state)
{
	struct bucketmap *map = map_with_entry();

	(void)state;
	assert_int_equal(bucketmap_changes(map), 1);
	clear(map);
	assert_int_equal(poll_now(map), 1);
	assert_int_equal(bucketmap_changes(map), 1);
	bucketmap_close(map);
}

static void each_descriptor_tracks_changes_separately(void **state)
{
	struct bucketmap *map = named_map("changes", 4, 8), *other;

	(void)state;
	assert_ok(bucketmap_open(&other, test_name("changes"), BUCKETMAP_OPEN_RDONLY));
	assert_int_equal(bucketmap_changes(map), 1);
	assert_int_equal(bucketmap_changes(other), 1);
	assert_ok(bucketmap_store(map, "key1", "the new.", 0, 0));
	assert_int_equal(bucketmap_changes(map), 1);
	assert_int_equal(bucketmap_changes(map), 0);
	assert_int_equal(poll_now(other), 1);
	assert_int_equal(bucketmap_changes(other), 1);
	bucketmap_close(other);
	bucketmap_close(map);
}

static void epoll_wakes_on_a_change(void **state)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct change change = { map_with_entry(), store_other };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	pid_t child;

	(void)state;
	assert_true(epoll >= 0);
	assert_ok(epoll_ctl(epoll, EPOLL_CTL_ADD, bucketmap_fd(change.map), &event));
	assert_int_equal(bucketmap_changes(change.map), 1);
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 0);
	child = start_child(make_change, &change);
	assert_int_equal(epoll_wait(epoll, &event, 1, TIMEOUT / NSEC_PER_MSEC), 1);
	assert_int_equal(event.events, EPOLLIN);
	wait_for_success(child);
	close(epoll);
	bucketmap_close(change.map);
}

static void read_only_descriptors_can_wait_and_poll(void **state)
{
	struct bucketmap *map = named_map("readers", 4, 8), *reader;
	struct change change = { map, store_other };
	struct pollfd pollfd = { .events = POLLIN };
	pid_t child;

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "the old.", 0, 0));
	assert_ok(bucketmap_open(&reader, test_name("readers"), BUCKETMAP_OPEN_RDONLY));
	assert_int_equal(bucketmap_changes(reader), 1);
	child = start_child(make_change, &change);
	assert_ok(bucketmap_wait(reader, "key1", "the old.", 0, 0, bucketmap_deadline(TIMEOUT)));
	pollfd.fd = bucketmap_fd(reader);
	assert_int_equal(poll(&pollfd, 1, TIMEOUT / NSEC_PER_MSEC), 1);
	wait_for_success(child);
	bucketmap_close(reader);
	bucketmap_close(map);
}

static void waiter_is_woken_through_another_descriptor_of_an_unlinked_map(void **state)
{
	struct bucketmap *map = named_map("gone", 4, 8), *other;
	struct change change;
	pid_t child;

	(void)state;
	assert_ok(bucketmap_store(map, "key1", "the old.", 0, 0));
	assert_ok(bucketmap_open(&other, test_name("gone"), 0));
	assert_ok(bucketmap_unlink(test_name("gone")));
	change = (struct change) { other, store_other };
	child = start_child(make_change, &change);
	bucketmap_close(other);
	assert_ok(bucketmap_wait(map, "key1", "the old.", 0, 0, bucketmap_deadline(TIMEOUT)));
	wait_for_success(child);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(wait_ends_when_an_operation_changes_the_entry),
		device_test(wait_ends_when_the_map_is_cleared),
		device_test(wait_returns_at_once_after_a_change),
		device_test(wait_ends_at_its_deadline),
		device_test(wait_ignores_changes_outside_its_window),
		device_test(wait_works_on_a_set),
		device_test(waiter_can_be_killed),
		device_test(all_waiters_of_a_key_are_woken),
		device_test(unprivileged_waiters_of_a_key_are_limited),
		device_test(changes_are_reported_once),
		device_test(exactly_the_calls_that_change_the_entry_are_reported),
		device_test(clear_is_reported),
		device_test(each_descriptor_tracks_changes_separately),
		device_test(epoll_wakes_on_a_change),
		device_test(read_only_descriptors_can_wait_and_poll),
		device_test(waiter_is_woken_through_another_descriptor_of_an_unlinked_map),
	};

	return run_device_tests(tests);
}

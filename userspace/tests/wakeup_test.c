// SPDX-License-Identifier: GPL-2.0
/*
 * Search for lost wake-ups: two processes take turns to change an entry and to wait
 * for the change of the other, many thousand times, while other processes resize and
 * fill the map. A lost wake-up makes a wait run into its deadline, which fails the test.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>

#include "support.h"

static const __u64 turn_key = ~0ULL;

struct relay {
	struct bucketmap *map;
	__u64 rounds;
};

static struct relay new_relay(void)
{
	struct relay relay = {
		.map = named_map("relay", 8, 8),
		.rounds = environment_number("WAKEUP_ROUNDS", 3000),
	};

	print_message("# %llu rounds\n", relay.rounds);
	return relay;
}

static void resize_forever(void *context)
{
	struct relay *relay = context;

	for (;;) {
		child_check(!bucketmap_resize(relay->map, 3000, 0));
		child_check(!bucketmap_resize(relay->map, 0, 0));
	}
}

/* Inserts and deletes enough entries to make the map grow and shrink. */
static void churn_forever(void *context)
{
	struct relay *relay = context;

	for (;;) {
		for (__u64 key = 0; key < 1000; key++)
			child_check(!bucketmap_store(relay->map, &key, &key, 0, 0));
		for (__u64 key = 0; key < 1000; key++) {
			int ret = bucketmap_delete(relay->map, &key);

			child_check(!ret || ret == -ENOENT);
		}
	}
}

static void fill_forever(void *context)
{
	struct relay *relay = context;

	for (__u64 key = 0;; key = (key + 1) % 1000)
		child_check(!bucketmap_store(relay->map, &key, &key, 0, 0));
}

static void run_relay(struct relay *relay, void (*first)(void *relay), void (*second)(void *relay),
		      void (*const background[])(void *relay), size_t count)
{
	const struct sched_param idle = { 0 };
	pid_t peers[2], others[3];

	for (size_t i = 0; i < count; i++) {
		others[i] = start_child(background[i], relay);
		/* They only get the CPU time that the peers leave, or the test would take long. */
		assert_ok(sched_setscheduler(others[i], SCHED_IDLE, &idle));
	}
	peers[0] = start_child(first, relay);
	peers[1] = start_child(second, relay);
	wait_for_success(peers[0]);
	wait_for_success(peers[1]);
	for (size_t i = 0; i < count; i++)
		stop_child(others[i]);
	bucketmap_close(relay->map);
}

/* Each turn increments the number: one peer makes it odd, the other one even. */
static void take_turns(struct relay *relay, __u64 mine)
{
	for (__u64 number = mine; number < 2 * relay->rounds; number += 2) {
		const __u64 next = number + 1;
		__u64 seen;

		child_check(!bucketmap_lookup(relay->map, &turn_key, &seen, 0, 0));
		if (seen != number) {
			child_check(!bucketmap_wait(relay->map, &turn_key, &seen, 0, 0,
						    bucketmap_deadline(PATIENCE)));
			child_check(!bucketmap_lookup(relay->map, &turn_key, &seen, 0, 0));
		}
		child_check(seen == number);
		child_check(!bucketmap_store(relay->map, &turn_key, &next, 0, 0));
	}
}

static void take_even_turns(void *relay)
{
	take_turns(relay, 0);
}

static void take_odd_turns(void *relay)
{
	take_turns(relay, 1);
}

static void wait_misses_no_change_of_a_value(void **state)
{
	static void (*const background[])(void *relay) = { resize_forever, churn_forever };
	struct relay relay = new_relay();
	const __u64 first = 0;

	(void)state;
	assert_ok(bucketmap_store(relay.map, &turn_key, &first, 0, 0));
	run_relay(&relay, take_even_turns, take_odd_turns, background, ARRAY_SIZE(background));
}

static void insert_repeatedly(void *context)
{
	struct relay *relay = context;
	const __u64 value = 1;

	for (__u64 i = 0; i < relay->rounds; i++) {
		child_check(!bucketmap_insert(relay->map, &turn_key, &value, 0, 0));
		child_check(!bucketmap_wait(relay->map, &turn_key, &value, 0, 0,
					    bucketmap_deadline(PATIENCE)));
	}
}

/* One removal in eight is a clear. */
static void delete_repeatedly(void *context)
{
	struct relay *relay = context;

	for (__u64 i = 0; i < relay->rounds; i++) {
		struct bucketmap_cursor cursor = { 0 };

		child_check(!bucketmap_wait(relay->map, &turn_key, NULL, 0, 0,
					    bucketmap_deadline(PATIENCE)));
		if (i % 8)
			child_check(!bucketmap_delete(relay->map, &turn_key));
		else
			child_check(!bucketmap_clear(relay->map, &cursor, 0));
	}
}

static void wait_misses_no_insert_or_delete(void **state)
{
	static void (*const background[])(void *relay) = { resize_forever, fill_forever };
	struct relay relay = new_relay();

	(void)state;
	run_relay(&relay, insert_repeatedly, delete_repeatedly, background, ARRAY_SIZE(background));
}

/*
 * Each peer has its own number and its own descriptor. No other process may write:
 * its changes would wake a peer that has missed the change of the other peer.
 */
static void poll_and_store(struct relay *relay, __u64 own_key, __u64 stores_first)
{
	const __u64 other_key = !own_key;
	struct bucketmap *map;
	struct pollfd pollfd = { .events = POLLIN };
	__u64 seen;

	child_check(!bucketmap_open(&map, test_name("relay"), 0));
	pollfd.fd = bucketmap_fd(map);
	for (__u64 i = 1; i <= relay->rounds; i++) {
		if (stores_first)
			child_check(!bucketmap_store(map, &own_key, &i, 0, 0));
		for (;;) {
			child_check(bucketmap_changes(map) >= 0);
			child_check(!bucketmap_lookup(map, &other_key, &seen, 0, 0));
			if (seen == i)
				break;
			child_check(poll(&pollfd, 1, PATIENCE / NSEC_PER_MSEC) == 1);
		}
		if (!stores_first)
			child_check(!bucketmap_store(map, &own_key, &i, 0, 0));
	}
	bucketmap_close(map);
}

static void store_first(void *relay)
{
	poll_and_store(relay, 0, 1);
}

static void poll_first(void *relay)
{
	poll_and_store(relay, 1, 0);
}

static void poll_misses_no_change_after_CHANGES(void **state)
{
	static void (*const background[])(void *relay) = { resize_forever };
	struct relay relay = new_relay();
	const __u64 zero = 0;

	(void)state;
	for (__u64 key = 0; key < 100; key++)
		assert_ok(bucketmap_store(relay.map, &key, &zero, 0, 0));
	run_relay(&relay, store_first, poll_first, background, ARRAY_SIZE(background));
}

#define CHANGES		5
#define POLLERS	2

/* Long enough, in most cases, for a poller to fall asleep. */
#define MOMENT		(30 * NSEC_PER_MSEC)

/* A poller with its own descriptor: the last value it has seen, and its epoll events. */
struct poller {
	__u64 *seen;
	__u32 events;
};

static void poll_until_last_change(void *context)
{
	struct poller *poller = context;
	struct epoll_event event = { .events = poller->events };
	struct bucketmap *map;
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	child_check(!bucketmap_open(&map, test_name("relay"), BUCKETMAP_OPEN_RDONLY));
	child_check(!epoll_ctl(epoll, EPOLL_CTL_ADD, bucketmap_fd(map), &event));
	for (;;) {
		child_check(bucketmap_changes(map) >= 0);
		child_check(!bucketmap_lookup(map, &turn_key, poller->seen, 0, 0));
		if (*poller->seen == CHANGES)
			break;
		child_check(epoll_wait(epoll, &event, 1, PATIENCE / NSEC_PER_MSEC) == 1);
	}
	bucketmap_close(map);
	close(epoll);
}

static void wait_until_seen(const __u64 *seen, __u64 value)
{
	__u64 until = bucketmap_deadline(PATIENCE);

	while (__atomic_load_n(seen, __ATOMIC_SEQ_CST) != value) {
		assert_true(time_now() < until);
		sleep_for(NSEC_PER_MSEC);
	}
}

/* Each poller has its own descriptor, so a change wakes all of them, even with EPOLLEXCLUSIVE. */
static void each_change_wakes_all_pollers(void **state)
{
	static const __u32 kinds[] = { EPOLLIN, EPOLLIN | EPOLLEXCLUSIVE };
	__u64 *seen = shared_memory(POLLERS * sizeof(*seen));

	(void)state;
	for (size_t kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		struct bucketmap *map = named_map("relay", 8, 8);
		struct poller pollers[POLLERS];
		pid_t children[POLLERS];
		__u64 value = 0;

		assert_ok(bucketmap_store(map, &turn_key, &value, 0, 0));
		for (int i = 0; i < POLLERS; i++) {
			seen[i] = ~0ULL;
			pollers[i] = (struct poller){ &seen[i], kinds[kind] };
			children[i] = start_child(poll_until_last_change, &pollers[i]);
		}
		while (value < CHANGES) {
			for (int i = 0; i < POLLERS; i++)
				wait_until_seen(&seen[i], value);
			sleep_for(MOMENT);
			value++;
			assert_ok(bucketmap_store(map, &turn_key, &value, 0, 0));
		}
		for (int i = 0; i < POLLERS; i++)
			wait_for_success(children[i]);
		bucketmap_close(map);
		assert_ok(bucketmap_unlink(test_name("relay")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(wait_misses_no_change_of_a_value),
		device_test(wait_misses_no_insert_or_delete),
		device_test(poll_misses_no_change_after_CHANGES),
		device_test(each_change_wakes_all_pollers),
	};

	return run_device_tests(tests);
}

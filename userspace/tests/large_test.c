// SPDX-License-Identifier: GPL-2.0
/*
 * Creating a large table takes long. A process that is killed meanwhile exits, and
 * its memory is freed, in less than a third of the time that the whole call takes.
 *
 * Nothing else may use the module at the same time.
 */
#include <signal.h>
#include <sys/wait.h>

#include "support.h"

/* A table of 1 << 15 buckets, 270 MB in eight segments. */
#define VALUE_SIZE	1024
#define LARGE_CAPACITY	(13ULL * (1 << 15) / 2)
#define STARTED		(100ULL << 20)

#define ROUNDS		5

static __u64 bytes_allocated(void)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	assert_ok(bucketmap_limits(&limits));
	return limits.bytes;
}

static struct bucketmap *create_map(__u64 capacity)
{
	const struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = 8,
		.value_size = VALUE_SIZE,
		.capacity = capacity,
	};
	struct bucketmap *map;

	child_check(!bucketmap_create(&map, &config));
	return map;
}

static void create_large(void *context)
{
	(void)context;
	bucketmap_close(create_map(LARGE_CAPACITY));
}

static void resize_to_large(void *context)
{
	struct bucketmap *map = create_map(0);

	(void)context;
	child_check(!bucketmap_resize(map, LARGE_CAPACITY, 0));
	bucketmap_close(map);
}

/* The time that a process takes that creates a large table and is not killed. */
static __u64 time_to_complete(void (*work)(void *context))
{
	__u64 begin = time_now();

	wait_for_success(start_child(work, NULL));
	return time_now() - begin;
}

/*
 * The time from the kill, early in the call, until the process has exited and its
 * memory is freed. The call may complete before the kill.
 */
static __u64 time_to_exit(void (*work)(void *context))
{
	__u64 before = bytes_allocated(), begin;
	pid_t child = start_child(work, NULL);
	int status;

	while (bytes_allocated() < before + STARTED && !waitpid(child, &status, WNOHANG))
		sleep_for(NSEC_PER_MSEC / 2);
	begin = time_now();
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	while (bytes_allocated() > before)
		sleep_for(NSEC_PER_MSEC / 2);
	return time_now() - begin;
}

/* One success in several rounds is enough, as the machine may be busy. */
static void assert_killable(void (*work)(void *context))
{
	for (int round = 0; round < ROUNDS; round++) {
		__u64 whole = time_to_complete(work), left = time_to_exit(work);

		print_message("# killed after %llu us of %llu\n", left / 1000, whole / 1000);
		if (left < whole / 3)
			return;
	}
	fail_msg("exit takes as long as the whole call");
}

static void create_of_a_large_table_is_killable(void **state)
{
	(void)state;
	assert_killable(create_large);
}

static void resize_to_a_large_table_is_killable(void **state)
{
	(void)state;
	assert_killable(resize_to_large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(create_of_a_large_table_is_killable),
		device_test(resize_to_a_large_table_is_killable),
	};

	return run_device_tests(tests);
}

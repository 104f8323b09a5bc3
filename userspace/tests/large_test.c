// SPDX-License-Identifier: GPL-2.0
/*
 * Making a large table takes long, and is no reason to live on: a process that is
 * killed in the midst of it is gone in a third of that time at most.
 *
 * Nobody else may use the module meanwhile.
 */
#include <signal.h>
#include <sys/wait.h>

#include "support.h"

/* A table of 1 << 15 buckets, 270 MB in eight segments. */
#define VALUE_SIZE	1024
#define LARGE		(13ULL * (1 << 15) / 2)
#define BEGUN		(100ULL << 20)

#define ROUNDS		5

static __u64 bytes_taken(void)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	assert_ok(bucketmap_limits(&limits));
	return limits.bytes;
}

static struct bucketmap *map_for(__u64 capacity)
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
	bucketmap_close(map_for(LARGE));
}

static void resize_to_large(void *context)
{
	struct bucketmap *map = map_for(0);

	(void)context;
	child_check(!bucketmap_resize(map, LARGE, 0));
	bucketmap_close(map);
}

/* The whole life of a process that makes a large table. */
static __u64 time_to_the_end(void (*work)(void *context))
{
	__u64 begin = time_now();

	wait_for_success(start_child(work, NULL));
	return time_now() - begin;
}

/*
 * What is left of it when it is killed as soon as it has begun, and what it took is
 * given back. It may be done before that.
 */
static __u64 time_to_die(void (*work)(void *context))
{
	__u64 before = bytes_taken(), begin;
	pid_t child = start_child(work, NULL);
	int status;

	while (bytes_taken() < before + BEGUN && !waitpid(child, &status, WNOHANG))
		sleep_for(NSEC_PER_MSEC / 2);
	begin = time_now();
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	while (bytes_taken() > before)
		sleep_for(NSEC_PER_MSEC / 2);
	return time_now() - begin;
}

/* Once of several times is enough, as others may use the machine too. */
static void assert_can_be_killed(void (*work)(void *context))
{
	for (int round = 0; round < ROUNDS; round++) {
		__u64 whole = time_to_the_end(work), left = time_to_die(work);

		print_message("# killed after %llu us of %llu\n", left / 1000, whole / 1000);
		if (left < whole / 3)
			return;
	}
	fail_msg("dying takes as long as living on");
}

static void a_map_that_is_being_made_dies_with_its_maker(void **state)
{
	(void)state;
	assert_can_be_killed(create_large);
}

static void a_map_that_is_being_resized_dies_with_its_user(void **state)
{
	(void)state;
	assert_can_be_killed(resize_to_large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(a_map_that_is_being_made_dies_with_its_maker),
		device_test(a_map_that_is_being_resized_dies_with_its_user),
	};

	return run_device_tests(tests);
}

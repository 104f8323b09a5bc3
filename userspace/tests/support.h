/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Code shared by the tests.
 *
 * Conventions:
 *  - The group setup checks that the device exists; without it the group
 *    fails. The teardown of each test and of the group unlinks the maps that
 *    the test named.
 *  - A test program names its maps by test_name().
 *  - Children of a test must not use cmocka's assertions: a failed one would
 *    run the remaining tests in the child. They use child_check().
 */
#ifndef _BUCKETMAP_TESTS_SUPPORT_H
#define _BUCKETMAP_TESTS_SUPPORT_H

#include <errno.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/bucketmap.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define assert_ok(call)			assert_int_equal(call, 0)
#define assert_error(call, error)	assert_int_equal((int)(call), -(error))

#define child_check(condition)						\
	do {								\
		if (!(condition)) {					\
			fprintf(stderr, "# %s:%d: failed in a child: %s\n",	\
				__FILE__, __LINE__, #condition);	\
			_exit(1);					\
		}							\
	} while (0)

/* A test and a group of tests with the setup and teardown described above. */
#define device_test(function)	cmocka_unit_test_teardown(function, unlink_test_maps)
#define run_device_tests(tests) \
	cmocka_run_group_tests(tests, require_device, unlink_test_maps)

int require_device(void **state);
int unlink_test_maps(void **state);

/* Maps. The caller closes them. */
int is_test_map(const char *name);
const char *test_name(const char *suffix);
struct bucketmap *unnamed_map(__u32 key_size, __u32 value_size);
struct bucketmap *limited_map(__u32 key_size, __u32 value_size, __u64 max_entries);
/* Mappable, and looked up and scanned by a mapping. @flags are more flags of its creation. */
struct bucketmap *mapped_map(__u32 key_size, __u32 value_size, __u32 flags);
struct bucketmap *named_map(const char *suffix, __u32 key_size, __u32 value_size);
__u64 entry_count(struct bucketmap *map);

/* Processes. */
pid_t start_child(void (*work)(void *context), void *context);
void wait_for_success(pid_t child);
void stop_child(pid_t child);
void *shared_memory(size_t size);

/* Time: CLOCK_MONOTONIC in nanoseconds. */
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_SEC	1000000000ULL
__u64 time_now(void);
void sleep_for(__u64 nanoseconds);

/* Counts what is in a directory. */
int names_in(const char *directory);

/* A timeout that only a bug exceeds, even on the slowest machine. */
#define PATIENCE	(60 * NSEC_PER_SEC)

/*
 * Repeats a call until it does not return -ENOMEM, and returns its result. For use
 * after memory has become available again: a map that failed to allocate memory does
 * not try again for a while, which grows with the time that the failure took.
 */
#define once_granted(call)						\
	({								\
		const __u64 granted_until = bucketmap_deadline(PATIENCE);	\
		int granted_ret;					\
									\
		while ((granted_ret = (call)) == -ENOMEM &&		\
		       time_now() < granted_until)			\
			sleep_for(NSEC_PER_MSEC);			\
		granted_ret;						\
	})

/*
 * Send this process a signal every @microseconds, which interrupts calls or lets
 * the kernel restart them (SA_RESTART). 0 stops the signals.
 */
void interrupt_every(unsigned int microseconds);
void restart_every(unsigned int microseconds);

/* The number of these signals that were handled. */
extern atomic_int signals_handled;

/* A number from the environment, or @standard if it is not set. */
__u64 environment_number(const char *name, __u64 standard);

/* Random numbers, the same in every run with the same SEED in the environment. */
void seed_random(void);
__u64 random_number(void);
__u64 random_below(__u64 limit);

/* All entries of a map, in scan order. */
struct snapshot {
	__u32 key_size;
	__u32 value_size;
	size_t count;
	unsigned char *keys;
	unsigned char *values;
};

void take_snapshot(struct snapshot *snapshot, struct bucketmap *map);
void free_snapshot(struct snapshot *snapshot);
void assert_map_unchanged(const struct snapshot *before, struct bucketmap *map);

#endif /* _BUCKETMAP_TESTS_SUPPORT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory cgroups for tests of what is charged to them. Each test has two: the
 * test itself is in "inserter", and its children may enter "creator". Both are
 * removed after the test, with the processes in them.
 */
#ifndef _BUCKETMAP_TESTS_GROUPS_H
#define _BUCKETMAP_TESTS_GROUPS_H

#include "support.h"

#define MIB		(1024 * 1024ULL)

/* What each CPU may have charged in advance, and what processes use themselves. */
#define TOLERANCE	(3 * MIB / 2)

/* A test with its memcgs, and a group of such tests. */
#define memcg_test(function) \
	cmocka_unit_test_setup_teardown(function, make_groups, remove_groups)
#define run_memcg_tests(tests) \
	cmocka_run_group_tests(tests, mount_groups, unmount_groups)

int mount_groups(void **state);
int unmount_groups(void **state);
int make_groups(void **state);
int remove_groups(void **state);

/* To be called first in a test: some kernels have no memcgs. */
void skip_without_groups(void);

/* Moves this process. Returns 0, or -1 with errno set. */
int enter_group(const char *group);

void limit_group(const char *group, __u64 limit);

/* A number that stands alone in a file of a memcg, or after @name, which ends in a space. */
__u64 group_number(const char *group, const char *file, const char *name);

__u64 charged_to(const char *group);

/* Tables are freed some time after their last use. */
void assert_charge_falls_to(const char *group, __u64 charged);

#endif /* _BUCKETMAP_TESTS_GROUPS_H */

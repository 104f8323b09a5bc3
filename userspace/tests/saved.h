/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of save and restore share: a directory of each test, and maps to save.
 */
#ifndef _BUCKETMAP_TESTS_SAVED_H
#define _BUCKETMAP_TESTS_SAVED_H

#include "tool.h"

/* A user that is not root. */
#define USER	3000

/* The directory of the current test. */
extern char directory[32];

int prepare_saves(void **state);
int make_save_directory(void **state);
int remove_saves(void **state);

/* A test with a directory, after which its maps are gone. */
#define save_test(function) \
	cmocka_unit_test_setup_teardown(function, make_save_directory, remove_saves)

#define run_save_tests(tests) cmocka_run_group_tests(tests, prepare_saves, unlink_test_maps)

/* Removes a directory and all that is in it. */
int remove_directory(const char *path);

/* Creates a map with a name of this test program. */
struct bucketmap *create_map(struct bucketmap_create config, const char *suffix);
void fill_map(struct bucketmap *map, __u32 entries);

/* One with three entries. */
struct bucketmap *small_map(const char *suffix);

/* Removes its name, and closes it. */
void remove_map(struct bucketmap *map);

/* The number of maps of this test program. */
__u64 count_test_maps(void);

/* Path of a file in the directory. */
const char *path_of(const char *file);

/* Path of the dump of a map whose name needs no escapes. */
const char *dump_of(const char *suffix);

/* Removes the dumps of maps of other test programs: without its file a map is left out. */
void forget_other_maps(void);

/* Saves all maps, and forgets those of other test programs. */
void save_test_maps(void);

/* The name of the state that the link names. */
void read_current(char name[16]);

#endif /* _BUCKETMAP_TESTS_SAVED_H */

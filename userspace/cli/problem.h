/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's errors mean, in people's words: whether it was the device,
 * the map or a limit, and which.
 */
#ifndef _BUCKETMAP_CLI_PROBLEM_H
#define _BUCKETMAP_CLI_PROBLEM_H

#include <stdbool.h>

/* Whether a map can have that name. */
bool is_name(const char *name);

/*
 * End the program: the device could not be used, or would not make, open or
 * remove the map; or a command on the map failed.
 */
__attribute__((noreturn)) void device_error(int access, int error);
__attribute__((noreturn)) void create_error(const char *name, int error);
__attribute__((noreturn)) void open_error(const char *name, int error);
__attribute__((noreturn)) void remove_error(const char *name, int error);
__attribute__((noreturn)) void resize_error(const char *name, int error);
__attribute__((noreturn)) void map_error(const char *name, int error);

/* What any command, or an operation on an entry, failed with. */
const char *any_problem(int error);
const char *entry_problem(int error);

#endif /* _BUCKETMAP_CLI_PROBLEM_H */

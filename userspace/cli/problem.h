/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages for the kernel's errors. They name the cause (the device, the map, or a
 * particular limit with its value) and what to do about it.
 */
#ifndef _BUCKETMAP_CLI_PROBLEM_H
#define _BUCKETMAP_CLI_PROBLEM_H

#include <stdbool.h>

#include <linux/types.h>

#include "report.h"

/* Whether a map can have this name. */
bool is_name(const char *name);

/*
 * These report an error and end the program: the device cannot be used; the map
 * cannot be created, opened, removed or resized; an ioctl on the map failed.
 */
__attribute__((noreturn)) void device_error(int access, int error);
__attribute__((noreturn)) void create_error(const char *name, int error);
__attribute__((noreturn)) void open_error(const char *name, int error);
__attribute__((noreturn)) void remove_error(const char *name, int error);
__attribute__((noreturn)) void rights_error(const char *name, int error);
__attribute__((noreturn)) void resize_error(const char *name, int error);
__attribute__((noreturn)) void map_error(const char *name, int error);

/*
 * Messages for an error of any ioctl, and of an operation on an entry of a map
 * with this @max_entries. Valid until the next call.
 */
const char *any_problem(int error);
const char *entry_problem(int error, __u64 max_entries);

/* The exit code for an error of any ioctl. */
enum exit_code problem_code(int error);

#endif /* _BUCKETMAP_CLI_PROBLEM_H */

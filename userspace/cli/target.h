/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map that a subcommand works on, and its keys and values.
 */
#ifndef _BUCKETMAP_CLI_TARGET_H
#define _BUCKETMAP_CLI_TARGET_H

#include <linux/types.h>

#include "lib/bucketmap.h"
#include "operand.h"
#include "problem.h"

struct target {
	const char *name;
	struct bucketmap *map;
	struct shape key;
	struct shape value;
	__u64 max_entries;
};

/* Opens a map, with the @flags of bucketmap_open(). Ends the program on errors. */
void open_target(struct target *target, const char *name, __u32 flags);

/* The same for a map that is already open. */
void adopt_target(struct target *target, const char *name, struct bucketmap *map);

/* Queries the map. Ends the program on errors. */
void read_map_info(const struct target *target, struct bucketmap_info *info);

/* Ends the program if the map has lost its name, which may now belong to another map. */
void check_name(const struct target *target);

/* Interval in nanoseconds at which a waiter checks that the map still has its name. */
#define CHECK_NAME_AFTER	1000000000ULL

/* As bucketmap_wait() on the whole value. Ends the program if the map loses its name. */
int wait_with_name(const struct target *target, const void *key, const void *seen,
		   __u64 deadline);

void close_target(struct target *target);

/* Ends the program unless the map's values begin with a 64-bit number. */
void need_numbers(const struct target *target);

/* Parse a key or value into bytes, which the caller frees. End the program on errors. */
void *key_operand(const struct target *target, const char *operand);
void *value_operand(const struct target *target, const char *operand);

/* Sets the name of a map to be created. Ends the program if it is not a valid name. */
void set_map_name(struct bucketmap_create *config, const char *name);

/* Reports that an operation on an entry failed, and ends the program. */
__attribute__((noreturn)) void entry_error(const struct target *target, const char *operand,
					   int error);

#endif /* _BUCKETMAP_CLI_TARGET_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map that a command works on, and its keys and values.
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
};

/* Opens a map, @flags as bucketmap_open() has them, or ends the program. */
void open_target(struct target *target, const char *name, __u32 flags);

/* The same with a map that is open already. */
void adopt_target(struct target *target, const char *name, struct bucketmap *map);

/* What the map is now. */
void read_map_info(const struct target *target, struct bucketmap_info *info);

/* Ends the program if the map has lost its name, by which others mean another map now. */
void check_name(const struct target *target);

/* Nanoseconds after which who waits for the map looks whether it still has its name. */
#define CHECK_NAME_AFTER	1000000000ULL

/* Waits as bucketmap_wait() does for a whole value, as long as the map has its name. */
int wait_with_name(const struct target *target, const void *key, const void *seen,
		   __u64 deadline);

void close_target(struct target *target);

/* Ends the program unless the map's values begin with a 64-bit number. */
void need_numbers(const struct target *target);

/* Bytes of a key or value from an operand, which the caller frees; or the program ends. */
void *key_operand(const struct target *target, const char *operand);
void *value_operand(const struct target *target, const char *operand);

/* Gives a map that is to be made its name, or ends the program. */
void set_map_name(struct bucketmap_create *config, const char *name);

/* Ends the program: an operation on an entry failed. */
__attribute__((noreturn)) void entry_error(const struct target *target, const char *operand,
					   int error);

#endif /* _BUCKETMAP_CLI_TARGET_H */

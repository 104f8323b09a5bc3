/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map that a subcommand works on, and its keys and values.
 */
#ifndef _BUCKETMAP_CLI_TARGET_H
#define _BUCKETMAP_CLI_TARGET_H

#include <stdbool.h>

#include <linux/types.h>

#include "lib/bucketmap.h"
#include "operand.h"
#include "problem.h"

/**
 * struct target - the map that a subcommand works on
 * @name: its name
 * @map: the map
 * @key: shape of its keys
 * @value: shape of its values
 * @guessed: the map has no format for values, so that of @value is a guess
 */
struct target {
	const char *name;
	struct bucketmap *map;
	struct shape key;
	struct shape value;
	bool guessed;
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

/*
 * Says that the map is about to be read by a call of the library. A map that is read
 * again and again is mapped, if it can be: later reads make no system calls.
 */
void begin_read(const struct target *target);

void close_target(struct target *target);

/*
 * Returns the field of values that has this name, or the whole value for NULL. Ends
 * the program if there is none.
 */
struct field value_field(const struct target *target, const char *name);

/*
 * The same for a field that is a number; NULL for the first of them. If the map
 * has no format, values of 8 bytes or more begin with a number.
 */
struct field number_field(const struct target *target, const char *name);

/* The same for a number that bucketmap_add() can add to. */
struct field counter_field(const struct target *target, const char *name);

/* The same for a number that bucketmap_max() can raise. */
struct field unsigned_field(const struct target *target, const char *name);

/* Parse a key, or a field of a value, into @bytes. End the program on errors. */
void take_key(const struct target *target, const char *operand, void *bytes);
void take_field(const struct target *target, const char *operand, const struct field *field,
		void *bytes);

/* The same for a key or a whole value in new memory, which the caller frees. */
void *key_operand(const struct target *target, const char *operand);
void *value_operand(const struct target *target, const char *operand);

/* Sets sizes and formats of a map to be created. */
void set_formats(struct bucketmap_create *config, const struct shape *key,
		 const struct shape *value);

/* Sets the name of a map to be created. Ends the program if it is not a valid name. */
void set_map_name(struct bucketmap_create *config, const char *name);

/* Reports that an operation on an entry failed, and ends the program. */
__attribute__((noreturn)) void entry_error(const struct target *target, const char *operand,
					   int error);

#endif /* _BUCKETMAP_CLI_TARGET_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations on entries, many in one batch:
 *
 *	begin_calls(&calls, &target, operation, field, capacity);
 *	add_call(&calls, operands);
 *	run_calls(&calls);
 *	... calls.results, print_call(&calls, i) ...
 *	end_calls(&calls);
 */
#ifndef _BUCKETMAP_CLI_OPERATION_H
#define _BUCKETMAP_CLI_OPERATION_H

#include <stdbool.h>

#include "target.h"

/**
 * struct operation - an operation on one entry
 * @name: name of its subcommand
 * @number: BUCKETMAP_*
 * @expected: it has the operand EXPECTED
 * @value: it has the operand VALUE, DELTA or NUMBER
 * @previous: it prints what was in the window; BUCKETMAP_ADD and BUCKETMAP_MAX print
 *	what the number has become
 * @several: its subcommand takes several keys and no field
 *
 * Its operands are KEY, then EXPECTED and VALUE if it has these.
 */
struct operation {
	const char *name;
	__u32 number;
	bool expected;
	bool value;
	bool previous;
	bool several;
};

/* Returns the operation of a subcommand; NULL if it has none. */
const struct operation *find_operation(const char *name);

/**
 * struct calls - calls of one operation
 * @target: the map
 * @operation: the operation
 * @field: the field that it works on
 * @capacity: number of calls that the columns can hold
 * @count: number of calls in them
 * @keys: column of keys
 * @expected: column of expected contents of the field
 * @values: column of new contents
 * @previous: column of old contents
 * @results: column of results, as in struct bucketmap_batch
 */
struct calls {
	const struct target *target;
	const struct operation *operation;
	struct field field;
	__u32 capacity;
	__u32 count;
	char *keys;
	char *expected;
	char *values;
	char *previous;
	__s32 *results;
};

/* @field is the name of a field, or NULL. Ends the program if the operation cannot have it. */
void begin_calls(struct calls *calls, const struct target *target,
		 const struct operation *operation, const char *field, __u32 capacity);

/* Adds a call with these operands, for which there is room. Ends the program on errors. */
void add_call(struct calls *calls, char **operands);

/* Does what was added. Ends the program if the batch as a whole fails. */
void run_calls(struct calls *calls);

/* Prints the result of a call that succeeded, in one line, if it has one. */
void print_call(const struct calls *calls, __u32 index);

/* Returns the key of a call as text, which is valid until the next call. */
const char *call_key(const struct calls *calls, __u32 index);

void end_calls(struct calls *calls);

#endif /* _BUCKETMAP_CLI_OPERATION_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every way in which a call of an operation can go, with what must come of it: the key
 * exists or not, the entry is as expected or not, the number is larger or smaller than
 * the entry's, alone or in a batch. Tests that loop over these calls need no list of
 * operations. This needs neither the library nor cmocka.
 */
#ifndef _BUCKETMAP_TESTS_CALLS_H
#define _BUCKETMAP_TESTS_CALLS_H

#include "tests/model.h"

/**
 * struct call - a call of an operation
 * @text: what it is, for people
 * @operation: its number
 * @batched: in a batch of one entry, otherwise by its own ioctl
 * @shared: all its columns are the same memory
 * @offset: where its window begins
 * @length: size of its window
 * @columns: its columns before the call
 * @answers: the same columns after the call
 * @before: the entry of its key before the call
 * @after: the same entry after the call
 * @result: what it must return
 */
struct call {
	char text[100];
	int operation;
	int batched;
	int shared;
	__u32 offset;
	__u32 length;
	struct model_columns columns;
	struct model_columns answers;
	struct model_entry before;
	struct model_entry after;
	int result;
};

#define CALLS	(OPERATIONS * 32)

/*
 * Describes the call with this number, below CALLS, on a map with values of
 * MODEL_VALUE_SIZE, or on a set: then @value_size is 0. Returns 0 if there is no such
 * call, or it is the same as another one.
 */
int call_number(struct call *call, int number, __u32 value_size);

/* The map is full: no entry can be made. */
void call_expect_full(struct call *call);

/* Does it change the entry? */
int call_changes(const struct call *call);

/* Makes the call. Returns whether its result and its columns are as they must be. */
int call_make(const struct call *call, int fd, const void *key);

#endif /* _BUCKETMAP_TESTS_CALLS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of one entry in plain C: what each operation must do and return, as
 * operations.h describes it.
 */
#ifndef _BUCKETMAP_TESTS_MODEL_H
#define _BUCKETMAP_TESTS_MODEL_H

#include "tests/operations.h"

#define MODEL_VALUE_SIZE	40

struct model_entry {
	int present;
	unsigned char value[MODEL_VALUE_SIZE];
};

/*
 * Applies @operation to @model, with the columns and the window of @entry. The window
 * is explicit: a length of 0 does not mean the whole value. @previous is always
 * written. Returns what the ioctl must return, or -errno.
 */
int model_operation(struct model_entry *model, int operation,
		    const struct bucketmap_entry *entry);

/* The buffers that the columns of an entry may point to. */
struct model_columns {
	unsigned char value[MODEL_VALUE_SIZE];
	unsigned char expected[MODEL_VALUE_SIZE];
	unsigned char previous[MODEL_VALUE_SIZE];
};

/* Points @entry at the columns that @operation uses, and sets the others to 0. */
void model_set_columns(struct bucketmap_entry *entry, int operation,
		       struct model_columns *columns);

#endif /* _BUCKETMAP_TESTS_MODEL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One entry of a map in plain C: what each operation is to do and to return.
 */
#ifndef _BUCKETMAP_TESTS_MODEL_H
#define _BUCKETMAP_TESTS_MODEL_H

#include "support.h"

#define MODEL_VALUE_SIZE	40

struct model_entry {
	int present;
	unsigned char value[MODEL_VALUE_SIZE];
};

/*
 * Does what @operation does, by the columns of @entry and its window, which is
 * spelled out: its length is never 0 for the whole. @previous is always wanted.
 * Returns what the command returns, or -errno.
 */
int model_operation(struct model_entry *model, int operation,
		    const struct bucketmap_entry *entry);

/* What an entry's columns may hold, as an operation needs them. */
struct model_columns {
	unsigned char value[MODEL_VALUE_SIZE];
	unsigned char expected[MODEL_VALUE_SIZE];
	unsigned char previous[MODEL_VALUE_SIZE];
};

/* Points @entry to those of the columns that @operation uses. */
void model_set_columns(struct bucketmap_entry *entry, int operation,
		       struct model_columns *columns);

#endif /* _BUCKETMAP_TESTS_MODEL_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * A model of one entry in plain C.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "tests/model.h"

static void *pointer(__u64 number)
{
	return (void *)(uintptr_t)number;
}

static void become_present(struct model_entry *model)
{
	if (!model->present)
		memset(model->value, 0, sizeof(model->value));
	model->present = 1;
}

/* An operation on a number writes the previous one also for a new entry: 0. */
static int change_number(struct model_entry *model, const struct operation *op,
			 const struct bucketmap_entry *entry)
{
	int existed = model->present;
	__u64 number, value;

	become_present(model);
	memcpy(&number, model->value + entry->offset, sizeof(number));
	memcpy(pointer(entry->previous), &number, sizeof(number));
	memcpy(&value, pointer(entry->value), sizeof(value));
	number = op->becomes(number, value);
	memcpy(model->value + entry->offset, &number, sizeof(number));
	return existed ? op->returns : 0;
}

static void write_window(struct model_entry *model, const struct bucketmap_entry *entry)
{
	become_present(model);
	memcpy(model->value + entry->offset, pointer(entry->value), entry->length);
}

static void read_window(const struct model_entry *model, const struct bucketmap_entry *entry)
{
	memcpy(pointer(entry->previous), model->value + entry->offset, entry->length);
}

int model_operation(struct model_entry *model, int operation,
		    const struct bucketmap_entry *entry)
{
	const struct operation *op = &operations[operation];

	if (!model->present && op->absent == OP_FAILS)
		return -ENOENT;
	if (op->window == OP_WINDOW_NUMBER)
		return change_number(model, op, entry);
	if (!model->present) {
		write_window(model, entry);
		return 0;
	}
	if (op->previous)
		read_window(model, entry);
	if (op->expected &&
	    memcmp(model->value + entry->offset, pointer(entry->expected), entry->length) != 0)
		return -ECANCELED;
	if (op->exists == OP_REFUSES)
		return -EEXIST;
	if (op->exists == OP_WRITES)
		write_window(model, entry);
	else if (op->exists == OP_REMOVES)
		model->present = 0;
	return op->returns;
}

void model_set_columns(struct bucketmap_entry *entry, int operation,
		       struct model_columns *columns)
{
	const struct operation *op = &operations[operation];

	entry->value = op->value ? (uintptr_t)columns->value : 0;
	entry->expected = op->expected ? (uintptr_t)columns->expected : 0;
	entry->previous = op->previous ? (uintptr_t)columns->previous : 0;
}

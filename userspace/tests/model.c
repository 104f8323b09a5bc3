// SPDX-License-Identifier: GPL-2.0
/*
 * A model of one entry in plain C.
 */
#include <errno.h>
#include <string.h>

#include "abi.h"
#include "model.h"

static void *pointer(__u64 number)
{
	return (void *)(uintptr_t)number;
}

static int add(struct model_entry *model, const struct bucketmap_entry *entry)
{
	__u64 number, delta;

	if (!model->present)
		memset(model->value, 0, sizeof(model->value));
	model->present = 1;
	memcpy(&number, model->value + entry->offset, sizeof(number));
	memcpy(pointer(entry->previous), &number, sizeof(number));
	memcpy(&delta, pointer(entry->value), sizeof(delta));
	number += delta;
	memcpy(model->value + entry->offset, &number, sizeof(number));
	return 0;
}

static void write_window(struct model_entry *model, const struct bucketmap_entry *entry)
{
	if (!model->present)
		memset(model->value, 0, sizeof(model->value));
	model->present = 1;
	memcpy(model->value + entry->offset, pointer(entry->value), entry->length);
}

static void read_window(const struct model_entry *model, const struct bucketmap_entry *entry)
{
	memcpy(pointer(entry->previous), model->value + entry->offset, entry->length);
}

int model_operation(struct model_entry *model, int operation,
		    const struct bucketmap_entry *entry)
{
	const struct abi_operation *uses = &abi_operations[operation];
	int existed = model->present;

	if (operation == BUCKETMAP_ADD)
		return add(model, entry);
	if (uses->needs_key && !existed)
		return -ENOENT;
	if (operation == BUCKETMAP_INSERT && existed)
		return -EEXIST;
	if (uses->previous && existed)
		read_window(model, entry);
	if (uses->expected &&
	    memcmp(model->value + entry->offset, pointer(entry->expected), entry->length) != 0)
		return -ECANCELED;
	if (operation == BUCKETMAP_LOAD_OR_STORE && existed)
		return 1;
	if (uses->value)
		write_window(model, entry);
	else if (uses->writes)
		model->present = 0;
	return operation == BUCKETMAP_SWAP ? existed : 0;
}

void model_set_columns(struct bucketmap_entry *entry, int operation,
		       struct model_columns *columns)
{
	const struct abi_operation *uses = &abi_operations[operation];

	entry->value = uses->value ? abi_pointer(columns->value) : 0;
	entry->expected = uses->expected ? abi_pointer(columns->expected) : 0;
	entry->previous = uses->previous ? abi_pointer(columns->previous) : 0;
}

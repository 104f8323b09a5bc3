// SPDX-License-Identifier: GPL-2.0
/*
 * Every way in which a call of an operation can go.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "tests/calls.h"

/* A window that is neither empty nor the whole value, and can be a number. */
#define WINDOW		8

/* Each byte of an entry, and of what a call gives. */
#define OLD		0x55
#define SMALLER		0x22
#define LARGER		0x77

/* A batch writes zeros where a single call leaves the previous value as it is. */
static void clear_answers(struct call *call)
{
	const struct operation *op = &operations[call->operation];
	size_t window = op->window == OP_WINDOW_NUMBER ? sizeof(__u64) : call->length;

	call->answers = call->columns;
	if (call->batched && op->previous)
		memset(call->answers.previous, 0, window);
}

static void predict(struct call *call)
{
	struct bucketmap_entry entry = { .offset = call->offset, .length = call->length };

	clear_answers(call);
	call->after = call->before;
	model_set_columns(&entry, call->operation, &call->answers);
	call->result = model_operation(&call->after, call->operation, &entry);
}

static void fill_columns(struct call *call, int value, int expected)
{
	const struct operation *op = &operations[call->operation];

	if (call->shared && op->expected)
		value = expected;
	memset(call->columns.value, value, sizeof(call->columns.value));
	memset(call->columns.expected, expected, sizeof(call->columns.expected));
	memset(call->columns.previous, value, sizeof(call->columns.previous));
}

static void set_text(struct call *call, int expected, int larger)
{
	const struct operation *op = &operations[call->operation];

	snprintf(call->text, sizeof(call->text), "%s%s of %s key%s%s%s", op->name,
		 call->batched ? " in a batch" : "",
		 call->before.present ? "an existing" : "an absent",
		 op->window != OP_WINDOW_NUMBER ? "" :
		 larger ? ", larger number" : ", smaller number",
		 expected ? "" : ", other than expected",
		 call->shared ? ", one buffer" : "");
}

int call_number(struct call *call, int number, __u32 value_size)
{
	int exists = number & 1, expected = !(number & 2), larger = !(number & 4);
	const struct operation *op = &operations[number / 32];

	*call = (struct call) {
		.operation = number / 32,
		.batched = number & 8,
		.shared = number & 16,
		.offset = op->window && value_size ? WINDOW : 0,
		.length = op->window == OP_WINDOW_ANY && value_size ? WINDOW : 0,
		.before.present = exists,
	};
	if ((!expected && !(op->expected && exists && value_size)) ||
	    (!larger && op->window != OP_WINDOW_NUMBER) ||
	    (!value_size && op->window == OP_WINDOW_NUMBER) ||
	    (call->shared && !(op->previous && (op->value || op->expected))))
		return 0;

	memset(call->before.value, OLD, value_size);
	fill_columns(call, larger ? LARGER : SMALLER, expected ? OLD : SMALLER);
	set_text(call, expected, larger);
	predict(call);
	return 1;
}

void call_expect_full(struct call *call)
{
	if (call->before.present || !call->after.present)
		return;
	clear_answers(call);
	call->after = call->before;
	call->result = -ENOSPC;
}

int call_changes(const struct call *call)
{
	return call->before.present != call->after.present ||
	       memcmp(call->before.value, call->after.value, sizeof(call->after.value)) != 0;
}

/* The result of the ioctl, or -errno. */
static int make_single(const struct call *call, int fd, struct bucketmap_entry *entry)
{
	int ret = ioctl(fd, operations[call->operation].ioctl, entry);

	return ret < 0 ? -errno : ret;
}

static int make_batched(const struct call *call, int fd, const struct bucketmap_entry *entry)
{
	__s32 result = -EPROTO;
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = call->operation,
		.keys = entry->key,
		.values = entry->value,
		.expected = entry->expected,
		.previous = entry->previous,
		.results = (uintptr_t)&result,
		.count = 1,
		.offset = entry->offset,
		.length = entry->length,
	};

	return ioctl(fd, BUCKETMAP_IOC_BATCH, &batch) < 0 ? -errno : result;
}

int call_make(const struct call *call, int fd, const void *key)
{
	struct model_columns columns = call->columns;
	struct bucketmap_entry entry = {
		.size = sizeof(entry), .key = (uintptr_t)key,
		.offset = call->offset, .length = call->length,
	};
	int ret;

	model_set_columns(&entry, call->operation, &columns);
	if (call->shared) {
		entry.value = entry.value ? entry.previous : 0;
		entry.expected = entry.expected ? entry.previous : 0;
	}
	ret = call->batched ? make_batched(call, fd, &entry) : make_single(call, fd, &entry);
	if (ret != call->result)
		printf("# %s: returned %d, not %d\n", call->text, ret, call->result);
	return ret == call->result &&
	       !memcmp(columns.previous, call->answers.previous, sizeof(columns.previous)) &&
	       !memcmp(columns.value, call->answers.value, sizeof(columns.value)) &&
	       !memcmp(columns.expected, call->answers.expected, sizeof(columns.expected));
}

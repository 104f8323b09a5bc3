// SPDX-License-Identifier: GPL-2.0
/*
 * mget, exists, del: one operation on the entries of several keys.
 */
#include <errno.h>
#include <string.h>

#include "subcommand.h"
#include "lib/bucketmap.h"
#include "json.h"
#include "operation.h"
#include "report.h"

/* Keys at a time. */
#define KEYS_CAPACITY	256

/**
 * struct failure - the first failure
 * @operand: its key; NULL for none
 * @error: the error
 */
struct failure {
	const char *operand;
	int error;
};

/* Takes keys from @operands until there are no more, or no room; returns the rest. */
static char **run_some(struct calls *calls, char **operands, struct failure *failure)
{
	calls->count = 0;
	while (operands[calls->count] && calls->count < calls->capacity)
		add_call(calls, operands + calls->count);
	run_calls(calls);
	for (__u32 i = 0; i < calls->count; i++) {
		if (calls->results[i] >= 0) {
			print_call(calls, i);
		} else if (!failure->operand) {
			failure->operand = operands[i];
			failure->error = calls->results[i];
		}
	}
	return operands + calls->count;
}

static void run_keys(char **operands)
{
	const struct operation *operation = find_operation(current_subcommand->name);
	char **keys = operands + 1;
	struct failure failure = { 0 };
	struct target target;
	struct calls calls;

	open_target(&target, operands[0],
		    operation->number == BUCKETMAP_LOOKUP ? BUCKETMAP_OPEN_RDONLY : 0);
	begin_calls(&calls, &target, operation, NULL, KEYS_CAPACITY);
	while (*keys)
		keys = run_some(&calls, keys, &failure);
	if (failure.operand)
		entry_error(&target, failure.operand, failure.error);
	end_calls(&calls);
	close_target(&target);
}

const struct subcommand mget_subcommand = {
	.name = "mget",
	.operands = "NAME KEY [KEY...]",
	.summary = "print the entries of keys, one 'key<TAB>value' per line",
	.details =
		"Keys that exist are printed, in JSON one object per line. It is an error if one\n"
		"does not exist; the message names the first of them.\n",
	.run = run_keys,
};

const struct subcommand exists_subcommand = {
	.name = "exists",
	.operands = "NAME KEY [KEY...]",
	.summary = "check that keys exist",
	.details = "Prints nothing. It is an error if one of them does not exist.\n",
	.run = run_keys,
};

const struct subcommand del_subcommand = {
	.name = "del",
	.operands = "NAME KEY [KEY...]",
	.summary = "delete entries",
	.details =
		"It is an error if one of them does not exist; the others are deleted nevertheless.\n"
		"The message names the first of them.\n",
	.run = run_keys,
};

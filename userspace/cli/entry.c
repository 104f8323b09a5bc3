// SPDX-License-Identifier: GPL-2.0
/*
 * put, insert, replace, swap, get, getdel, add, max, cas, cad: one operation on one entry.
 */
#include "subcommand.h"
#include "lib/bucketmap.h"
#include "operation.h"
#include "report.h"

static void run_entry(char **operands)
{
	const struct operation *operation = find_operation(current_subcommand->name);
	struct target target;
	struct calls calls;

	open_target(&target, operands[0],
		    operation->number == BUCKETMAP_LOOKUP ? BUCKETMAP_OPEN_RDONLY : 0);
	begin_calls(&calls, &target, operation,
		    operands[2 + operation->expected + operation->value], 1);
	add_call(&calls, operands + 1);
	run_calls(&calls);
	if (calls.results[0] < 0)
		entry_error(&target, operands[1], calls.results[0]);
	print_call(&calls, 0);
	end_calls(&calls);
	close_target(&target);
}

#define ABOUT_FIELD \
	"With FIELD, in a map whose values are structs, only this field is "

const struct subcommand put_subcommand = {
	.name = "put",
	.operands = "NAME KEY VALUE [FIELD]",
	.summary = "store a value under a key, new or existing",
	.details =
		"In a set, VALUE is the empty string ''. " ABOUT_FIELD "\n"
		"written; a new entry is zero outside it.\n",
	.run = run_entry,
};

const struct subcommand insert_subcommand = {
	.name = "insert",
	.operands = "NAME KEY VALUE [FIELD]",
	.summary = "store a value under a key that does not exist",
	.details = "It is an error if the key exists. FIELD is as for put.\n",
	.run = run_entry,
};

const struct subcommand replace_subcommand = {
	.name = "replace",
	.operands = "NAME KEY VALUE [FIELD]",
	.summary = "store a value under a key that exists",
	.details = "It is an error if the key does not exist. FIELD is as for put.\n",
	.run = run_entry,
};

const struct subcommand swap_subcommand = {
	.name = "swap",
	.operands = "NAME KEY VALUE [FIELD]",
	.summary = "store a value, and print the one that it replaces",
	.details =
		"Both are one atomic operation. Nothing is printed for a new key; in JSON its value\n"
		"is null. FIELD is as for put.\n",
	.run = run_entry,
};

const struct subcommand get_subcommand = {
	.name = "get",
	.operands = "NAME KEY [FIELD]",
	.summary = "print the value of a key",
	.details = ABOUT_FIELD "printed.\n",
	.run = run_entry,
};

const struct subcommand getdel_subcommand = {
	.name = "getdel",
	.operands = "NAME KEY [FIELD]",
	.summary = "print the value of a key, and delete the entry",
	.details = "Both are one atomic operation. FIELD is as for get.\n",
	.run = run_entry,
};

const struct subcommand add_subcommand = {
	.name = "add",
	.operands = "NAME KEY DELTA [FIELD]",
	.summary = "add to the number in a value, and print the sum",
	.details =
		"The number has 8 bytes: it is the value, or in structs the field of this name or\n"
		"else the first field that is a number. DELTA is decimal and may be negative.\n"
		"Numbers wrap around at 2^64. A key that does not exist starts at 0.\n",
	.run = run_entry,
};

const struct subcommand max_subcommand = {
	.name = "max",
	.operands = "NAME KEY NUMBER [FIELD]",
	.summary = "raise the number in a value if it is smaller, and print it",
	.details =
		"The number has 8 bytes and no sign; FIELD is as for add. It never gets smaller: so the\n"
		"last time of something stays right in whichever order programs note it. A key that\n"
		"does not exist starts at 0.\n",
	.run = run_entry,
};

const struct subcommand cas_subcommand = {
	.name = "cas",
	.operands = "NAME KEY EXPECTED VALUE [FIELD]",
	.summary = "store a value if the key has the expected value",
	.details =
		"The comparison and the store are one atomic operation. It is an error if the key\n"
		"has another value or does not exist. With FIELD, in a map whose values are structs,\n"
		"both are of this field only.\n",
	.run = run_entry,
};

const struct subcommand cad_subcommand = {
	.name = "cad",
	.operands = "NAME KEY EXPECTED [FIELD]",
	.summary = "delete an entry if the key has the expected value",
	.details =
		"The comparison and the removal are one atomic operation. It is an error if the key\n"
		"has another value or does not exist. With FIELD, in a map whose values are structs,\n"
		"only this field is compared.\n",
	.run = run_entry,
};

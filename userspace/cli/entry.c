// SPDX-License-Identifier: GPL-2.0
/*
 * put, get, del, add, cas: operations on one entry.
 */
#include <stdio.h>
#include <stdlib.h>

#include "subcommand.h"
#include "json.h"
#include "lib/bucketmap.h"
#include "operand.h"
#include "output.h"
#include "report.h"
#include "target.h"

static void run_put(char **operands)
{
	struct target target;
	void *key, *value;
	int error;

	open_target(&target, operands[0], 0);
	key = key_operand(&target, operands[1]);
	value = value_operand(&target, operands[2]);
	error = bucketmap_store(target.map, key, value, 0, 0);
	if (error)
		entry_error(&target, operands[1], error);
	free(value);
	free(key);
	close_target(&target);
}

const struct subcommand put_subcommand = {
	.name = "put",
	.operands = "NAME KEY VALUE",
	.summary = "store a value under a key, new or existing",
	.details = "In a set, VALUE is the empty string ''.\n",
	.run = run_put,
};

static void run_get(char **operands)
{
	struct target target;
	void *key, *value;
	int error;

	open_target(&target, operands[0], BUCKETMAP_OPEN_RDONLY);
	key = key_operand(&target, operands[1]);
	value = allocate(1, target.value.size);
	error = bucketmap_lookup(target.map, key, value, 0, 0);
	if (error)
		entry_error(&target, operands[1], error);
	print_value(&target, key, value);
	free(value);
	free(key);
	close_target(&target);
}

const struct subcommand get_subcommand = {
	.name = "get",
	.operands = "NAME KEY",
	.summary = "print the value of a key",
	.run = run_get,
};

static void run_del(char **operands)
{
	struct target target;
	void *key;
	int error;

	open_target(&target, operands[0], 0);
	key = key_operand(&target, operands[1]);
	error = bucketmap_delete(target.map, key);
	if (error)
		entry_error(&target, operands[1], error);
	free(key);
	close_target(&target);
}

const struct subcommand del_subcommand = {
	.name = "del",
	.operands = "NAME KEY",
	.summary = "delete an entry",
	.run = run_del,
};

static void run_add(char **operands)
{
	__u64 delta, previous;
	struct target target;
	const char *wrong;
	void *key;
	int error;

	wrong = parse_number(operands[2], &delta);
	if (wrong)
		usage_error("%s: %s", operands[2], wrong);
	open_target(&target, operands[0], 0);
	need_numbers(&target);
	key = key_operand(&target, operands[1]);
	error = bucketmap_add(target.map, key, 0, delta, &previous);
	if (error)
		entry_error(&target, operands[1], error);
	if (json_output)
		print_json(json_pack("{s:o, s:o}", "key", json_bytes(key, target.key),
				     "sum", json_number(previous + delta)));
	else
		printf("%llu\n", previous + delta);
	free(key);
	close_target(&target);
}

const struct subcommand add_subcommand = {
	.name = "add",
	.operands = "NAME KEY DELTA",
	.summary = "add to the number at the start of a value, and print the sum",
	.details =
		"The number has 8 bytes. DELTA is decimal and may be negative. Numbers wrap around\n"
		"at 2^64. A key that does not exist starts at 0.\n",
	.run = run_add,
};

static void run_cas(char **operands)
{
	void *key, *expected, *value;
	struct target target;
	int error;

	open_target(&target, operands[0], 0);
	key = key_operand(&target, operands[1]);
	expected = value_operand(&target, operands[2]);
	value = value_operand(&target, operands[3]);
	error = bucketmap_compare_and_swap(target.map, key, expected, value, NULL, 0, 0);
	if (error)
		entry_error(&target, operands[1], error);
	free(value);
	free(expected);
	free(key);
	close_target(&target);
}

const struct subcommand cas_subcommand = {
	.name = "cas",
	.operands = "NAME KEY EXPECTED VALUE",
	.summary = "store a value if the key has the expected value",
	.details =
		"The comparison and the store are one atomic operation. It is an error if the key\n"
		"has another value or does not exist.\n",
	.run = run_cas,
};

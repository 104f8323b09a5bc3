// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on entries, many in one batch.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "operation.h"
#include "report.h"

static const struct operation operations[] = {
	{ .name = "put", .number = BUCKETMAP_STORE, .value = true },
	{ .name = "insert", .number = BUCKETMAP_INSERT, .value = true },
	{ .name = "replace", .number = BUCKETMAP_REPLACE, .value = true },
	{ .name = "swap", .number = BUCKETMAP_SWAP, .value = true, .previous = true },
	{ .name = "get", .number = BUCKETMAP_LOOKUP, .previous = true },
	{ .name = "mget", .number = BUCKETMAP_LOOKUP, .previous = true, .several = true },
	{ .name = "exists", .number = BUCKETMAP_LOOKUP, .several = true },
	{ .name = "getdel", .number = BUCKETMAP_LOOKUP_AND_DELETE, .previous = true },
	{ .name = "del", .number = BUCKETMAP_DELETE, .several = true },
	{ .name = "add", .number = BUCKETMAP_ADD, .value = true, .previous = true },
	{ .name = "max", .number = BUCKETMAP_MAX, .value = true, .previous = true },
	{ .name = "cas", .number = BUCKETMAP_COMPARE_AND_SWAP, .expected = true, .value = true },
	{ .name = "cad", .number = BUCKETMAP_COMPARE_AND_DELETE, .expected = true },
	{ .name = NULL },
};

const struct operation *find_operation(const char *name)
{
	const struct operation *operation = operations;

	while (operation->name && strcmp(operation->name, name) != 0)
		operation++;
	return operation->name ? operation : NULL;
}

static bool is_add(const struct calls *calls)
{
	return calls->operation->number == BUCKETMAP_ADD;
}

static bool is_max(const struct calls *calls)
{
	return calls->operation->number == BUCKETMAP_MAX;
}

static bool is_on_number(const struct calls *calls)
{
	return is_add(calls) || is_max(calls);
}

static struct field find_calls_field(const struct calls *calls, const char *name)
{
	if (is_add(calls))
		return counter_field(calls->target, name);
	if (is_max(calls))
		return unsigned_field(calls->target, name);
	return value_field(calls->target, name);
}

static char *allocate_column(const struct calls *calls, bool needed)
{
	return needed ? allocate(calls->capacity, calls->field.shape.size) : NULL;
}

void begin_calls(struct calls *calls, const struct target *target,
		 const struct operation *operation, const char *field, __u32 capacity)
{
	*calls = (struct calls) {
		.target = target,
		.operation = operation,
		.capacity = capacity,
	};
	calls->field = find_calls_field(calls, field);
	calls->keys = allocate(capacity, target->key.size);
	calls->expected = allocate_column(calls, operation->expected);
	calls->values = allocate_column(calls, operation->value);
	calls->previous = allocate_column(calls, operation->previous);
	calls->results = allocate(capacity, sizeof(calls->results[0]));
}

/* What is added is a number, whatever the format of the sum. What is compared has no sign. */
static void take_number(const struct calls *calls, const char *operand, void *bytes)
{
	__u64 number;
	const char *error = parse_number(operand, &number);

	if (!error && is_max(calls) && *operand == '-')
		error = "negative, but the number in the value has no sign";
	if (error)
		usage_error("%s: %s", operand, error);
	memcpy(bytes, &number, sizeof(number));
}

static char *element(const struct calls *calls, char *column, __u32 index)
{
	return column + (size_t)index * calls->field.shape.size;
}

static char *key_of(const struct calls *calls, __u32 index)
{
	return calls->keys + (size_t)index * calls->target->key.size;
}

void add_call(struct calls *calls, char **operands)
{
	const struct operation *operation = calls->operation;
	const struct target *target = calls->target;
	__u32 index = calls->count;

	take_key(target, *operands++, key_of(calls, index));
	if (operation->expected)
		take_field(target, *operands++, &calls->field,
			   element(calls, calls->expected, index));
	if (is_on_number(calls))
		take_number(calls, *operands, element(calls, calls->values, index));
	else if (operation->value)
		take_field(target, *operands, &calls->field,
			   element(calls, calls->values, index));
	calls->count++;
}

/* Does a single call, and returns its result. */
static int run_call(struct calls *calls)
{
	__u32 length = *calls->field.name ? calls->field.shape.size : 0;
	struct bucketmap *map = calls->target->map;
	__u32 offset = calls->field.offset;
	__u64 number;

	switch (calls->operation->number) {
	case BUCKETMAP_LOOKUP:
		return bucketmap_lookup(map, calls->keys, calls->previous, offset, length);
	case BUCKETMAP_STORE:
		return bucketmap_store(map, calls->keys, calls->values, offset, length);
	case BUCKETMAP_INSERT:
		return bucketmap_insert(map, calls->keys, calls->values, offset, length);
	case BUCKETMAP_REPLACE:
		return bucketmap_replace(map, calls->keys, calls->values, offset, length);
	case BUCKETMAP_SWAP:
		return bucketmap_swap(map, calls->keys, calls->values, calls->previous, offset,
				      length);
	case BUCKETMAP_DELETE:
		return bucketmap_delete(map, calls->keys);
	case BUCKETMAP_LOOKUP_AND_DELETE:
		return bucketmap_lookup_and_delete(map, calls->keys, calls->previous, offset,
						   length);
	case BUCKETMAP_COMPARE_AND_SWAP:
		return bucketmap_compare_and_swap(map, calls->keys, calls->expected,
						  calls->values, NULL, offset, length);
	case BUCKETMAP_COMPARE_AND_DELETE:
		return bucketmap_compare_and_delete(map, calls->keys, calls->expected, NULL,
						    offset, length);
	case BUCKETMAP_MAX:
		memcpy(&number, calls->values, sizeof(number));
		return bucketmap_max(map, calls->keys, offset, number, (__u64 *)calls->previous);
	default:
		memcpy(&number, calls->values, sizeof(number));
		return bucketmap_add(map, calls->keys, offset, number, (__u64 *)calls->previous);
	}
}

static void run_batch(struct calls *calls)
{
	const struct field *field = &calls->field;
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = calls->operation->number,
		.keys = (uintptr_t)calls->keys,
		.expected = (uintptr_t)calls->expected,
		.values = (uintptr_t)calls->values,
		.previous = (uintptr_t)calls->previous,
		.results = (uintptr_t)calls->results,
		.count = calls->count,
		.offset = field->offset,
		.length = *field->name && !is_on_number(calls) ? field->shape.size : 0,
	};
	int error = bucketmap_batch(calls->target->map, &batch);

	if (error)
		map_error(calls->target->name, error);
}

void run_calls(struct calls *calls)
{
	if (calls->operation->number == BUCKETMAP_LOOKUP)
		begin_read(calls->target);
	if (calls->count == 1)
		calls->results[0] = run_call(calls);
	else
		run_batch(calls);
}

const char *call_key(const struct calls *calls, __u32 index)
{
	static char text[OPERAND_SIZE];

	format_operand(text, key_of(calls, index), calls->target->key);
	return text;
}

/* Prints what the number has become. */
static void print_number(const struct calls *calls, __u32 index)
{
	__u64 previous, operand, number;
	char text[NUMBER_TEXT_SIZE];

	memcpy(&previous, element(calls, calls->previous, index), sizeof(previous));
	memcpy(&operand, element(calls, calls->values, index), sizeof(operand));
	if (is_add(calls))
		number = previous + operand;
	else
		number = previous > operand ? previous : operand;
	if (json_output) {
		print_json(json_pack("{s:o, s:o}",
				     "key", json_bytes(key_of(calls, index), calls->target->key),
				     is_add(calls) ? "sum" : "max",
				     json_shaped_number(number, calls->field.shape)));
		return;
	}
	format_number(text, number, calls->field.shape);
	puts(text);
}

/* One of several keys is printed with its value. */
static void print_previous(const struct calls *calls, __u32 index)
{
	const char *previous = element(calls, calls->previous, index);
	bool existed = calls->operation->number != BUCKETMAP_SWAP || calls->results[index];
	const struct field *field = &calls->field;
	char text[OPERAND_SIZE];

	if (json_output) {
		print_json(json_pack("{s:o, s:o}",
				     "key", json_bytes(key_of(calls, index), calls->target->key),
				     *field->name ? field->name : "value",
				     existed ? json_field(previous, field) : json_null()));
		return;
	}
	if (!existed)
		return;
	format_field(text, previous, field);
	if (calls->operation->several)
		printf("%s\t", call_key(calls, index));
	puts(text);
}

void print_call(const struct calls *calls, __u32 index)
{
	if (is_on_number(calls))
		print_number(calls, index);
	else if (calls->operation->previous)
		print_previous(calls, index);
}

void end_calls(struct calls *calls)
{
	free(calls->results);
	free(calls->previous);
	free(calls->values);
	free(calls->expected);
	free(calls->keys);
}

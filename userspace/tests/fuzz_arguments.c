// SPDX-License-Identifier: GPL-2.0
/*
 * Random ioctl structures for the fuzzer.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz_arguments.h"
#include "tests/operations.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

unsigned char *fuzz_arena, *fuzz_arena_end;
size_t fuzz_page;

/* splitmix64 */
__u64 fuzz_number(__u64 *state)
{
	__u64 z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

__u64 fuzz_below(__u64 *state, __u64 limit)
{
	return fuzz_number(state) % limit;
}

int fuzz_one_in(__u64 *state, unsigned int number)
{
	return !fuzz_below(state, number);
}

__u64 fuzz_pointer(__u64 *state)
{
	const __u64 here = (uintptr_t)fuzz_arena, end = (uintptr_t)fuzz_arena_end;

	switch (fuzz_below(state, 24)) {
	case 0:
		return 0;
	case 1:
		return end + fuzz_below(state, fuzz_page);
	case 2:
		return end - fuzz_below(state, 64);
	case 3:
		return end - fuzz_page - fuzz_below(state, 64);
	case 4:
		return 0xffff888000000000ULL + fuzz_below(state, 1ULL << 30);
	case 5:
		return 0x8000000000000000ULL + fuzz_number(state) / 2;
	case 6:
		return fuzz_number(state);
	default:
		return here + fuzz_below(state, end - fuzz_page - here - 2048);
	}
}

static __u64 random_word(__u64 *state)
{
	static const __u64 edges[] = {
		0, 1, 2, 3, 7, 8, 9, 63, 64, 255, 256, 257, 4095, 4096, 4097, 65535, 65536,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
		0x8000000000000000, 0xfffffffffffffff8, 0xffffffffffffffff,
	};

	if (fuzz_one_in(state, 3))
		return fuzz_number(state);
	return edges[fuzz_below(state, ARRAY_SIZE(edges))];
}

static __u64 random_deadline(__u64 *state)
{
	switch (fuzz_below(state, 32)) {
	case 0:
		return 0;
	case 1:
	case 2:
		return random_word(state);
	default:
		return bucketmap_deadline(fuzz_below(state, 300000));
	}
}

static void random_name(__u64 *state, char *name)
{
	if (fuzz_one_in(state, 16))
		memset(name, fuzz_below(state, 256), BUCKETMAP_NAME_SIZE);
	else
		sprintf(name, "fuzz.%d", (int)fuzz_below(state, 6));
}

static void fill_create(__u64 *state, struct bucketmap_create *create)
{
	create->size = sizeof(*create);
	create->flags = fuzz_below(state, 2);
	create->key_size = 1 + fuzz_below(state, 256);
	create->value_size = fuzz_below(state, 4097);
	create->capacity = fuzz_one_in(state, 4) ? fuzz_below(state, 1000) : 0;
	create->max_entries = fuzz_one_in(state, 4) ? fuzz_below(state, 1000) : 0;
	create->mode = fuzz_below(state, 01000);
	create->key_format = fuzz_below(state, 4);
	create->value_format = fuzz_below(state, 4);
	if (fuzz_one_in(state, 4))
		random_name(state, create->value_fields);
	if (!fuzz_one_in(state, 3))
		random_name(state, create->name);
}

static void fill_name(__u64 *state, struct bucketmap_name *name)
{
	name->size = sizeof(*name);
	/* UNLINK on a map takes no name. */
	if (!fuzz_one_in(state, 4))
		random_name(state, name->name);
}

static void fill_rights(__u64 *state, struct bucketmap_rights *rights)
{
	rights->size = sizeof(*rights);
	rights->flags = fuzz_below(state, 8);
	rights->mode = fuzz_below(state, 01000);
	rights->uid = fuzz_below(state, 4);
	rights->gid = fuzz_below(state, 4);
	if (!fuzz_one_in(state, 4))
		random_name(state, rights->name);
}

static void fill_reopen(__u64 *state, struct bucketmap_reopen *reopen)
{
	reopen->size = sizeof(*reopen);
	reopen->flags = fuzz_below(state, 2);
}

static void fill_list(__u64 *state, struct bucketmap_list *list)
{
	list->size = sizeof(*list);
	list->cursor = fuzz_one_in(state, 2) ? 0 : fuzz_below(state, 100);
	list->names = fuzz_pointer(state);
	list->capacity = 1 + fuzz_below(state, 8);
}

static __u64 column(__u64 *state, enum op_column used)
{
	return used ? fuzz_pointer(state) : 0;
}

static void random_window(__u64 *state, enum op_window window, __u32 *offset, __u32 *length)
{
	*offset = 0;
	*length = 0;
	if (window == OP_WINDOW_NUMBER)
		*offset = 8 * fuzz_below(state, 4);
	else if (window == OP_WINDOW_ANY && fuzz_one_in(state, 2))
		*offset = fuzz_below(state, 40), *length = fuzz_below(state, 40);
}

static void fill_entry(__u64 *state, struct bucketmap_entry *entry, int operation)
{
	const struct operation *op = &operations[operation];

	entry->size = sizeof(*entry);
	entry->key = fuzz_pointer(state);
	entry->value = column(state, op->value);
	entry->expected = column(state, op->expected);
	entry->previous = column(state, op->previous);
	random_window(state, op->window, &entry->offset, &entry->length);
}

static void fill_batch(__u64 *state, struct bucketmap_batch *batch)
{
	const struct operation *op;

	batch->size = sizeof(*batch);
	batch->operation = fuzz_below(state, OPERATIONS);
	op = &operations[batch->operation];
	batch->keys = fuzz_pointer(state);
	batch->values = column(state, op->value);
	batch->expected = column(state, op->expected);
	batch->previous = column(state, op->previous);
	batch->results = fuzz_pointer(state);
	batch->count = fuzz_below(state, 100);
	batch->done = fuzz_one_in(state, 4) ? fuzz_below(state, batch->count + 1) : 0;
	batch->deadline = random_deadline(state);
	random_window(state, op->window, &batch->offset, &batch->length);
}

static void fill_scan(__u64 *state, struct bucketmap_scan *scan)
{
	scan->size = sizeof(*scan);
	scan->flags = fuzz_one_in(state, 10);
	scan->position = fuzz_one_in(state, 2) ? fuzz_number(state) : 0;
	scan->keys = fuzz_pointer(state);
	scan->values = fuzz_one_in(state, 4) ? 0 : fuzz_pointer(state);
	scan->capacity = 1 + fuzz_below(state, 50);
	random_window(state, BUCKETMAP_LOOKUP, &scan->offset, &scan->length);
}

static void fill_clear(__u64 *state, struct bucketmap_clear *clear)
{
	clear->size = sizeof(*clear);
	/* In most cases only the last entries: otherwise the maps would always be empty. */
	clear->position = fuzz_one_in(state, 20) ? 0 : ~0ULL << fuzz_below(state, 62);
	clear->deadline = random_deadline(state);
}

static void fill_resize(__u64 *state, struct bucketmap_resize *resize)
{
	resize->size = sizeof(*resize);
	resize->capacity = fuzz_below(state, 2000);
	resize->deadline = random_deadline(state);
}

static void fill_wait(__u64 *state, struct bucketmap_wait *wait)
{
	wait->size = sizeof(*wait);
	wait->flags = fuzz_one_in(state, 3);
	wait->key = fuzz_pointer(state);
	if (!wait->flags) {
		wait->seen = fuzz_pointer(state);
		wait->length = fuzz_below(state, 9);
	}
	wait->deadline = random_deadline(state);
}

/* Ioctls that create or migrate tables are slow, so they are called less often. */
static unsigned long fill_slow(__u64 *state, void *structure)
{
	switch (fuzz_below(state, 3)) {
	case 0:
		return fill_resize(state, structure), BUCKETMAP_IOC_RESIZE;
	case 1:
		return fill_create(state, structure), BUCKETMAP_IOC_CREATE;
	default:
		return fill_clear(state, structure), BUCKETMAP_IOC_CLEAR;
	}
}

/* Structures whose only input is their size. */
static unsigned long fill_size(__u64 *state, __u32 *size)
{
	switch (fuzz_below(state, 3)) {
	case 0:
		*size = sizeof(struct bucketmap_changes);
		return BUCKETMAP_IOC_CHANGES;
	case 1:
		*size = sizeof(struct bucketmap_info);
		return BUCKETMAP_IOC_INFO;
	default:
		*size = sizeof(struct bucketmap_limits);
		return BUCKETMAP_IOC_LIMITS;
	}
}

unsigned long fuzz_fill(__u64 *state, void *structure)
{
	unsigned int kind = fuzz_below(state, 200), operation = kind % OPERATIONS;

	switch (kind) {
	case 0 ... 131:
		return fill_entry(state, structure, operation), BUCKETMAP_IOC_OPERATION(operation);
	case 132 ... 159:
		return fill_batch(state, structure), BUCKETMAP_IOC_BATCH;
	case 160 ... 169:
		return fill_scan(state, structure), BUCKETMAP_IOC_SCAN;
	case 170 ... 173:
		return fill_wait(state, structure), BUCKETMAP_IOC_WAIT;
	case 174:
		return fill_slow(state, structure);
	case 175 ... 184:
		return fill_size(state, structure);
	case 185 ... 189:
		return fill_name(state, structure), BUCKETMAP_IOC_OPEN;
	case 190 ... 193:
		return fill_name(state, structure), BUCKETMAP_IOC_UNLINK;
	case 194 ... 195:
		return fill_reopen(state, structure), BUCKETMAP_IOC_REOPEN;
	case 196 ... 197:
		return fill_rights(state, structure), BUCKETMAP_IOC_RIGHTS;
	default:
		return fill_list(state, structure), BUCKETMAP_IOC_LIST;
	}
}

void fuzz_corrupt(__u64 *state, unsigned char *structure, unsigned long *number)
{
	__u64 word = random_word(state);

	switch (fuzz_below(state, 8)) {
	case 0:
		memcpy(structure + 4 * fuzz_below(state, 26), &word, 4);
		break;
	case 1:
		memcpy(structure + 8 * fuzz_below(state, 13), &word, 8);
		break;
	case 2:
		word = fuzz_below(state, 300);
		memcpy(structure, &word, 4);
		break;
	case 3:
		if (fuzz_one_in(state, 4))
			*number = fuzz_one_in(state, 2) ? fuzz_number(state) :
				_IOWR(BUCKETMAP_IOC_MAGIC, fuzz_below(state, 256), __u64);
		break;
	default:
		break;
	}
}

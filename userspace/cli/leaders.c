// SPDX-License-Identifier: GPL-2.0
/*
 * The entries with the largest numbers.
 */
#include <stdbool.h>
#include <string.h>

#include "leaders.h"

static bool leads(const struct leaders *leaders, const struct leader *a, const struct leader *b)
{
	if (a->number != b->number)
		return a->number > b->number;
	return memcmp(a->key, b->key, leaders->key_size) < 0;
}

static void swap(struct leader *a, struct leader *b)
{
	struct leader old = *a;

	*a = *b;
	*b = old;
}

static void sift_up(struct leaders *leaders, size_t child)
{
	struct leader *heap = leaders->heap;

	while (child) {
		size_t parent = (child - 1) / 2;

		if (!leads(leaders, &heap[parent], &heap[child]))
			break;
		swap(&heap[parent], &heap[child]);
		child = parent;
	}
}

static void sift_down(struct leaders *leaders, size_t parent, size_t count)
{
	struct leader *heap = leaders->heap;
	size_t child;

	while ((child = 2 * parent + 1) < count) {
		if (child + 1 < count && leads(leaders, &heap[child], &heap[child + 1]))
			child++;
		if (!leads(leaders, &heap[parent], &heap[child]))
			break;
		swap(&heap[parent], &heap[child]);
		parent = child;
	}
}

static void assign(struct leaders *leaders, struct leader *leader, const void *key, __u64 number)
{
	leader->number = number;
	memcpy(leader->key, key, leaders->key_size);
}

void consider_leader(struct leaders *leaders, const void *key, __u64 number)
{
	const struct leader candidate = { .number = number, .key = (unsigned char *)key };
	struct leader *last = &leaders->heap[0];

	if (leaders->count < leaders->capacity) {
		assign(leaders, &leaders->heap[leaders->count], key, number);
		sift_up(leaders, leaders->count);
		leaders->count++;
	} else if (leads(leaders, &candidate, last)) {
		assign(leaders, last, key, number);
		sift_down(leaders, 0, leaders->count);
	}
}

void sort_leaders(struct leaders *leaders)
{
	for (size_t rest = leaders->count; rest > 1; rest--) {
		swap(&leaders->heap[0], &leaders->heap[rest - 1]);
		sift_down(leaders, 0, rest - 1);
	}
}

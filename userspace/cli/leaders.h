/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The leaders: the few entries with the largest numbers among many, found in one
 * pass, with memory for these few only.
 */
#ifndef _BUCKETMAP_CLI_LEADERS_H
#define _BUCKETMAP_CLI_LEADERS_H

#include <stddef.h>

#include <linux/types.h>

struct leader {
	__u64 number;
	unsigned char *key;
};

/**
 * struct leaders - the leaders so far
 * @key_size: size of each key in bytes
 * @capacity: maximum number of leaders, at least 1
 * @count: number of leaders
 * @heap: a binary heap with the last of the leaders at its root. All @capacity
 *	elements have memory for a key.
 */
struct leaders {
	size_t key_size;
	size_t capacity;
	size_t count;
	struct leader *heap;
};

/* Adds an entry if it is a leader. */
void consider_leader(struct leaders *leaders, const void *key, __u64 number);

/* Sorts the leaders: largest number first, equal numbers by key. @heap is then no heap. */
void sort_leaders(struct leaders *leaders);

#endif /* _BUCKETMAP_CLI_LEADERS_H */

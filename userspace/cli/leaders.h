/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The leaders among many entries: the few with the largest numbers, found in
 * one pass and in memory for these few.
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
 * struct leaders - the best entries so far
 * @key_size: bytes of each key
 * @capacity: how many leaders there may be, 1 at least
 * @count: how many there are
 * @heap: a binary heap, the last of the leaders at its root, whose keys have
 *	memory for all @capacity of them
 */
struct leaders {
	size_t key_size;
	size_t capacity;
	size_t count;
	struct leader *heap;
};

/* An entry that may be a leader. */
void consider_leader(struct leaders *leaders, const void *key, __u64 number);

/* Brings the heap into order: largest number first, equal ones by key. It is no heap then. */
void sort_leaders(struct leaders *leaders);

#endif /* _BUCKETMAP_CLI_LEADERS_H */

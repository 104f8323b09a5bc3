/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table that processes share, under measurement. Keys and values are
 * eight bytes.
 */
#ifndef _BENCH_ABI_TABLE_H
#define _BENCH_ABI_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/peer.h"

/* Entries of the largest batch. */
#define BATCH_MAX	1024

/**
 * struct walk - how far a walk over a table has got
 * @keys: takes keys
 * @values: takes their values
 * @cursor: the table's own; zero to begin, and again at the end
 */
struct walk {
	uint64_t keys[BATCH_MAX];
	uint64_t values[BATCH_MAX];
	uint64_t cursor;
};

/**
 * struct table - a table
 * @name: as in the results
 * @operations: what can be done with it
 * @flags: its kind's own
 * @fd: its descriptor, negative before it is made
 * @entries: entries that it holds, numbered from 0
 */
struct table {
	const char *name;
	const struct operations *operations;
	uint32_t flags;
	int fd;
	uint64_t entries;
};

/**
 * struct operations - operations of a kind of table. NULL: it does not have that one.
 * @single: operations on one entry; they get a struct table
 * @create: make the table, empty, for so many entries
 * @attach: called in each process before it uses the table
 * @lookup_batch: copy the values of all keys; returns whether all are present
 * @store_batch: set the values of all keys; returns whether that succeeded
 * @walk: copy at most so many entries; returns how many
 */
struct operations {
	const struct bench_peer *single;
	void (*create)(struct table *table, uint64_t entries);
	void (*attach)(struct table *table);
	bool (*lookup_batch)(const struct table *table, const uint64_t *keys,
			     uint64_t *values, uint32_t count);
	bool (*store_batch)(const struct table *table, const uint64_t *keys,
			    const uint64_t *values, uint32_t count);
	uint32_t (*walk)(const struct table *table, struct walk *walk, uint32_t count);
};

extern const struct operations bucketmap_operations;
extern const struct operations bpf_operations;
extern const struct operations lmdb_operations;

#endif /* _BENCH_ABI_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table that processes share, under measurement. Keys and values have
 * eight bytes.
 */
#ifndef _BENCH_ABI_TABLE_H
#define _BENCH_ABI_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/peer.h"

/* Entries in the largest batch. */
#define BATCH_MAX	1024

/**
 * struct walk - the state of a walk over a table
 * @keys: buffer for keys
 * @values: buffer for their values
 * @cursor: defined by the table; 0 at the start and at the end
 */
struct walk {
	uint64_t keys[BATCH_MAX];
	uint64_t values[BATCH_MAX];
	uint64_t cursor;
};

/**
 * struct table - a table
 * @name: name in the results
 * @operations: its operations
 * @flags: defined by the kind of table
 * @grows: it is created small, whatever its capacity
 * @left_out: this machine cannot create it
 * @fd: its file descriptor, negative before it is made
 * @entries: number of its entries, which are numbered from 0
 */
struct table {
	const char *name;
	const struct operations *operations;
	uint32_t flags;
	bool grows;
	bool left_out;
	int fd;
	uint64_t entries;
};

/**
 * struct operations - operations of a kind of table; NULL if it has no such operation
 * @single: operations on one entry; they get a struct table
 * @create: make an empty table with a capacity of @entries; returns 0, or an errno
 *	if this machine has no such table
 * @attach: called in each process before it uses the table
 * @lookup_batch: copy the values of all keys; returns whether all are present
 * @store_batch: set the values of all keys; returns whether that succeeded
 * @walk: copy at most @count entries; returns how many
 */
struct operations {
	const struct bench_peer *single;
	int (*create)(struct table *table, uint64_t entries);
	void (*attach)(struct table *table);
	bool (*lookup_batch)(const struct table *table, const uint64_t *keys,
			     uint64_t *values, uint32_t count);
	bool (*store_batch)(const struct table *table, const uint64_t *keys,
			    const uint64_t *values, uint32_t count);
	uint32_t (*walk)(const struct table *table, struct walk *walk, uint32_t count);
};

extern const struct operations bucketmap_operations;
extern const struct operations mapped_operations;
extern const struct operations bpf_operations;
extern const struct operations lmdb_operations;
extern const struct operations mutex_operations;
extern const struct operations redis_operations;
extern const struct operations memcached_operations;

#endif /* _BENCH_ABI_TABLE_H */

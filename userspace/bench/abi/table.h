/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table that processes share, under measurement. Keys and values are
 * eight bytes.
 */
#ifndef _BENCH_ABI_TABLE_H
#define _BENCH_ABI_TABLE_H

#include <stdbool.h>
#include <stdint.h>

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
 * struct operations - a kind of tables. What it does not offer is NULL.
 * @create: makes the table, empty, for so many entries
 * @attach: a process begins to use it
 * @lookup: the key was there, and its value was copied
 * @store: the key has the value now
 * @insert: the key was absent, and was made
 * @remove: the key was there, and was removed
 * @lookup_batch: all keys were there, and their values were copied
 * @store_batch: all keys have their values now
 * @walk: copies at most so many entries; returns how many
 * @bytes: memory of the table
 */
struct operations {
	void (*create)(struct table *table, uint64_t entries);
	void (*attach)(struct table *table);
	bool (*lookup)(const struct table *table, uint64_t key, uint64_t *value);
	bool (*store)(const struct table *table, uint64_t key, uint64_t value);
	bool (*insert)(const struct table *table, uint64_t key, uint64_t value);
	bool (*remove)(const struct table *table, uint64_t key);
	bool (*lookup_batch)(const struct table *table, const uint64_t *keys,
			     uint64_t *values, uint32_t count);
	bool (*store_batch)(const struct table *table, const uint64_t *keys,
			    const uint64_t *values, uint32_t count);
	uint32_t (*walk)(const struct table *table, struct walk *walk, uint32_t count);
	uint64_t (*bytes)(const struct table *table);
};

extern const struct operations bucketmap_operations;
extern const struct operations bpf_operations;
extern const struct operations lmdb_operations;

/* Nothing is lost by the multiplication. */
static inline uint64_t key_of(uint64_t number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

#endif /* _BENCH_ABI_TABLE_H */

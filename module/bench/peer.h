/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table under measurement, as the kernel bench and the bench of system
 * calls see it. Keys and values have eight bytes.
 *
 * The benches call all tables through these pointers, so that the call costs the
 * same for each.
 */
#ifndef _BENCH_PEER_H
#define _BENCH_PEER_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stdint.h>
#endif

/**
 * struct bench_peer - a kind of table
 * @name: name in the results
 * @create: make an empty table, without a hint about its size; returns an
 *	ERR_PTR() on failure (kernel bench only)
 * @destroy: free a table that is no longer used (kernel bench only)
 * @lookup: copy the value of a key; returns whether the key is present
 * @store: set the value of a key that is present; returns whether it succeeded
 * @insert: make an entry; returns whether the key was absent
 * @remove: remove an entry; returns whether the key was present
 * @bytes: current memory of the table and its entries
 */
struct bench_peer {
	const char *name;
	void *(*create)(void);
	void (*destroy)(void *table);
	bool (*lookup)(void *table, uint64_t key, uint64_t *value);
	bool (*store)(void *table, uint64_t key, uint64_t value);
	bool (*insert)(void *table, uint64_t key, uint64_t value);
	bool (*remove)(void *table, uint64_t key);
	uint64_t (*bytes)(void *table);
};

#endif /* _BENCH_PEER_H */

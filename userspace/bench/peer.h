/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table under measurement, as the native bench sees it. Keys and values
 * have eight bytes; every table starts empty and without a hint about its size.
 *
 * The bench calls all tables through these pointers, so that the call costs the
 * same for each.
 */
#ifndef _BENCH_PEER_H
#define _BENCH_PEER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Keys in a batch. */
#define BENCH_BATCH	128

/**
 * struct bench_peer - a kind of table
 * @name: name in the results
 * @setup: called once, first, by the first thread of the process
 * @thread_begin: called by a thread before it uses a table
 * @thread_end: called by a thread before it ends
 * @create: make an empty table
 * @destroy: free a table that is no longer used
 * @lookup: copy the value of a key; returns whether the key is present
 * @lookup_batch: the same for at most BENCH_BATCH keys; returns whether all are
 *	present; or NULL
 * @store: set the value of a key, present or not; returns true
 * @insert: make an entry; returns whether the key was absent
 * @remove: remove an entry; returns whether the key was present
 * @bytes: memory that the table reports, or NULL
 * @has_worker: it grows by a thread of its own
 */
struct bench_peer {
	const char *name;
	void (*setup)(void);
	void (*thread_begin)(void);
	void (*thread_end)(void);
	void *(*create)(void);
	void (*destroy)(void *table);
	bool (*lookup)(void *table, uint64_t key, uint64_t *value);
	bool (*lookup_batch)(void *table, const uint64_t *keys, uint64_t *values,
			     unsigned int count);
	bool (*store)(void *table, uint64_t key, uint64_t value);
	bool (*insert)(void *table, uint64_t key, uint64_t value);
	bool (*remove)(void *table, uint64_t key);
	uint64_t (*bytes)(void *table);
	bool has_worker;
};

extern const struct bench_peer bucketmap_xxh64_peer;
extern const struct bench_peer bucketmap_siphash_peer;
extern const struct bench_peer mapped_peer;
extern const struct bench_peer rculfhash_peer;
extern const struct bench_peer libcuckoo_peer;
extern const struct bench_peer tbb_peer;
extern const struct bench_peer boost_peer;
extern const struct bench_peer absl_peer;
extern const struct bench_peer array_peer;

/* The finalizer of MurmurHash3. It is cheaper than xxh64 of eight bytes. */
static inline uint64_t bench_hash(uint64_t key)
{
	key ^= key >> 33;
	key *= 0xff51afd7ed558ccdULL;
	key ^= key >> 33;
	key *= 0xc4ceb9fe1a85ec53ULL;
	return key ^ key >> 33;
}

#ifdef __cplusplus
}
#endif

#endif /* _BENCH_PEER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table under measurement, as the driver sees it. Keys and values are
 * eight bytes; every table starts empty and without a hint about its size.
 *
 * The driver calls all tables through these pointers, so that the call costs
 * each the same. Operations return whether they did what they say.
 */
#ifndef _BENCH_PEER_H
#define _BENCH_PEER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Keys of a batch. */
#define BENCH_BATCH	128

/**
 * struct bench_peer - a kind of table
 * @name: as in the results
 * @setup: once in the process, by its first thread, before all else
 * @thread_begin: before a thread uses a table
 * @thread_end: before it ends
 * @create: a new table
 * @destroy: nobody uses it any more
 * @lookup: the key was there, and its value was copied
 * @lookup_batch: the same for BENCH_BATCH keys or fewer: all were there; or NULL
 * @store: the key now has the value; true
 * @insert: the key was absent, and was made
 * @remove: the key was there, and was removed
 * @bytes: memory of the table as it says itself, or NULL
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
extern const struct bench_peer rculfhash_peer;
extern const struct bench_peer libcuckoo_peer;
extern const struct bench_peer tbb_peer;

/* The final mix of MurmurHash3: cheaper than xxh64 of eight bytes. */
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hash table under measurement, as the bench sees it. Keys and values are
 * eight bytes; every table starts empty and without a hint about its size.
 *
 * The bench calls all tables through these pointers, so that the call costs
 * each the same. Operations return whether they did what they say.
 */
#ifndef _BENCH_PEER_H
#define _BENCH_PEER_H

#include <linux/types.h>

/**
 * struct bench_peer - a kind of table
 * @name: as in the results
 * @create: a new table, or an ERR_PTR()
 * @destroy: nobody uses it any more
 * @lookup: the key was there, and its value was copied
 * @store: the key was there, and has the value now
 * @insert: the key was absent, and was made
 * @remove: the key was there, and was removed
 * @bytes: memory of the table and its entries, at this moment
 */
struct bench_peer {
	const char *name;
	void *(*create)(void);
	void (*destroy)(void *table);
	bool (*lookup)(void *table, u64 key, u64 *value);
	bool (*store)(void *table, u64 key, u64 value);
	bool (*insert)(void *table, u64 key, u64 value);
	bool (*remove)(void *table, u64 key);
	u64 (*bytes)(void *table);
};

extern const struct bench_peer bench_xxh64;
extern const struct bench_peer bench_siphash;
extern const struct bench_peer bench_rhashtable;

/* Entries are numbered from 0. Nothing is lost by the multiplication. */
static inline u64 key_of(u64 number)
{
	return number * 0x9e3779b97f4a7c15ULL;
}

#endif /* _BENCH_PEER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the suites: random numbers from one seed, maps that are destroyed
 * with their case, and keys with a given hash.
 *
 * The hash key of every map that a case creates is derived from the seed, so a
 * failure can be reproduced with the seed that the suite prints:
 * insmod bucketmap.ko kunit_seed=N
 */
#ifndef _BM_KUNIT_COMMON_H
#define _BM_KUNIT_COMMON_H

#include <kunit/test.h>
#include <linux/prandom.h>

#include "core/bucket.h"
#include "core/change.h"
#include "core/evacuate.h"

/* The suite_init and the init of every suite. */
int bmt_suite_init(struct kunit_suite *suite);
int bmt_init(struct kunit *test);

/* Random numbers of the case; bmt_below() returns 0 to @limit - 1. */
u64 bmt_random(struct kunit *test);
u32 bmt_below(struct kunit *test, u32 limit);

/* Maps, destroyed at the end of the case or before. */
struct bucketmap *bmt_map(struct kunit *test,
			  const struct bucketmap_config *config);
void bmt_map_destroy(struct kunit *test, struct bucketmap *map);

/*
 * The worker: hold stops it; free lets it run when it is kicked; release also
 * kicks it and settles; settle waits until it has nothing left to do.
 */
void bmt_worker_hold(struct bucketmap *map);
void bmt_worker_free(struct bucketmap *map);
void bmt_worker_release(struct kunit *test, struct bucketmap *map);
void bmt_settle(struct kunit *test, struct bucketmap *map);

/* Tables. They are stable only while the worker is held or settled. */
static inline struct bm_table *bmt_table(struct bucketmap *map)
{
	return rcu_dereference_protected(map->table, true);
}

static inline struct bm_table *bmt_next(struct bm_table *table)
{
	return rcu_dereference_protected(table->next, true);
}

struct bm_table *bmt_publish(struct kunit *test, struct bucketmap *map,
			     u32 order);
void bmt_evacuate(struct kunit *test, struct bucketmap *map, u32 index);
void bmt_evacuate_all(struct kunit *test, struct bucketmap *map);
void bmt_pool_grow(struct kunit *test, struct bm_table *table);
u32 bmt_pool_drain(struct bm_table *table);

/*
 * A map is consistent if its chains are compact, every entry is under its tag
 * in its bucket, empty slots are zero, all overflow records are accounted for,
 * and there are as many entries as are counted. There must be no writers, and
 * the worker must not run.
 *
 * bmt_map_fault() returns what is wrong, or NULL; bmt_check_map() fails the
 * case.
 */
const char *bmt_map_fault(struct bucketmap *map);
void bmt_check_map(struct kunit *test, struct bucketmap *map);

/* Maps whose keys and values are u64. */
struct bucketmap *bmt_numbers(struct kunit *test, u64 capacity);
struct bucketmap *bmt_mappable(struct kunit *test, u64 capacity);
u64 bmt_value(u64 key);
int bmt_put(struct bucketmap *map, u64 key);
void bmt_fill(struct kunit *test, struct bucketmap *map, u64 first, u64 count);
void bmt_check(struct kunit *test, struct bucketmap *map, u64 first,
	       u64 count);
void bmt_check_absent(struct kunit *test, struct bucketmap *map, u64 first,
		      u64 count);
u64 bmt_count(struct bucketmap *map);

/*
 * Maps of made keys: 16-byte keys, hashed by xxh64. There is one key for every
 * pair of hash and number. Values are u64.
 */
struct bmt_key {
	__le64 words[2];
};

struct bucketmap *bmt_made(struct kunit *test, u32 value_size, u64 capacity);
struct bmt_key bmt_make_key(const struct bucketmap *map, u64 hash, u64 number);
void bmt_put_made(struct kunit *test, struct bucketmap *map, u64 hash,
		  u64 number);
bool bmt_has_made(struct bucketmap *map, u64 hash, u64 number);

#endif /* _BM_KUNIT_COMMON_H */

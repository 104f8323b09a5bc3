/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites share: random numbers from one seed, maps that go with their
 * case, keys made to measure, and a plain model of a map.
 *
 * All maps that a case makes hash with a key that comes from the seed, so a
 * failure repeats with the seed that the suite has printed:
 * insmod bucketmap.ko kunit_seed=N
 */
#ifndef _BM_KUNIT_COMMON_H
#define _BM_KUNIT_COMMON_H

#include <kunit/test.h>
#include <linux/prandom.h>

#include "core/bucket.h"
#include "core/change.h"
#include "core/evacuate.h"

/* Every suite has these two as its suite_init and its init. */
int bmt_suite_init(struct kunit_suite *suite);
int bmt_init(struct kunit *test);

/* Random numbers of the case; @below: 0 to @limit - 1. */
u64 bmt_random(struct kunit *test);
u32 bmt_below(struct kunit *test, u32 limit);

/* Maps, destroyed with their case or before. */
struct bucketmap *bmt_map(struct kunit *test,
			  const struct bucketmap_config *config);
void bmt_map_destroy(struct kunit *test, struct bucketmap *map);

/* The worker: kept from looking at the map; let go; waited for. */
void bmt_worker_hold(struct bucketmap *map);
void bmt_worker_free(struct bucketmap *map);
void bmt_worker_release(struct kunit *test, struct bucketmap *map);
void bmt_settle(struct kunit *test, struct bucketmap *map);

/* Tables. They hold still only while the worker is held or settled. */
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
 * Fails the case unless everything in the map, whose writers stand still, is
 * as it must be: chains compact, tags and buckets right, empty slots zero,
 * overflow records all accounted for, entries as many as were counted.
 */
void bmt_check_map(struct kunit *test, struct bucketmap *map);

/* Maps of numbers: keys and values are u64. */
struct bucketmap *bmt_numbers(struct kunit *test, u64 capacity);
u64 bmt_value(u64 key);
int bmt_put(struct bucketmap *map, u64 key);
void bmt_fill(struct kunit *test, struct bucketmap *map, u64 first, u64 count);
void bmt_check(struct kunit *test, struct bucketmap *map, u64 first,
	       u64 count);
void bmt_check_absent(struct kunit *test, struct bucketmap *map, u64 first,
		      u64 count);
u64 bmt_count(struct bucketmap *map);

/*
 * Maps of made keys: 16-byte keys, hashed by xxh64, of which there is one for
 * every hash and number. Values are u64.
 */
struct bmt_key {
	__le64 words[2];
};

struct bucketmap *bmt_made(struct kunit *test, u32 value_size, u64 capacity);
struct bmt_key bmt_make_key(const struct bucketmap *map, u64 hash, u64 number);
void bmt_put_made(struct kunit *test, struct bucketmap *map, u64 hash,
		  u64 number);
bool bmt_has_made(struct bucketmap *map, u64 hash, u64 number);

/**
 * struct bmt_model - a plain model of a map, and the map
 * @map: the map
 * @keys: how many different keys there are
 * @most: entries that the map may hold
 * @count: entries
 * @present: whether a key is there
 * @values: the values of all keys
 * @seen: how often a scan met a key
 * @key: room for a key
 * @value: room for a value
 * @got: room for another
 * @filling: writes more often insert than they delete
 */
struct bmt_model {
	struct bucketmap *map;
	u32 keys;
	u32 most;
	u32 count;
	bool *present;
	u8 *values;
	u8 *seen;
	u8 *key;
	u8 *value;
	u8 *got;
	bool filling;
};

struct bmt_model *bmt_model(struct kunit *test, struct bucketmap *map,
			    u32 keys, u32 most);
void bmt_model_step(struct kunit *test, struct bmt_model *model);
void bmt_model_steps(struct kunit *test, struct bmt_model *model, u32 steps);
void bmt_model_check(struct kunit *test, struct bmt_model *model);
void bmt_model_scan(struct kunit *test, struct bmt_model *model, u32 capacity,
		    void (*between)(struct kunit *test,
				    struct bmt_model *model));
void bmt_key_bytes(u8 *key, u32 size, u32 id);

#endif /* _BM_KUNIT_COMMON_H */

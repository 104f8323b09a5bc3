/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps of u64 keys and values, and control of their worker and tables, beside what
 * the KUnit suites have for that in kunit/common.h.
 */
#ifndef _NATIVE_TESTS_MAPS_H
#define _NATIVE_TESTS_MAPS_H

#include "core/map.h"
#include "kunit/common.h"

/* Keys and values are u64. */
extern const struct bucketmap_config word_config;

/* Waits for a condition that must become true, without a timeout. */
#define await(condition) do {						\
	while (!(condition))						\
		sleep_1ms();						\
} while (0)

int insert_key(struct bucketmap *map, u64 key);
struct bucketmap *make_filled_map(u64 capacity, u64 count);
void assert_holds_keys(struct bucketmap *map, u64 count);
u64 buckets_of(struct bucketmap *map);

void sleep_1ms(void);
void assert_consistent(struct bucketmap *map);
void settle(struct bucketmap *map);

struct bm_table *make_next(struct bm_table *table, u32 order);
struct bm_table *publish(struct bucketmap *map, u32 order);

struct bucketmap *make_full_map(void);
void free_full_map(struct bucketmap *map);

#endif /* _NATIVE_TESTS_MAPS_H */

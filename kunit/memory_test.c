// SPDX-License-Identifier: GPL-2.0
/*
 * Memory accounting: all memory of maps is counted and, when freed, uncounted. It
 * never exceeds max_bytes, and a refused operation changes nothing.
 *
 * Other maps may exist; the cases compare with the count at their beginning.
 */
#include <linux/delay.h>
#include <linux/module.h>

#include "common.h"
#include "core/memory.h"

#define WHOLE	BUCKETMAP_WHOLE
#define KEYS	3000

/* Sets the module parameter, as a write to its file in sysfs does. */
static void set_max_bytes(u64 bytes)
{
	struct module *module = THIS_MODULE;
	char text[24];
	u32 i;

	snprintf(text, sizeof(text), "%llu", bytes);
	kernel_param_lock(module);
	for (i = 0; i < module->num_kp; i++) {
		const struct kernel_param *parameter = &module->kp[i];

		if (!strcmp(parameter->name, "max_bytes"))
			parameter->ops->set(text, parameter);
	}
	kernel_param_unlock(module);
}

static void limit_end(void *unused)
{
	set_max_bytes(0);
}

/* The limit holds until the case ends or sets another. */
static void limit_begin(struct kunit *test, u64 bytes)
{
	set_max_bytes(bytes);
	KUNIT_ASSERT_EQ(test, bm_memory_max_bytes(), bytes);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action(test, limit_end, NULL));
}

/* Retired tables are freed after a grace period. */
static void expect_bytes(struct kunit *test, u64 bytes)
{
	u32 tries;

	for (tries = 0; tries < 1000 && bm_memory_bytes() != bytes; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), bytes);
}

static u64 bytes_of(struct bucketmap *map)
{
	struct bucketmap_geometry geometry;

	bucketmap_geometry(map, &geometry);
	return geometry.bytes;
}

static void table_memory_is_accounted(struct kunit *test)
{
	u64 before = bm_memory_bytes();
	struct bucketmap *one = bmt_numbers(test, 0);
	struct bucketmap *other = bmt_numbers(test, KEYS);

	expect_bytes(test, before + bytes_of(one) + bytes_of(other));
	bmt_fill(test, one, 0, KEYS);
	bmt_settle(test, one);
	KUNIT_EXPECT_GT(test, one->resize.grown, 0);
	expect_bytes(test, before + bytes_of(one) + bytes_of(other));
	KUNIT_EXPECT_EQ(test, 0, bucketmap_resize(other, 0, 0));
	expect_bytes(test, before + bytes_of(one) + bytes_of(other));
	bmt_map_destroy(test, one);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before + bytes_of(other));
	bmt_map_destroy(test, other);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before);
}

static void chunk_memory_is_accounted(struct kunit *test)
{
	u64 before = bm_memory_bytes();
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 bytes;

	bmt_worker_hold(map);
	bytes = bytes_of(map);
	bmt_pool_grow(test, bmt_table(map));
	KUNIT_EXPECT_EQ(test, bytes_of(map),
			bytes + bm_chunk_bytes(&bmt_table(map)->pool));
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before + bytes_of(map));
	bmt_map_destroy(test, map);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before);
}

static void destroying_map_during_resize_frees_all_memory(struct kunit *test)
{
	u64 before = bm_memory_bytes();
	struct bucketmap *map = bmt_numbers(test, 100);

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 100);
	bmt_publish(test, map, 7);
	bmt_evacuate(test, map, 0);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before + bytes_of(map));
	bmt_map_destroy(test, map);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before);
}

static void max_bytes_refuses_maps(struct kunit *test)
{
	struct bucketmap_config config = { .key_size = 8, .value_size = 8 };
	u64 before = bm_memory_bytes();
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 bytes = bytes_of(map);

	limit_begin(test, before + 2 * bytes);
	config.capacity = KEYS;
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR_OR_ZERO(bucketmap_create(&config)));
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before + bytes);
	/* Exactly as much as the limit permits. */
	bmt_numbers(test, 0);
	config.capacity = 0;
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			PTR_ERR_OR_ZERO(bucketmap_create(&config)));
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before + 2 * bytes);
}

static u64 fill_until_refused(struct kunit *test, struct bucketmap *map)
{
	u64 key = 0;
	int err;

	do {
		err = bmt_put(map, key++);
		KUNIT_EXPECT_LE(test, bm_memory_bytes(), bm_memory_max_bytes());
	} while (!err && key < KEYS);
	KUNIT_ASSERT_EQ(test, err, -ENOMEM);
	return key - 1;
}

static void max_bytes_refuses_entries_without_losing_any(struct kunit *test)
{
	u64 before = bm_memory_bytes();
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 keys, key;

	limit_begin(test, before + 20000);
	keys = fill_until_refused(test, map);
	KUNIT_EXPECT_GT(test, bm_counters_sum(map, BM_REFUSED_MEMORY), 0);
	bmt_check(test, map, 0, keys);
	bmt_check_absent(test, map, keys, 1);
	/* Operations that need no memory succeed. */
	for (key = 0; key < keys; key += 2)
		KUNIT_EXPECT_EQ(test, bucketmap_delete(map, &key), 0);
	for (key = 0; key < keys; key += 2)
		KUNIT_EXPECT_EQ(test, bmt_put(map, key), 0);
	bmt_check(test, map, 0, keys);

	set_max_bytes(0);
	bmt_fill(test, map, keys, KEYS - keys);
	bmt_settle(test, map);
	bmt_check(test, map, 0, KEYS);
	bmt_check_map(test, map);
	bmt_map_destroy(test, map);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before);
}

static void max_bytes_refuses_resize(struct kunit *test)
{
	u64 before = bm_memory_bytes();
	struct bucketmap *map = bmt_numbers(test, 0);
	u64 bytes;

	bmt_fill(test, map, 0, 5);
	bytes = bytes_of(map);
	limit_begin(test, before + bytes);
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, KEYS, 0), -ENOMEM);
	KUNIT_EXPECT_EQ(test, bytes_of(map), bytes);
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before + bytes);
	bmt_check(test, map, 0, 5);
	set_max_bytes(0);
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, KEYS, 0), 0);
	KUNIT_EXPECT_GT(test, bytes_of(map), bytes);
	bmt_check(test, map, 0, 5);
}

/* A worker that cannot complete the migration still answers the request. */
static void max_bytes_refuses_resize_during_migration(struct kunit *test)
{
	struct bucketmap *map = bmt_numbers(test, KEYS);
	u64 before;

	bmt_worker_hold(map);
	bmt_fill(test, map, 0, 5);
	before = bm_memory_bytes();
	bmt_publish(test, map, bmt_table(map)->order - 1);
	bmt_pool_drain(bmt_next(bmt_table(map)));
	bmt_worker_free(map);
	limit_begin(test, bm_memory_bytes());
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, 3 * KEYS, 0), -ENOMEM);
	bmt_check(test, map, 0, 5);
	set_max_bytes(0);
	KUNIT_EXPECT_EQ(test, bucketmap_resize(map, 3 * KEYS, 0), 0);
	KUNIT_EXPECT_GE(test, BM_LOAD_GROW(bm_table_buckets(bmt_table(map))),
			3ULL * KEYS);
	bmt_check(test, map, 0, 5);
	/* Retired tables are not included. */
	bmt_settle(test, map);
	KUNIT_EXPECT_GT(test, bm_memory_bytes(), before);
}

static void failed_map_creation_uses_no_memory(struct kunit *test)
{
	static const struct bucketmap_config configs[] = {
		{ .key_size = 8, .value_size = 8, .capacity = U64_MAX },
		{ .key_size = 0, .value_size = 8 },
	};
	u64 before = bm_memory_bytes();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(configs); i++)
		KUNIT_EXPECT_TRUE(test, IS_ERR(bucketmap_create(&configs[i])));
	KUNIT_EXPECT_EQ(test, bm_memory_bytes(), before);
}

static struct kunit_case memory_cases[] = {
	KUNIT_CASE(table_memory_is_accounted),
	KUNIT_CASE(chunk_memory_is_accounted),
	KUNIT_CASE(destroying_map_during_resize_frees_all_memory),
	KUNIT_CASE(max_bytes_refuses_maps),
	KUNIT_CASE(max_bytes_refuses_entries_without_losing_any),
	KUNIT_CASE(max_bytes_refuses_resize),
	KUNIT_CASE(max_bytes_refuses_resize_during_migration),
	KUNIT_CASE(failed_map_creation_uses_no_memory),
	{}
};

static struct kunit_suite memory_suite = {
	.name = "bucketmap_memory",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = memory_cases,
};

kunit_test_suite(memory_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Hashing: from the bytes of a key to a bucket and a tag.
 */
#include <linux/siphash.h>
#include <linux/xxhash.h>

#include "common.h"

static struct bucketmap *map_of(struct kunit *test, u32 key_size, u32 flags)
{
	struct bucketmap_config config = {
		.key_size = key_size,
		.flags = flags,
	};

	return bmt_map(test, &config);
}

static u64 hash_of(struct bucketmap *map, const void *bytes)
{
	struct bm_key key;

	bm_key_init(map, &key, bytes);
	return key.hash;
}

static void flag_selects_xxh64(struct kunit *test)
{
	u64 aligned[BUCKETMAP_KEY_SIZE_MAX / sizeof(u64)];
	u32 size;

	for (size = 1; size <= BUCKETMAP_KEY_SIZE_MAX; size++) {
		struct bucketmap *map;

		map = map_of(test, size, BUCKETMAP_CREATE_XXH64);
		prandom_bytes_state(test->priv, aligned, sizeof(aligned));
		KUNIT_ASSERT_EQ(test, hash_of(map, aligned),
				xxh64(aligned, size, map->hash.key.key[0]));
		bmt_map_destroy(test, map);
	}
}

static void siphash_is_default(struct kunit *test)
{
	u64 aligned[BUCKETMAP_KEY_SIZE_MAX / sizeof(u64)];
	u32 size;

	for (size = 1; size <= BUCKETMAP_KEY_SIZE_MAX; size++) {
		struct bucketmap *map = map_of(test, size, 0);
		u64 wanted;

		prandom_bytes_state(test->priv, aligned, sizeof(aligned));
		wanted = size == 8 ? siphash_1u64(*aligned, &map->hash.key) :
				     siphash(aligned, size, &map->hash.key);
		KUNIT_ASSERT_EQ(test, hash_of(map, aligned), wanted);
		bmt_map_destroy(test, map);
	}
}

/*
 * The hash does not depend on what follows the key in memory, on its alignment,
 * or on what struct bm_key held before.
 */
static void equal_keys_have_equal_hashes(struct kunit *test)
{
	static const u32 sizes[] = { 1, 2, 7, 8, 9, 15, 16, 17, 255, 256 };
	u8 bytes[BUCKETMAP_KEY_SIZE_MAX + 16];
	u8 first[BUCKETMAP_KEY_SIZE_MAX];
	u32 i, shift;

	for (i = 0; i < ARRAY_SIZE(sizes) * 2; i++) {
		u32 size = sizes[i / 2];
		struct bucketmap *map;
		u32 words = BM_WORDS(size);
		struct bm_key one, two;

		map = map_of(test, size, i % 2 ? BUCKETMAP_CREATE_XXH64 : 0);
		prandom_bytes_state(test->priv, first, sizeof(first));
		memset(&one, 0, sizeof(one));
		bm_key_init(map, &one, first);
		for (shift = 0; shift < 8; shift++) {
			prandom_bytes_state(test->priv, bytes, sizeof(bytes));
			memcpy(bytes + shift, first, size);
			memset(&two, 0xff, sizeof(two));
			bm_key_init(map, &two, bytes + shift);
			KUNIT_ASSERT_EQ(test, one.hash, two.hash);
			KUNIT_ASSERT_MEMEQ(test, one.words, two.words,
					   words * sizeof(u64));
		}
		bmt_map_destroy(test, map);
	}
}

static void every_key_byte_affects_hash(struct kunit *test)
{
	static const u32 sizes[] = { 1, 7, 8, 9, 16, 33, 256 };
	u8 bytes[BUCKETMAP_KEY_SIZE_MAX];
	u32 i, at;

	for (i = 0; i < ARRAY_SIZE(sizes) * 2; i++) {
		struct bucketmap *map;
		u32 size = sizes[i / 2];
		u64 hash;

		map = map_of(test, size, i % 2 ? BUCKETMAP_CREATE_XXH64 : 0);
		prandom_bytes_state(test->priv, bytes, sizeof(bytes));
		hash = hash_of(map, bytes);
		for (at = 0; at < size; at++) {
			bytes[at] ^= 0x10;
			KUNIT_ASSERT_NE(test, hash_of(map, bytes), hash);
			bytes[at] ^= 0x10;
		}
		bmt_map_destroy(test, map);
	}
}

static void hash_init_draws_different_keys(struct kunit *test)
{
	struct bm_hash first, second;
	u32 xxh64;

	for (xxh64 = 0; xxh64 < 2; xxh64++) {
		u64 key = bmt_random(test);

		KUNIT_ASSERT_EQ(test, bm_hash_init(&first, xxh64), 0);
		KUNIT_ASSERT_EQ(test, bm_hash_init(&second, xxh64), 0);
		KUNIT_EXPECT_NE(test, first.key.key[0], second.key.key[0]);
		KUNIT_EXPECT_NE(test, first.key.key[1], second.key.key[1]);
		KUNIT_EXPECT_NE(test, bm_hash_words(&first, &key, 8),
				bm_hash_words(&second, &key, 8));
	}
}

static void maps_have_random_hash_keys(struct kunit *test)
{
	struct bucketmap_config config = { .key_size = 8 };
	struct bucketmap *maps[2];
	u64 key = 0;

	maps[0] = bucketmap_create(&config);
	maps[1] = bucketmap_create(&config);
	if (!IS_ERR(maps[0]) && !IS_ERR(maps[1]))
		KUNIT_EXPECT_NE(test, hash_of(maps[0], &key),
				hash_of(maps[1], &key));
	else
		KUNIT_FAIL(test, "no maps");
	if (!IS_ERR(maps[0]))
		bucketmap_destroy(maps[0]);
	if (!IS_ERR(maps[1]))
		bucketmap_destroy(maps[1]);
}

/* 256 entries per bucket on average: no bucket deviates by 160 or more. */
static void keys_are_distributed_evenly(struct kunit *test)
{
	u32 i, xxh64;

	for (xxh64 = 0; xxh64 < 2; xxh64++) {
		struct bm_table table = { .order = 8, .shift = 64 - 8 };
		u32 *buckets = kunit_kcalloc(test, 512, sizeof(*buckets),
					     GFP_KERNEL);
		struct bucketmap *map;
		u64 key;

		KUNIT_ASSERT_NOT_NULL(test, buckets);
		map = map_of(test, 8, xxh64 ? BUCKETMAP_CREATE_XXH64 : 0);
		for (key = 0; key < 65536; key++) {
			u64 hash = hash_of(map, &key);

			buckets[bm_table_index(&table, hash)]++;
			buckets[256 + (u8)hash]++;
		}
		for (i = 0; i < 512; i++) {
			KUNIT_EXPECT_GT(test, buckets[i], 96);
			KUNIT_EXPECT_LT(test, buckets[i], 416);
		}
	}
}

/* bmt_make_key(), on which other suites depend. */
static void made_keys_have_requested_hash(struct kunit *test)
{
	struct bucketmap *map = bmt_made(test, 8, 0);
	u32 i;

	for (i = 0; i < 1000; i++) {
		u64 hash = i == 0 ? 0 : i == 1 ? ~0ULL : bmt_random(test);
		struct bmt_key key = bmt_make_key(map, hash, i);
		struct bmt_key other = bmt_make_key(map, hash, i + 1);

		KUNIT_ASSERT_EQ(test, hash_of(map, &key), hash);
		KUNIT_ASSERT_EQ(test, hash_of(map, &other), hash);
		KUNIT_ASSERT_MEMNEQ(test, &key, &other, sizeof(key));
	}
}

static struct kunit_case hash_cases[] = {
	KUNIT_CASE(flag_selects_xxh64),
	KUNIT_CASE(siphash_is_default),
	KUNIT_CASE(equal_keys_have_equal_hashes),
	KUNIT_CASE(every_key_byte_affects_hash),
	KUNIT_CASE(hash_init_draws_different_keys),
	KUNIT_CASE(maps_have_random_hash_keys),
	KUNIT_CASE(keys_are_distributed_evenly),
	KUNIT_CASE(made_keys_have_requested_hash),
	{}
};

static struct kunit_suite hash_suite = {
	.name = "bucketmap_hash",
	.suite_init = bmt_suite_init,
	.init = bmt_init,
	.test_cases = hash_cases,
};

kunit_test_suite(hash_suite);

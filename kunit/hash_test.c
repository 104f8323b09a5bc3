// SPDX-License-Identifier: GPL-2.0
/*
 * Hashing: from the bytes of a key to a bucket and a tag.
 */
#include <linux/siphash.h>
#include <linux/xxhash.h>

#include "common.h"

static const u32 hashes[] = {
	0, BUCKETMAP_CREATE_SIPHASH24, BUCKETMAP_CREATE_XXH64,
};

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

/* Each flag selects a hash; it covers keys of all sizes. */
static void flag_selects_hash(struct kunit *test)
{
	u64 aligned[BUCKETMAP_KEY_SIZE_MAX / sizeof(u64)];
	u32 i, size;

	for (i = 0; i < ARRAY_SIZE(hashes) * BUCKETMAP_KEY_SIZE_MAX; i++) {
		u32 flag = hashes[i % ARRAY_SIZE(hashes)];
		const siphash_key_t *key;
		struct bucketmap *map;
		u64 wanted;

		size = i / ARRAY_SIZE(hashes) + 1;
		map = map_of(test, size, flag);
		key = &map->hash.key;
		prandom_bytes_state(test->priv, aligned, sizeof(aligned));
		memset((u8 *)aligned + size, 0, round_up(size, 8) - size);
		if (flag == BUCKETMAP_CREATE_XXH64)
			wanted = xxh64(aligned, size, key->key[0]);
		else if (flag == BUCKETMAP_CREATE_SIPHASH24)
			wanted = siphash(aligned, size, key);
		else
			wanted = bm_siphash13(key, aligned, size);
		KUNIT_ASSERT_EQ(test, hash_of(map, aligned), wanted);
		bmt_map_destroy(test, map);
	}
}

static void two_hashes_are_refused(struct kunit *test)
{
	struct bucketmap_config config = {
		.key_size = 8,
		.flags = BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_SIPHASH24,
	};

	KUNIT_EXPECT_EQ(test, -EINVAL,
			PTR_ERR_OR_ZERO(bucketmap_create(&config)));
}

/*
 * The vectors of the Rust library's tests for its SipHash-1-3: the key is the
 * bytes 0 to 15, the messages are the bytes 0, 1, 2, ...
 */
static void siphash13_matches_published_vectors(struct kunit *test)
{
	static const u64 vectors[] = {
		0xabac0158050fc4dcULL, 0xc9f49bf37d57ca93ULL,
		0x82cb9b024dc7d44dULL, 0x8bf80ab8e7ddf7fbULL,
		0xcf75576088d38328ULL, 0xdef9d52f49533b67ULL,
		0xc50d2b50c59f22a7ULL, 0xd3927d989bb11140ULL,
		0x369095118d299a8eULL, 0x25a48eb36c063de4ULL,
		0x79de85ee92ff097fULL, 0x70c118c1f94dc352ULL,
		0x78a384b157b4d9a2ULL, 0x306f760c1229ffa7ULL,
		0x605aa111c0f95d34ULL, 0xd320d86d2a519956ULL,
		0xcc4fdd1a7d908b66ULL, 0x9cf2689063dbd80cULL,
	};
	static const siphash_key_t key = {
		{ 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL },
	};
	u64 words[DIV_ROUND_UP(ARRAY_SIZE(vectors), sizeof(u64))] = { 0 };
	u32 size;

	for (size = 0; size < ARRAY_SIZE(vectors); size++) {
		KUNIT_EXPECT_EQ(test, bm_siphash13(&key, words, size),
				vectors[size]);
		((u8 *)words)[size] = size;
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

	for (i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(hashes); i++) {
		u32 size = sizes[i / ARRAY_SIZE(hashes)];
		struct bucketmap *map;
		u32 words = BM_WORDS(size);
		struct bm_key one, two;

		map = map_of(test, size, hashes[i % ARRAY_SIZE(hashes)]);
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

	for (i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(hashes); i++) {
		struct bucketmap *map;
		u32 size = sizes[i / ARRAY_SIZE(hashes)];
		u64 hash;

		map = map_of(test, size, hashes[i % ARRAY_SIZE(hashes)]);
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
	enum bm_hash_kind kind;

	for (kind = BM_SIPHASH13; kind <= BM_XXH64; kind++) {
		u64 key = bmt_random(test);

		KUNIT_ASSERT_EQ(test, bm_hash_init(&first, kind), 0);
		KUNIT_ASSERT_EQ(test, bm_hash_init(&second, kind), 0);
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
	u32 i, hash;

	for (hash = 0; hash < ARRAY_SIZE(hashes); hash++) {
		struct bm_table table = { .order = 8, .shift = 64 - 8 };
		u32 *buckets = kunit_kcalloc(test, 512, sizeof(*buckets),
					     GFP_KERNEL);
		struct bucketmap *map;
		u64 key;

		KUNIT_ASSERT_NOT_NULL(test, buckets);
		map = map_of(test, 8, hashes[hash]);
		for (key = 0; key < 65536; key++) {
			u64 bits = hash_of(map, &key);

			buckets[bm_table_index(&table, bits)]++;
			buckets[256 + (u8)bits]++;
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
	KUNIT_CASE(flag_selects_hash),
	KUNIT_CASE(two_hashes_are_refused),
	KUNIT_CASE(siphash13_matches_published_vectors),
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Made keys: a key for any given hash.
 */
#include <linux/bitops.h>

#include "common.h"

#define XXH_1	11400714785074694791ULL
#define XXH_2	14029467366897019727ULL
#define XXH_3	1609587929392839161ULL
#define XXH_4	9650029242287828579ULL
#define XXH_5	2870177450012600261ULL

struct bucketmap *bmt_made(struct kunit *test, u32 value_size, u64 capacity)
{
	struct bucketmap_config config = {
		.key_size = sizeof(struct bmt_key),
		.value_size = value_size,
		.flags = BUCKETMAP_CREATE_XXH64,
		.capacity = capacity,
	};

	return bmt_map(test, &config);
}

/* Returns the multiplicative inverse of an odd number modulo 2^64. */
static u64 inverse(u64 odd)
{
	u64 x = odd;
	u32 i;

	/* Correct in 3 bits at first; each step doubles that. */
	for (i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/* Inverts x ^= x >> shift. */
static u64 unshift(u64 mixed, u32 shift)
{
	u64 x = mixed;
	u32 i;

	for (i = shift; i < 64; i += shift)
		x = mixed ^ x >> shift;
	return x;
}

/* How xxh64 mixes in a word, and the inverse. */
static u64 mix_word(u64 word)
{
	return rol64(word * XXH_2, 31) * XXH_1;
}

static u64 unmix_word(u64 mixed)
{
	return ror64(mixed * inverse(XXH_1), 31) * inverse(XXH_2);
}

/*
 * xxh64 of two words is a sequence of invertible steps. So for any first word
 * there is a second word that results in the wanted hash.
 */
struct bmt_key bmt_make_key(const struct bucketmap *map, u64 hash, u64 number)
{
	u64 state = map->hash.key.key[0] + XXH_5 + sizeof(struct bmt_key);
	u64 wanted = unshift(hash, 32) * inverse(XXH_3);

	wanted = unshift(wanted, 29) * inverse(XXH_2);
	wanted = unshift(wanted, 33);
	wanted = ror64((wanted - XXH_4) * inverse(XXH_1), 27);
	state = rol64(state ^ mix_word(number), 27) * XXH_1 + XXH_4;
	return (struct bmt_key) {
		{ cpu_to_le64(number), cpu_to_le64(unmix_word(state ^ wanted)) }
	};
}

void bmt_put_made(struct kunit *test, struct bucketmap *map, u64 hash,
		  u64 number)
{
	struct bmt_key key = bmt_make_key(map, hash, number);
	struct bucketmap_window window = { 0, sizeof(u64) };
	u64 value = bmt_value(hash + number);
	int err = bucketmap_insert(map, &key, window, &value, GFP_KERNEL);

	KUNIT_ASSERT_EQ(test, err, 0);
}

bool bmt_has_made(struct bucketmap *map, u64 hash, u64 number)
{
	struct bmt_key key = bmt_make_key(map, hash, number);
	struct bucketmap_window window = { 0, sizeof(u64) };
	u64 value;

	return !bucketmap_lookup(map, &key, window, &value) &&
	       value == bmt_value(hash + number);
}

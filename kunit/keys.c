// SPDX-License-Identifier: GPL-2.0
/*
 * Made keys: one for every hash.
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

/* The number that an odd one must be multiplied with to get 1. */
static u64 inverse(u64 odd)
{
	u64 x = odd;
	u32 i;

	/* Right in 3 bits at first, in twice as many after each step. */
	for (i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/* Undoes x ^= x >> shift. */
static u64 unshift(u64 mixed, u32 shift)
{
	u64 x = mixed;
	u32 i;

	for (i = shift; i < 64; i += shift)
		x = mixed ^ x >> shift;
	return x;
}

/* How xxh64 takes in a word, and the other way round. */
static u64 take_in(u64 word)
{
	return rol64(word * XXH_2, 31) * XXH_1;
}

static u64 take_out(u64 taken)
{
	return ror64(taken * inverse(XXH_1), 31) * inverse(XXH_2);
}

/*
 * xxh64 of two words is a chain of steps of which each can be undone. So for
 * any first word there is a second one that leads to the wanted hash.
 */
struct bmt_key bmt_make_key(const struct bucketmap *map, u64 hash, u64 number)
{
	u64 state = map->hash.key.key[0] + XXH_5 + sizeof(struct bmt_key);
	u64 wanted = unshift(hash, 32) * inverse(XXH_3);

	wanted = unshift(wanted, 29) * inverse(XXH_2);
	wanted = unshift(wanted, 33);
	wanted = ror64((wanted - XXH_4) * inverse(XXH_1), 27);
	state = rol64(state ^ take_in(number), 27) * XXH_1 + XXH_4;
	return (struct bmt_key) {
		{ cpu_to_le64(number), cpu_to_le64(take_out(state ^ wanted)) }
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

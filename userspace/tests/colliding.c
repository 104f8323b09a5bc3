// SPDX-License-Identifier: GPL-2.0
/*
 * Colliding keys. Each step of xxh64 of two words can be undone: from the hash
 * of a known key to the seed, and from a hash to a key's second word.
 */
#include <endian.h>

#include "colliding.h"

#define XXH_1	11400714785074694791ULL
#define XXH_2	14029467366897019727ULL
#define XXH_3	1609587929392839161ULL
#define XXH_4	9650029242287828579ULL
#define XXH_5	2870177450012600261ULL

static __u64 rotate_left(__u64 word, int by)
{
	return word << by | word >> (64 - by);
}

static __u64 rotate_right(__u64 word, int by)
{
	return word >> by | word << (64 - by);
}

/* The inverse of an odd number, modulo 2^64. */
static __u64 inverse(__u64 odd)
{
	__u64 x = odd;

	/* Three bits are correct at first, twice as many after each step. */
	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/* Undoes x ^= x >> shift. */
static __u64 unshift(__u64 mixed, int shift)
{
	__u64 x = mixed;

	for (int i = shift; i < 64; i += shift)
		x = mixed ^ x >> shift;
	return x;
}

/* Mixes a word before it enters the state; unmix_word() undoes it. */
static __u64 mix_word(__u64 word)
{
	return rotate_left(word * XXH_2, 31) * XXH_1;
}

static __u64 unmix_word(__u64 mixed)
{
	return rotate_right(mixed * inverse(XXH_1), 31) * inverse(XXH_2);
}

/* Adds a word to the state. */
static __u64 add_word(__u64 state, __u64 word)
{
	return rotate_left(state ^ mix_word(word), 27) * XXH_1 + XXH_4;
}

/* Undoes add_word(). Returns the state before it, XORed with the mixed word. */
static __u64 undo_add_word(__u64 state)
{
	return rotate_right((state - XXH_4) * inverse(XXH_1), 27);
}

static __u64 final_state(__u64 hash)
{
	__u64 state = unshift(hash, 32) * inverse(XXH_3);

	state = unshift(state, 29) * inverse(XXH_2);
	return unshift(state, 33);
}

static __u64 initial_state(__u64 seed)
{
	return seed + XXH_5 + sizeof(struct colliding_key);
}

struct colliding_key colliding_key(__u64 seed, __u64 hash, __u64 number)
{
	__u64 state = add_word(initial_state(seed), number);
	__u64 wanted = undo_add_word(final_state(hash));

	return (struct colliding_key) {
		{ htole64(number), htole64(unmix_word(state ^ wanted)) }
	};
}

static __u64 seed_of(const struct colliding_key *key, __u64 hash)
{
	__u64 state = undo_add_word(final_state(hash)) ^ mix_word(le64toh(key->words[1]));

	state = undo_add_word(state) ^ mix_word(le64toh(key->words[0]));
	return state - initial_state(0);
}

/*
 * A scan with a capacity of one entry usually stops right after the entry's
 * hash, except at the end of a bucket. The seed is the one that two entries
 * agree on.
 */
static __u64 find_seed(struct bucketmap *map)
{
	struct bucketmap_cursor cursor = { 0 };
	__u64 seeds[64], value;
	struct colliding_key key;
	int found = 0;
	__u32 count;

	while (!cursor.end) {
		assert_ok(bucketmap_scan(map, &cursor, &key, &value, 0, 0, 1, &count));
		if (!count)
			continue;
		seeds[found] = seed_of(&key, cursor.position - 1);
		for (int i = 0; i < found; i++)
			if (seeds[i] == seeds[found])
				return seeds[i];
		found++;
	}
	fail_msg("the cursors of %d entries do not reveal the seed", found);
	return 0;
}

struct bucketmap *colliding_map(__u64 capacity, __u64 *seed)
{
	const struct bucketmap_create config = {
		.size = sizeof(config),
		.flags = BUCKETMAP_CREATE_XXH64 | BUCKETMAP_CREATE_MAPPABLE,
		.key_size = sizeof(struct colliding_key),
		.value_size = sizeof(__u64),
		.mode = 0600,
	};
	struct bucketmap *map;

	assert_ok(bucketmap_create(&map, &config));
	for (__u64 i = 0; i < 64; i++) {
		struct colliding_key key = { { i, ~i } };

		assert_ok(bucketmap_store(map, &key, &i, 0, 0));
	}
	*seed = find_seed(map);
	for (__u64 i = 0; i < 64; i++) {
		struct colliding_key key = { { i, ~i } };

		assert_ok(bucketmap_delete(map, &key));
	}
	assert_ok(bucketmap_resize(map, capacity, 0));
	return map;
}

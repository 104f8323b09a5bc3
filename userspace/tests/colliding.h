/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Colliding keys for a map that hashes by xxh64. With the seed, which the
 * cursors of scans reveal, a key can be computed for any hash.
 */
#ifndef _BUCKETMAP_TESTS_COLLIDING_H
#define _BUCKETMAP_TESTS_COLLIDING_H

#include "support.h"

/* The maximum number of entries of a bucket. */
#define COLLIDING_MAX	256

struct colliding_key {
	__u64 words[2];
};

/* Creates a map of such keys and 8-byte values with this capacity, and returns its seed. */
struct bucketmap *colliding_map(__u64 capacity, __u64 *seed);

/* The key number @number with this hash. Different numbers give different keys. */
struct colliding_key colliding_key(__u64 seed, __u64 hash, __u64 number);

#endif /* _BUCKETMAP_TESTS_COLLIDING_H */

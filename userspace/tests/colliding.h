/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys that collide in a map that hashes by xxh64: one for every hash, by the
 * seed, which cursors of scans give away.
 */
#ifndef _BUCKETMAP_TESTS_COLLIDING_H
#define _BUCKETMAP_TESTS_COLLIDING_H

#include "support.h"

/* What a bucket holds at most. */
#define COLLIDING_MAX	256

struct colliding_key {
	__u64 words[2];
};

/* A map of such keys and values of 8 bytes, with room for so many; and its seed. */
struct bucketmap *colliding_map(__u64 capacity, __u64 *seed);

/* Keys with different numbers are different. */
struct colliding_key colliding_key(__u64 seed, __u64 hash, __u64 number);

#endif /* _BUCKETMAP_TESTS_COLLIDING_H */

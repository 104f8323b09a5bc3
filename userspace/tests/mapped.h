/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A reader of mapped maps, as simple as possible, by the words of
 * uapi/bucketmap_mapped.h alone. It shares nothing with the library's.
 */
#ifndef _BUCKETMAP_TESTS_MAPPED_H
#define _BUCKETMAP_TESTS_MAPPED_H

#include "support.h"
#include "uapi/bucketmap_mapped.h"

#define GONE		BUCKETMAP_MAPPED_GONE
#define AREAS		32

/* An area that is mapped. */
struct area {
	__u64 word;
	const unsigned char *start;
	const struct bucketmap_mapped_table *page;
	__u64 bytes;
};

/* For one thread. areas[] has the tables that were used last. */
struct mapped {
	int fd;
	const struct bucketmap_mapped_header *header;
	struct area areas[AREAS];
	size_t next;
};

/* They return 0 or a negative errno, and use no assertions. */
int mapped_open(struct mapped *mapped, int fd);
void mapped_close(struct mapped *mapped);

/*
 * The area of a table, which stays mapped until AREAS others were mapped: 0, or
 * -ESTALE if it is retired.
 */
int mapped_area(struct mapped *mapped, __u64 word, struct area **area);

/* 0, -ENOENT, or -EAGAIN if only the kernel can tell. */
int mapped_lookup(struct mapped *mapped, const void *key, void *value);

__u64 mapped_hash(const struct bucketmap_mapped_header *header, const void *key);

/* Where records are. mapped_overflow() returns NULL for one that is not mapped. */
const unsigned char *mapped_home(const struct mapped *mapped, const struct area *area,
				 __u64 bucket);
const unsigned char *mapped_overflow(const struct mapped *mapped, const struct area *area,
				     __u64 index);

/* A mappable map with numbers for keys. */
struct bucketmap *mappable_map(__u32 key_size, __u32 value_size, __u64 capacity);

static inline __u64 load(const void *word)
{
	return __atomic_load_n((const __u64 *)word, __ATOMIC_RELAXED);
}

static inline __u64 load_acquire(const void *word)
{
	return __atomic_load_n((const __u64 *)word, __ATOMIC_ACQUIRE);
}

#endif /* _BUCKETMAP_TESTS_MAPPED_H */

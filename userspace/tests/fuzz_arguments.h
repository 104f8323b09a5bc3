/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random ioctl structures for the fuzzer, most of them nearly valid.
 */
#ifndef _BUCKETMAP_TESTS_FUZZ_ARGUMENTS_H
#define _BUCKETMAP_TESTS_FUZZ_ARGUMENTS_H

#include <stddef.h>

#include "lib/bucketmap.h"

/* More than any structure needs. */
#define FUZZ_STRUCTURE_SIZE	1024

/*
 * Memory that all threads share: pages that can be written, one that can only be read,
 * and from the end on nothing that is mapped.
 */
extern unsigned char *fuzz_arena, *fuzz_arena_end;
extern size_t fuzz_page;

/* Each thread has its own @state of the random generator. */
__u64 fuzz_number(__u64 *state);
__u64 fuzz_below(__u64 *state, __u64 limit);
int fuzz_one_in(__u64 *state, unsigned int number);

/* A pointer, in most cases into the arena. */
__u64 fuzz_pointer(__u64 *state);

/* Fills in a zeroed structure that some ioctl could accept; returns the ioctl number. */
unsigned long fuzz_fill(__u64 *state, void *structure);

/* Makes at most one field or the number invalid. */
void fuzz_corrupt(__u64 *state, unsigned char *structure, unsigned long *number);

#endif /* _BUCKETMAP_TESTS_FUZZ_ARGUMENTS_H */

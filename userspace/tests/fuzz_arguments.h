/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the fuzzer calls the kernel with: structures that are nearly right.
 */
#ifndef _BUCKETMAP_TESTS_FUZZ_ARGUMENTS_H
#define _BUCKETMAP_TESTS_FUZZ_ARGUMENTS_H

#include <stddef.h>

#include "lib/bucketmap.h"

/* Room for any structure, and some more. */
#define FUZZ_STRUCTURE_SIZE	256

/* Memory that all threads use: some pages, one for reading only, and none from the cliff on. */
extern unsigned char *fuzz_arena, *fuzz_cliff;
extern size_t fuzz_page;

/* Each thread has a state of its own. */
__u64 fuzz_number(__u64 *state);
__u64 fuzz_below(__u64 *state, __u64 limit);
int fuzz_one_in(__u64 *state, unsigned int number);

/* Mostly into the arena. */
__u64 fuzz_pointer(__u64 *state);

/* Fills in, over zeros, something that a command could take; returns the ioctl number. */
unsigned long fuzz_fill(__u64 *state, void *structure);

/* Makes one thing wrong, perhaps. */
void fuzz_spoil(__u64 *state, unsigned char *structure, unsigned long *number);

#endif /* _BUCKETMAP_TESTS_FUZZ_ARGUMENTS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's fault injection: the Nth allocation of this thread's next system
 * calls fails.
 */
#ifndef _BUCKETMAP_TESTS_FAIL_NTH_H
#define _BUCKETMAP_TESTS_FAIL_NTH_H

/* Returns whether the kernel has fault injection, and enables it for all allocations. */
int fail_nth_available(void);

/* Makes the allocation of that number fail, counted from 1. */
void fail_nth_arm(unsigned int number);

/* Disarms it. Returns whether that allocation was reached, and so failed. */
int fail_nth_disarm(void);

#endif /* _BUCKETMAP_TESTS_FAIL_NTH_H */

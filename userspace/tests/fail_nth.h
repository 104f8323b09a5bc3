/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's fault injection: the Nth allocation that this thread's next
 * system calls make fails.
 */
#ifndef _BUCKETMAP_TESTS_FAIL_NTH_H
#define _BUCKETMAP_TESTS_FAIL_NTH_H

/* Has this kernel fault injection? It is made ready for any allocation. */
int fail_nth_available(void);

void fail_nth_arm(unsigned int number);

/* Returns whether there was so many an allocation, and so one that failed. */
int fail_nth_disarm(void);

#endif /* _BUCKETMAP_TESTS_FAIL_NTH_H */

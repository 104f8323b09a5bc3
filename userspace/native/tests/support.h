/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the tests.
 *
 * Every group of tests initializes the core, and at its end verifies that all
 * memory has been freed. All random numbers are derived from SEED in the
 * environment, which defaults to 1 and is printed.
 */
#ifndef _NATIVE_TESTS_SUPPORT_H
#define _NATIVE_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <linux/err.h>
#include <linux/kernel.h>

#include "bucketmap.h"
#include "native/checks.h"
#include "native/memory.h"
#include "native/random.h"
#include "native/thread.h"

#define run_core_tests(tests) \
	cmocka_run_group_tests(tests, core_begin, core_end)

int core_begin(void **state);
int core_end(void **state);

u64 test_seed(void);
u64 test_number(const char *name, u64 otherwise);

struct bucketmap *make_map(const struct bucketmap_config *config);

#endif /* _NATIVE_TESTS_SUPPORT_H */

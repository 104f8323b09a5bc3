/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the runner of KUnit suites knows of cases that do not run here.
 */
#ifndef _NATIVE_KUNIT_RUN_H
#define _NATIVE_KUNIT_RUN_H

#include <kunit/test.h>

/**
 * left_out() - tell why a case does not run natively
 * @suite: the name of its suite
 * @name: its name
 *
 * Return: the reason, or NULL if it runs.
 */
const char *left_out(const char *suite, const char *name);

/**
 * left_out_unknown() - find a case that is left out and does not exist
 * @suite: the suite
 *
 * Return: its name, or NULL if there is none.
 */
const char *left_out_unknown(const struct kunit_suite *suite);

#endif /* _NATIVE_KUNIT_RUN_H */

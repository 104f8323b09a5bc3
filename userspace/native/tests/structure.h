/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks the structure of a map.
 */
#ifndef _NATIVE_TESTS_STRUCTURE_H
#define _NATIVE_TESTS_STRUCTURE_H

struct bucketmap;

const char *structure_fault(struct bucketmap *map);

#endif /* _NATIVE_TESTS_STRUCTURE_H */

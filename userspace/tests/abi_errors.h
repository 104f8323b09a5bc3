/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every error that the ABI header documents for an ioctl, and its table of
 * operations, extracted from its text by abi_errors.awk.
 */
#ifndef _BUCKETMAP_TESTS_ABI_ERRORS_H
#define _BUCKETMAP_TESTS_ABI_ERRORS_H

#include "uapi/bucketmap.h"

struct abi_error {
	const char *ioctl;
	unsigned int number;
	int error;
	const char *name;
};

/* The last element has no ioctl. */
extern const struct abi_error abi_errors[];

/* A row of the table of operations: the words of its columns. */
struct abi_row {
	const char *operation;
	const char *value;
	const char *expected;
	const char *previous;
	const char *window;
	const char *enoent;
};

/* The last element has no operation. */
extern const struct abi_row abi_rows[];

#endif /* _BUCKETMAP_TESTS_ABI_ERRORS_H */

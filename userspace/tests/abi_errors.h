/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every error that the ABI header documents for an ioctl, extracted from its
 * text by abi_errors.awk.
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

#endif /* _BUCKETMAP_TESTS_ABI_ERRORS_H */

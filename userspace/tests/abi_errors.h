/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every error that the header of the ABI says a command may return, taken from
 * its text by abi_errors.awk.
 */
#ifndef _BUCKETMAP_TESTS_ABI_ERRORS_H
#define _BUCKETMAP_TESTS_ABI_ERRORS_H

#include "uapi/bucketmap.h"

struct abi_error {
	const char *command;
	unsigned int number;
	int error;
	const char *name;
};

/* And then one without a command. */
extern const struct abi_error abi_errors[];

#endif /* _BUCKETMAP_TESTS_ABI_ERRORS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entries on standard output, as text or as JSON.
 */
#ifndef _BUCKETMAP_CLI_OUTPUT_H
#define _BUCKETMAP_CLI_OUTPUT_H

#include "target.h"

/* Prints a line with the value; in JSON with its key. @value is NULL if there is none. */
void print_value(const struct target *target, const void *key, const void *value);

/* Prints a key or value, and then the character @behind. */
void print_bytes(const void *bytes, struct shape shape, char behind);

#endif /* _BUCKETMAP_CLI_OUTPUT_H */

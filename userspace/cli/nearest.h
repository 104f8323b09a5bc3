/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The name that a misspelt name was meant to be.
 */
#ifndef _BUCKETMAP_CLI_NEAREST_H
#define _BUCKETMAP_CLI_NEAREST_H

#include <stddef.h>

/* The nearest name so far, for consider_name(); all zero at first. */
struct nearest {
	const char *name;
	size_t distance;
};

/* Keeps @name if it is similar to @word, and nearer than the names before it. */
void consider_name(struct nearest *nearest, const char *word, const char *name);

#endif /* _BUCKETMAP_CLI_NEAREST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The names of hashes.
 */
#ifndef _BUCKETMAP_CLI_HASHES_H
#define _BUCKETMAP_CLI_HASHES_H

#include <stdbool.h>

#include <linux/types.h>

/* The name of the hash that flags of CREATE select. */
const char *hash_name(__u32 flags);

/* Sets the flag that selects a hash. Returns whether there is one of that name. */
bool set_hash_flag(const char *name, __u32 *flags);

#endif /* _BUCKETMAP_CLI_HASHES_H */

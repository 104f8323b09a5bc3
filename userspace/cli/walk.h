/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walking over all entries of a map, in memory that does not depend on how many
 * there are.
 */
#ifndef _BUCKETMAP_CLI_WALK_H
#define _BUCKETMAP_CLI_WALK_H

#include "target.h"

/* Calls @each for every entry, or ends the program. */
void walk_entries(const struct target *target,
		  void (*each)(const struct target *target, const void *key, const void *value,
			       void *context),
		  void *context);

#endif /* _BUCKETMAP_CLI_WALK_H */

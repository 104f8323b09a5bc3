/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a map is.
 */
#ifndef _BUCKETMAP_CLI_DESCRIBE_H
#define _BUCKETMAP_CLI_DESCRIBE_H

#include <jansson.h>

#include "lib/bucketmap.h"

/* As lines of "name value". */
void print_map(const struct bucketmap_info *info);

/* As a JSON object of the same; NULL without memory. */
json_t *map_as_json(const struct bucketmap_info *info);

const char *hash_name(const struct bucketmap_info *info);

#endif /* _BUCKETMAP_CLI_DESCRIBE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributes and usage of a map, and what has happened in it.
 */
#ifndef _BUCKETMAP_CLI_DESCRIBE_H
#define _BUCKETMAP_CLI_DESCRIBE_H

#include <jansson.h>

#include "lib/bucketmap.h"

/* Prints all of it as lines of "name value". */
void print_map(const struct bucketmap_info *info);

/* Returns attributes and usage as a JSON object; NULL if out of memory. */
json_t *map_as_json(const struct bucketmap_info *info);

/* Returns all of it, likewise. */
json_t *map_and_events_as_json(const struct bucketmap_info *info);

/* Descriptions of the formats of keys and values. */
const char *key_format(const struct bucketmap_info *info);
const char *value_format(const struct bucketmap_info *info);

#endif /* _BUCKETMAP_CLI_DESCRIBE_H */

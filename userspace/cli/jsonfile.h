/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dumps in JSON, as "bucketmap -j dump" and "bucketmap -j scan" print them:
 *
 *	{"map": {"key_size": 16, ...}, "entries": [{"key": "alice", "value": 5}, ...]}
 *	[{"key": "alice", "value": 5}, ...]
 *
 * The second form does not describe a map. Entries are read one by one, so a dump
 * of any size needs little memory.
 */
#ifndef _BUCKETMAP_CLI_JSONFILE_H
#define _BUCKETMAP_CLI_JSONFILE_H

#include "dumpfile.h"

/* As read_dump_header() and read_dump_entry(), which call these for JSON. */
const char *read_json_header(struct dump_reader *reader);
const char *read_json_entry(struct dump_reader *reader, void *key, void *value, bool *end);

#endif /* _BUCKETMAP_CLI_JSONFILE_H */

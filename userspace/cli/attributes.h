/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attributes of a map as dumps have them: names and texts.
 */
#ifndef _BUCKETMAP_CLI_ATTRIBUTES_H
#define _BUCKETMAP_CLI_ATTRIBUTES_H

#include <stdbool.h>

#include "format.h"

/**
 * struct remembered - what the kernel stores of a format for programs
 * @known: the dump says it; otherwise it follows from the format of the dump
 * @number: BUCKETMAP_FORMAT_*, or any other number
 * @fields: fields of a struct, or any other text
 */
struct remembered {
	bool known;
	__u16 number;
	char fields[BUCKETMAP_FIELDS_SIZE];
};

/**
 * struct attributes - attributes of a map
 * @config: attributes to create such a map with; without a name
 * @uid: its owner, if the dump was saved; else BUCKETMAP_ID_KEEP
 * @gid: its group, likewise
 * @key: shape of the keys in the dump
 * @value: shape of its values
 * @key_format: description of the format of keys
 * @value_format: the same for values
 * @key_remembered: what the map remembers of the format of keys
 * @value_remembered: the same for values
 */
struct attributes {
	struct bucketmap_create config;
	__u32 uid;
	__u32 gid;
	struct shape key;
	struct shape value;
	char key_format[BUCKETMAP_FIELDS_SIZE];
	char value_format[BUCKETMAP_FIELDS_SIZE];
	struct remembered key_remembered;
	struct remembered value_remembered;
};

/* Sets the defaults. The sizes have none. */
void begin_attributes(struct attributes *attributes);

/* Whether there is an attribute of this name. */
bool is_attribute(const char *name);

/* Sets an attribute. Returns whether the text is valid. */
bool set_attribute(struct attributes *attributes, const char *name, const char *text);

/* Whether the sizes were set. */
bool has_sizes(const struct attributes *attributes);

/* Ends the attributes, if they have sizes. Returns NULL, or the name of one that is invalid. */
const char *end_attributes(struct attributes *attributes);

/* Parses digits of this base. Returns whether they are a number up to @max. */
bool parse_unsigned(const char *text, int base, __u64 max, __u64 *number);

#endif /* _BUCKETMAP_CLI_ATTRIBUTES_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The attributes of a map as dumps have them.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "escape.h"
#include "hashes.h"
#include "lib/bucketmap.h"

bool parse_unsigned(const char *text, int base, __u64 max, __u64 *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, base);
	return *text >= '0' && *text <= '9' && !*end && !errno && *number <= max;
}

static bool set_key_size(struct attributes *attributes, const char *text)
{
	__u64 size;

	if (!parse_unsigned(text, 10, BUCKETMAP_KEY_SIZE_MAX, &size) || !size)
		return false;
	attributes->key.size = size;
	return true;
}

static bool set_value_size(struct attributes *attributes, const char *text)
{
	__u64 size;

	if (!parse_unsigned(text, 10, BUCKETMAP_VALUE_SIZE_MAX, &size))
		return false;
	attributes->value.size = size;
	return true;
}

/* Checked at the end, because it depends on the size. */
static bool set_format(char *format, const char *text)
{
	if (!*text || strlen(text) >= BUCKETMAP_FIELDS_SIZE)
		return false;
	strcpy(format, text);
	return true;
}

static bool set_key_format(struct attributes *attributes, const char *text)
{
	return set_format(attributes->key_format, text);
}

static bool set_value_format(struct attributes *attributes, const char *text)
{
	return set_format(attributes->value_format, text);
}

static bool set_hash(struct attributes *attributes, const char *text)
{
	return set_hash_flag(text, &attributes->config.flags);
}

static bool set_mappable(struct attributes *attributes, const char *text)
{
	__u64 mappable;

	if (!parse_unsigned(text, 10, 1, &mappable))
		return false;
	if (mappable)
		attributes->config.flags |= BUCKETMAP_CREATE_MAPPABLE;
	return true;
}

static bool set_capacity(struct attributes *attributes, const char *text)
{
	return parse_unsigned(text, 10, ~0ULL, &attributes->config.capacity);
}

static bool set_max_entries(struct attributes *attributes, const char *text)
{
	return parse_unsigned(text, 10, INT64_MAX, &attributes->config.max_entries);
}

static bool set_mode(struct attributes *attributes, const char *text)
{
	__u64 mode;

	if (!parse_unsigned(text, 8, 0777, &mode))
		return false;
	attributes->config.mode = mode;
	return true;
}

static bool set_id(__u32 *id, const char *text)
{
	__u64 number;

	if (!parse_unsigned(text, 10, BUCKETMAP_ID_KEEP - 1, &number))
		return false;
	*id = number;
	return true;
}

static bool set_uid(struct attributes *attributes, const char *text)
{
	return set_id(&attributes->uid, text);
}

static bool set_gid(struct attributes *attributes, const char *text)
{
	return set_id(&attributes->gid, text);
}

/* "NUMBER,FIELDS": the number of the format, and the fields as a word. */
static bool set_remembered(struct remembered *remembered, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != ',' || number > UINT16_MAX)
		return false;
	remembered->known = true;
	remembered->number = number;
	return unescape(remembered->fields, sizeof(remembered->fields), end + 1);
}

static bool set_key_remembered(struct attributes *attributes, const char *text)
{
	return set_remembered(&attributes->key_remembered, text);
}

static bool set_value_remembered(struct attributes *attributes, const char *text)
{
	return set_remembered(&attributes->value_remembered, text);
}

static const struct attribute {
	const char *name;
	bool (*set)(struct attributes *attributes, const char *text);
} table[] = {
	{ "key_size", set_key_size },
	{ "value_size", set_value_size },
	{ "key_format", set_key_format },
	{ "value_format", set_value_format },
	{ "hash", set_hash },
	{ "mappable", set_mappable },
	{ "capacity", set_capacity },
	{ "max_entries", set_max_entries },
	{ "mode", set_mode },
	{ "uid", set_uid },
	{ "gid", set_gid },
	{ "key_remembered", set_key_remembered },
	{ "value_remembered", set_value_remembered },
	{ 0 },
};

static const struct attribute *find_attribute(const char *name)
{
	const struct attribute *attribute = table;

	while (attribute->name && strcmp(attribute->name, name) != 0)
		attribute++;
	return attribute;
}

void begin_attributes(struct attributes *attributes)
{
	*attributes = (struct attributes) {
		.config = { .size = sizeof(attributes->config), .mode = 0600 },
		.uid = BUCKETMAP_ID_KEEP,
		.gid = BUCKETMAP_ID_KEEP,
		.key.size = NO_SIZE,
		.value.size = NO_SIZE,
		.key_format = "unknown",
		.value_format = "unknown",
	};
}

bool is_attribute(const char *name)
{
	return find_attribute(name)->set;
}

bool set_attribute(struct attributes *attributes, const char *name, const char *text)
{
	const struct attribute *attribute = find_attribute(name);

	return attribute->set && attribute->set(attributes, text);
}

/*
 * Sets a shape, and unless it is known, what the map remembers of it: a number, or
 * fields for a format that has none. Returns whether the text is valid.
 */
static bool choose_format(const char *text, struct shape *shape,
			  struct shape (*shape_of)(__u32 size, __u32 format),
			  struct remembered *remembered)
{
	__u32 format = find_format(text);

	if (format == NO_FORMAT) {
		if (!remembered->known)
			strcpy(remembered->fields, text);
		return !parse_format(text, shape->size, shape);
	}
	if (!remembered->known)
		remembered->number = format;
	*shape = shape_of(shape->size, format);
	return true;
}

bool has_sizes(const struct attributes *attributes)
{
	return attributes->key.size != NO_SIZE && attributes->value.size != NO_SIZE;
}

const char *end_attributes(struct attributes *attributes)
{
	struct shape *key = &attributes->key, *value = &attributes->value;
	struct bucketmap_create *config = &attributes->config;

	config->key_size = key->size;
	config->value_size = value->size;
	if (!choose_format(attributes->key_format, key, key_shape, &attributes->key_remembered))
		return "key_format";
	if (!choose_format(attributes->value_format, value, value_shape,
			   &attributes->value_remembered))
		return "value_format";
	config->key_format = attributes->key_remembered.number;
	config->value_format = attributes->value_remembered.number;
	strcpy(config->key_fields, attributes->key_remembered.fields);
	strcpy(config->value_fields, attributes->value_remembered.fields);
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes and usage of a map, and what has happened in it.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "format.h"
#include "hashes.h"
#include "json.h"

/* What has happened in a map, as the members of the structure are named. */
#define EVENT(member) { #member, offsetof(struct bucketmap_info, member) }
static const struct {
	const char *name;
	size_t offset;
} events[] = {
	EVENT(lookup_hits),
	EVENT(lookup_misses),
	EVENT(inserted),
	EVENT(overwritten),
	EVENT(deleted),
	EVENT(refused_full),
	EVENT(refused_memory),
	EVENT(refused_collisions),
	EVENT(grown),
	EVENT(shrunk),
	{ 0 },
};

static __u64 event_count(const struct bucketmap_info *info, size_t event)
{
	__u64 count;

	memcpy(&count, (const char *)info + events[event].offset, sizeof(count));
	return count;
}

static bool is_mappable(const struct bucketmap_info *info)
{
	return info->flags & BUCKETMAP_CREATE_MAPPABLE;
}

/* Another program may have set fields that mean nothing to this one. */
static const char *describe_format(const char *fields, __u32 size, __u32 format)
{
	struct shape shape;

	if (parse_format(fields, size, &shape))
		return format_name(format);
	free_shape(&shape);
	return fields;
}

const char *key_format(const struct bucketmap_info *info)
{
	return describe_format(info->key_fields, info->key_size, info->key_format);
}

const char *value_format(const struct bucketmap_info *info)
{
	return describe_format(info->value_fields, info->value_size, info->value_format);
}

void print_map(const struct bucketmap_info *info)
{
	printf("name %s\n", info->name);
	printf("id %llu\n", info->id);
	printf("key_size %u\n", info->key_size);
	printf("value_size %u\n", info->value_size);
	printf("key_format %s\n", key_format(info));
	printf("value_format %s\n", value_format(info));
	printf("hash %s\n", hash_name(info->flags));
	printf("mappable %d\n", is_mappable(info));
	printf("mappings %llu\n", info->mappings);
	printf("capacity %llu\n", info->capacity);
	printf("max_entries %llu\n", info->max_entries);
	printf("entries %llu\n", info->count);
	printf("buckets %llu\n", info->buckets);
	printf("bytes %llu\n", info->bytes);
	printf("mode %04o\n", info->mode);
	printf("owner %u:%u\n", info->uid, info->gid);
	for (size_t i = 0; events[i].name; i++)
		printf("%s %llu\n", events[i].name, event_count(info, i));
}

json_t *map_as_json(const struct bucketmap_info *info)
{
	char mode[8];

	snprintf(mode, sizeof(mode), "%04o", info->mode);
	return json_pack("{s:o,s:o,s:I,s:I,s:o,s:o,s:s,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:I,s:I}",
			 "name", json_text(info->name),
			 "id", json_number(info->id),
			 "key_size", (json_int_t)info->key_size,
			 "value_size", (json_int_t)info->value_size,
			 "key_format", json_text(key_format(info)),
			 "value_format", json_text(value_format(info)),
			 "hash", hash_name(info->flags),
			 "mappable", (json_int_t)is_mappable(info),
			 "mappings", json_number(info->mappings),
			 "capacity", json_number(info->capacity),
			 "max_entries", json_number(info->max_entries),
			 "entries", json_number(info->count),
			 "buckets", json_number(info->buckets),
			 "bytes", json_number(info->bytes),
			 "mode", mode,
			 "uid", (json_int_t)info->uid,
			 "gid", (json_int_t)info->gid);
}

json_t *map_and_events_as_json(const struct bucketmap_info *info)
{
	json_t *map = map_as_json(info);

	for (size_t i = 0; events[i].name; i++) {
		if (json_object_set_new(map, events[i].name, json_number(event_count(info, i)))) {
			json_decref(map);
			return NULL;
		}
	}
	return map;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The map that a command works on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "target.h"

void map_error(const char *name, int error)
{
	switch (-error) {
	case ENODEV:
		system_error("%s: no such device, is the module loaded?", BUCKETMAP_DEVICE);
	case EACCES:
		if (access(BUCKETMAP_DEVICE, R_OK | W_OK))
			system_error("%s: permission denied", BUCKETMAP_DEVICE);
		system_error("%s: permission denied by the map's mode", name);
	case ENOENT:
		system_error("%s: no such map", name);
	case EEXIST:
		system_error("%s: a map of that name exists", name);
	case EINVAL:
		system_error("%s: not a name for a map", name);
	case EPERM:
		system_error("%s: only the map's owner may remove it", name);
	case ENOSPC:
		system_error("%s: as many maps exist as are permitted", name);
	case ENOMEM:
		system_error("%s: no memory for the map", name);
	case ETIME:
		system_error("%s: timed out", name);
	default:
		system_error("%s: %s", name, strerror(-error));
	}
}

const char *entry_problem(int error)
{
	switch (-error) {
	case ENOENT:
		return "no such key";
	case ECANCELED:
		return "the value is another";
	case ENOSPC:
		return "the map is full";
	case ENOMEM:
		return "no memory for the entry";
	case ETIME:
		return "timed out";
	default:
		return strerror(-error);
	}
}

void entry_error(const struct target *target, const char *operand, int error)
{
	system_error("%s: %s: %s", target->name, operand, entry_problem(error));
}

void set_map_name(struct bucketmap_create *config, const char *name)
{
	/* Without a name, or with half of one, the map would not be the one meant. */
	if (!*name || strlen(name) >= sizeof(config->name))
		map_error(name, -EINVAL);
	strcpy(config->name, name);
}

void read_map_info(const struct target *target, struct bucketmap_info *info)
{
	int error;

	*info = (struct bucketmap_info) { .size = sizeof(*info) };
	error = bucketmap_info(target->map, info);
	if (error)
		map_error(target->name, error);
}

void adopt_target(struct target *target, const char *name, struct bucketmap *map)
{
	struct bucketmap_info info;

	target->name = name;
	target->map = map;
	read_map_info(target, &info);
	target->key = key_shape(info.key_size, info.key_format);
	target->value = value_shape(info.value_size, info.value_format);
}

void open_target(struct target *target, const char *name, __u32 flags)
{
	struct bucketmap *map;
	int error = bucketmap_open(&map, name, flags);

	if (error)
		map_error(name, error);
	adopt_target(target, name, map);
}

void close_target(struct target *target)
{
	bucketmap_close(target->map);
}

void need_numbers(const struct target *target)
{
	if (target->value.size < sizeof(__u64))
		usage_error("%s: its values of %u bytes hold no 8-byte numbers",
			    target->name, target->value.size);
}

static void *take_operand(const struct target *target, const char *operand, struct shape shape,
			  const char *what)
{
	void *bytes = allocate(1, shape.size);
	const char *error = parse_operand(operand, bytes, shape);

	if (error)
		usage_error("%s: %s: %s for a %s of %u bytes",
			    target->name, operand, error, what, shape.size);
	return bytes;
}

void *key_operand(const struct target *target, const char *operand)
{
	return take_operand(target, operand, target->key, "key");
}

void *value_operand(const struct target *target, const char *operand)
{
	return take_operand(target, operand, target->value, "value");
}

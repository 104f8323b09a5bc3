// SPDX-License-Identifier: GPL-2.0
/*
 * The map that a command works on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "operand.h"
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
	default:
		system_error("%s: %s", name, strerror(-error));
	}
}

void entry_error(const struct target *target, const char *operand, int error)
{
	switch (-error) {
	case ENOENT:
		system_error("%s: %s: no such key", target->name, operand);
	case ENOSPC:
		system_error("%s: %s: the map is full", target->name, operand);
	case ENOMEM:
		system_error("%s: %s: no memory for the entry", target->name, operand);
	default:
		system_error("%s: %s: %s", target->name, operand, strerror(-error));
	}
}

void open_target(struct target *target, const char *name, __u32 flags)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	int error;

	error = bucketmap_open(&target->map, name, flags);
	if (!error)
		error = bucketmap_info(target->map, &info);
	if (error)
		map_error(name, error);
	target->name = name;
	target->key_size = info.key_size;
	target->value_size = info.value_size;
}

void close_target(struct target *target)
{
	bucketmap_close(target->map);
}

void need_numbers(const struct target *target)
{
	if (target->value_size < sizeof(__u64))
		usage_error("%s: its values of %u bytes hold no 8-byte numbers",
			    target->name, target->value_size);
}

void *key_operand(const struct target *target, const char *operand)
{
	void *key = allocate(1, target->key_size);
	const char *error = parse_key(operand, key, target->key_size);

	if (error)
		usage_error("%s: %s: %s for a key of %u bytes",
			    target->name, operand, error, target->key_size);
	return key;
}

void *value_operand(const struct target *target, const char *operand)
{
	void *value = allocate(1, target->value_size);
	const char *error = parse_value(operand, value, target->value_size);

	if (error)
		usage_error("%s: %s: %s for a value of %u bytes",
			    target->name, operand, error, target->value_size);
	return value;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The map that a subcommand works on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "target.h"

void entry_error(const struct target *target, const char *operand, int error)
{
	fail(problem_code(error), "%s: %s: %s", target->name, operand,
	     entry_problem(error, target->max_entries));
}

void set_map_name(struct bucketmap_create *config, const char *name)
{
	/* With no name, or a truncated one, another map would be created. */
	if (!is_name(name))
		create_error(name, -EINVAL);
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
	target->max_entries = info.max_entries;
}

void open_target(struct target *target, const char *name, __u32 flags)
{
	struct bucketmap *map;
	int error = bucketmap_open(&map, name, flags);

	if (error)
		open_error(name, error);
	adopt_target(target, name, map);
}

void check_name(const struct target *target)
{
	struct bucketmap_info info;
	struct bucketmap *other;
	int error;

	read_map_info(target, &info);
	if (*info.name)
		return;
	error = bucketmap_open(&other, target->name, BUCKETMAP_OPEN_RDONLY);
	if (error == -ENOENT)
		unexpected_error("%s: the name of the map was removed", target->name);
	unexpected_error("%s: the name of the map was removed and given to another map",
			 target->name);
}

int wait_with_name(const struct target *target, const void *key, const void *seen,
		   __u64 deadline)
{
	for (;;) {
		__u64 next = bucketmap_deadline(CHECK_NAME_AFTER);
		int error;

		check_name(target);
		if (deadline && deadline < next)
			next = deadline;
		error = bucketmap_wait(target->map, key, seen, 0, 0, next);
		if (error != -ETIME || next == deadline)
			return error;
	}
}

void close_target(struct target *target)
{
	bucketmap_close(target->map);
}

void need_numbers(const struct target *target)
{
	if (target->value.size < sizeof(__u64))
		usage_error("%s: values of %u bytes are too small for 8-byte numbers",
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

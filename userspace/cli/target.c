// SPDX-License-Identifier: GPL-2.0
/*
 * The map that a subcommand works on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "target.h"

/*
 * To map a map and read it for the first time takes about as long as so many system
 * calls: on User-mode Linux as 12 if it has a thousand entries, as 100 if 200,000.
 */
#define READS_BEFORE_MAPPING	100

/* Calls that have read the map. The tool reads one map at a time. */
static __u64 reads;

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

void set_formats(struct bucketmap_create *config, const struct shape *key,
		 const struct shape *value)
{
	config->key_size = key->size;
	config->value_size = value->size;
	if (key->fields)
		strcpy(config->key_fields, key->fields->text);
	else
		config->key_format = key->format;
	if (value->fields)
		strcpy(config->value_fields, value->fields->text);
	else
		config->value_format = value->format;
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
	reads = 0;
	read_map_info(target, &info);
	if (parse_format(info.key_fields, info.key_size, &target->key))
		target->key = key_shape(info.key_size, info.key_format);
	if (parse_format(info.value_fields, info.value_size, &target->value)) {
		target->value = value_shape(info.value_size, info.value_format);
		target->guessed = !is_known_format(info.value_format);
	}
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

void begin_read(const struct target *target)
{
	/* If the map cannot be mapped, reads go on to make system calls. */
	if (++reads == READS_BEFORE_MAPPING)
		bucketmap_use_mapping(target->map);
}

void close_target(struct target *target)
{
	bucketmap_close(target->map);
	free_shape(&target->key);
	free_shape(&target->value);
}

struct field value_field(const struct target *target, const char *name)
{
	const struct field *field;

	if (!name)
		return (struct field) { .shape = target->value };
	field = find_field(&target->value, name);
	if (!field)
		usage_error("%s: %s: no such field in values of the format %s",
			    target->name, name, shape_text(&target->value));
	return *field;
}

/* Returns the first number in values, or the whole value if it has none. */
static struct field first_number(const struct target *target)
{
	const struct fields *fields = target->value.fields;

	for (__u32 i = 0; fields && i < fields->count; i++) {
		if (is_numeric(&fields->field[i].shape))
			return fields->field[i];
	}
	if (target->guessed && target->value.size >= sizeof(__u64))
		return (struct field) {
			.shape = key_shape(sizeof(__u64), BUCKETMAP_FORMAT_DECIMAL),
		};
	return value_field(target, NULL);
}

struct field number_field(const struct target *target, const char *name)
{
	struct field field = name ? value_field(target, name) : first_number(target);

	if (!is_numeric(&field.shape))
		usage_error("%s: %s: not a number but %s of %u bytes", target->name,
			    name ? name : "value", shape_text(&field.shape), field.shape.size);
	return field;
}

struct field counter_field(const struct target *target, const char *name)
{
	struct field field = number_field(target, name);

	if (field.shape.size != sizeof(__u64) || field.offset % sizeof(__u64))
		usage_error("%s: %s: not a number of 8 bytes at a multiple of 8", target->name,
			    *field.name ? field.name : "value");
	return field;
}

struct field unsigned_field(const struct target *target, const char *name)
{
	struct field field = counter_field(target, name);

	if (field.shape.format == BUCKETMAP_FORMAT_SIGNED)
		usage_error("%s: %s: a signed number: only unsigned ones are compared",
			    target->name, *field.name ? field.name : "value");
	return field;
}

static void take_operand(const struct target *target, const char *operand, struct shape shape,
			 const char *what, void *bytes)
{
	const char *error = parse_operand(operand, bytes, shape);

	if (error)
		usage_error("%s: %s: %s for a %s of %u bytes",
			    target->name, operand, error, what, shape.size);
}

void take_key(const struct target *target, const char *operand, void *bytes)
{
	take_operand(target, operand, target->key, "key", bytes);
}

void take_field(const struct target *target, const char *operand, const struct field *field,
		void *bytes)
{
	take_operand(target, operand, field->shape, *field->name ? "field" : "value", bytes);
}

void *key_operand(const struct target *target, const char *operand)
{
	void *bytes = allocate(1, target->key.size);

	take_key(target, operand, bytes);
	return bytes;
}

void *value_operand(const struct target *target, const char *operand)
{
	const struct field whole = { .shape = target->value };
	void *bytes = allocate(1, target->value.size);

	take_field(target, operand, &whole, bytes);
	return bytes;
}

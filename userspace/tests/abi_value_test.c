// SPDX-License-Identifier: GPL-2.0
/*
 * What members of structures may hold: names, sizes, modes, windows, offsets,
 * capacities. Each is wrong alone, in a call that is right otherwise.
 */
#include <errno.h>
#include <string.h>

#include "abi.h"

static void *prepared(void **state, unsigned long number)
{
	return abi_prepare(*state, abi_command(number));
}

static void assert_fails(void **state, unsigned long number, void *argument, int error)
{
	assert_call_fails(*state, abi_command(number), argument, error);
}

/* Names as the kernel gets them, with what may follow the end. */
static const struct {
	const char *bytes;
	size_t length;
} bad_names[] = {
	{ ".", 2 },
	{ "..", 3 },
	{ "/", 2 },
	{ "a/b", 4 },
	{ "/a", 3 },
	{ "a\n", 3 },
	{ "\x01", 2 },
	{ "a\x1f", 3 },
	{ "a\x7f", 3 },
	{ "0123456789012345678901234567890123456789012345678901234567890123", 64 },
};

static void a_name_that_no_map_can_have_is_EINVAL(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_names); i++) {
		struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);
		struct bucketmap_name *name;

		memset(create->name, 0, sizeof(create->name));
		memcpy(create->name, bad_names[i].bytes, bad_names[i].length);
		assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);

		name = prepared(state, BUCKETMAP_IOC_OPEN);
		memset(name->name, 0, sizeof(name->name));
		memcpy(name->name, bad_names[i].bytes, bad_names[i].length);
		assert_fails(state, BUCKETMAP_IOC_OPEN, name, EINVAL);
		assert_fails(state, BUCKETMAP_IOC_UNLINK, name, EINVAL);
	}
}

static void only_an_unnamed_map_has_an_empty_name(void **state)
{
	struct bucketmap_name *name = prepared(state, BUCKETMAP_IOC_OPEN);

	memset(name->name, 0, sizeof(name->name));
	assert_fails(state, BUCKETMAP_IOC_OPEN, name, EINVAL);
	assert_fails(state, BUCKETMAP_IOC_UNLINK, name, EINVAL);
}

static void bytes_behind_the_end_of_a_name_are_ignored(void **state)
{
	struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);
	size_t length = strlen(create->name);
	struct bucketmap_info info = { .size = sizeof(info) };
	static const char zeros[BUCKETMAP_NAME_SIZE];
	struct bucketmap_name *name;
	struct bucketmap *map;

	memset(create->name + length + 1, '/', sizeof(create->name) - length - 1);
	assert_ok(bucketmap_create(&map, create));
	assert_ok(bucketmap_info(map, &info));
	assert_string_equal(info.name, create->name);
	assert_memory_equal(info.name + length, zeros, sizeof(info.name) - length);
	bucketmap_close(map);

	name = prepared(state, BUCKETMAP_IOC_OPEN);
	length = strlen(name->name);
	memset(name->name + length + 1, '\n', sizeof(name->name) - length - 1);
	assert_ok(abi_call(*state, abi_command(BUCKETMAP_IOC_OPEN), name));
}

static void an_absent_name_is_ENOENT(void **state)
{
	struct bucketmap_name *name = prepared(state, BUCKETMAP_IOC_OPEN);

	strcpy(name->name, test_name("absent"));
	assert_fails(state, BUCKETMAP_IOC_OPEN, name, ENOENT);
	assert_fails(state, BUCKETMAP_IOC_UNLINK, name, ENOENT);
}

static void a_taken_name_is_EEXIST(void **state)
{
	struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);

	strcpy(create->name, test_name("abi"));
	assert_fails(state, BUCKETMAP_IOC_CREATE, create, EEXIST);
}

static void sizes_out_of_range_are_EINVAL(void **state)
{
	static const __u32 key_sizes[] = { 0, 257, 1U << 16, ~0U };
	static const __u32 value_sizes[] = { 4097, 1U << 16, ~0U };
	struct bucketmap_create *create;

	for (size_t i = 0; i < ARRAY_SIZE(key_sizes); i++) {
		create = prepared(state, BUCKETMAP_IOC_CREATE);
		create->key_size = key_sizes[i];
		assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(value_sizes); i++) {
		create = prepared(state, BUCKETMAP_IOC_CREATE);
		create->value_size = value_sizes[i];
		assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	}
}

static void a_mode_has_permission_bits_only(void **state)
{
	for (int bit = 9; bit < 32; bit++) {
		struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);

		create->mode |= 1U << bit;
		assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	}
}

static void a_capacity_beyond_all_memory_is_ENOMEM(void **state)
{
	static const __u64 capacities[] = { 1ULL << 45, 1ULL << 63, ~0ULL };

	for (size_t i = 0; i < ARRAY_SIZE(capacities); i++) {
		struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);

		create->capacity = capacities[i];
		assert_fails(state, BUCKETMAP_IOC_CREATE, create, ENOMEM);
	}
}

#define MAX_MAPS_PARAMETER	"/sys/module/bucketmap/parameters/max_maps"

static unsigned int set_max_maps(unsigned int max_maps)
{
	FILE *parameter = fopen(MAX_MAPS_PARAMETER, "r+");
	unsigned int old;

	assert_non_null(parameter);
	assert_int_equal(fscanf(parameter, "%u", &old), 1);
	rewind(parameter);
	assert_true(fprintf(parameter, "%u", max_maps) > 0);
	assert_ok(fclose(parameter));
	return old;
}

static void more_maps_than_are_permitted_are_ENOSPC(void **state)
{
	void *argument = prepared(state, BUCKETMAP_IOC_CREATE);
	unsigned int old = set_max_maps(1);
	int ret = abi_call(*state, abi_command(BUCKETMAP_IOC_CREATE), argument);

	set_max_maps(old);
	assert_int_equal(ret, -ENOSPC);
	assert_ok(abi_call(*state, abi_command(BUCKETMAP_IOC_CREATE), argument));
}

static void windows_lie_inside_the_value(void **state)
{
	static const unsigned long numbers[] = {
		BUCKETMAP_IOC_LOOKUP, BUCKETMAP_IOC_STORE, BUCKETMAP_IOC_INSERT,
	};
	static const struct {
		__u32 offset;
		__u32 length;
	} windows[] = {
		{ 0, ABI_VALUE_SIZE + 1 },
		{ 1, ABI_VALUE_SIZE },
		{ ABI_VALUE_SIZE, 1 },
		{ ABI_VALUE_SIZE + 1, 0 },
		{ ABI_VALUE_SIZE + 1, 1 },
		{ ~0U, 0 },
		{ ~0U, 1 },
		{ 1, ~0U },
		{ 0, ~0U },
		{ 0x80000000, 0x80000001 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(windows); j++) {
			struct bucketmap_entry *entry = prepared(state, numbers[i]);

			entry->offset = windows[j].offset;
			entry->length = windows[j].length;
			assert_fails(state, numbers[i], entry, EINVAL);
		}
	}
}

static void an_empty_window_may_lie_at_the_end(void **state)
{
	struct bucketmap_entry *entry = prepared(state, BUCKETMAP_IOC_LOOKUP);

	entry->offset = ABI_VALUE_SIZE;
	entry->length = 0;
	assert_ok(abi_call(*state, abi_command(BUCKETMAP_IOC_LOOKUP), entry));
}

static void numbers_are_aligned_and_inside_the_value(void **state)
{
	static const __u32 offsets[] = {
		1, 4, 7, 9, 20, ABI_VALUE_SIZE, ABI_VALUE_SIZE + 8, ~0U, ~7U,
	};

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		struct bucketmap_add *add = prepared(state, BUCKETMAP_IOC_ADD);

		add->offset = offsets[i];
		assert_fails(state, BUCKETMAP_IOC_ADD, add, EINVAL);
	}
}

static void values_too_small_for_numbers_are_EINVAL(void **state)
{
	struct bucketmap *map = unnamed_map(4, 7);

	(void)state;
	assert_error(bucketmap_add(map, "key1", 0, 1, NULL), EINVAL);
	assert_int_equal(entry_count(map), 0);
	bucketmap_close(map);
}

static void capacities_of_nothing_are_EINVAL(void **state)
{
	struct bucketmap_list *list = prepared(state, BUCKETMAP_IOC_LIST);
	struct bucketmap_scan *scan;

	list->capacity = 0;
	assert_fails(state, BUCKETMAP_IOC_LIST, list, EINVAL);
	scan = prepared(state, BUCKETMAP_IOC_SCAN);
	scan->capacity = 0;
	assert_fails(state, BUCKETMAP_IOC_SCAN, scan, EINVAL);
}

static void existing_and_absent_keys(void **state)
{
	struct bucketmap_entry *entry = prepared(state, BUCKETMAP_IOC_LOOKUP);

	assert_fails(state, BUCKETMAP_IOC_INSERT, entry, EEXIST);
	entry->key = abi_pointer("0123456789abcdef");
	assert_fails(state, BUCKETMAP_IOC_LOOKUP, entry, ENOENT);
	entry->value = 0;
	entry->offset = 0;
	entry->length = 0;
	assert_fails(state, BUCKETMAP_IOC_DELETE, entry, ENOENT);
}

static void any_cursor_is_somewhere_in_the_walk(void **state)
{
	static const __u64 cursors[] = { 1, 1ULL << 63, ~0ULL - 1, ~0ULL };

	for (size_t i = 0; i < ARRAY_SIZE(cursors); i++) {
		struct bucketmap_scan *scan = prepared(state, BUCKETMAP_IOC_SCAN);

		scan->cursor = cursors[i];
		assert_ok(abi_call(*state, abi_command(BUCKETMAP_IOC_SCAN), scan));
		assert_true(scan->cursor >= cursors[i] || scan->flags & BUCKETMAP_SCAN_END);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(a_name_that_no_map_can_have_is_EINVAL),
		abi_test(only_an_unnamed_map_has_an_empty_name),
		abi_test(bytes_behind_the_end_of_a_name_are_ignored),
		abi_test(an_absent_name_is_ENOENT),
		abi_test(a_taken_name_is_EEXIST),
		abi_test(sizes_out_of_range_are_EINVAL),
		abi_test(a_mode_has_permission_bits_only),
		abi_test(a_capacity_beyond_all_memory_is_ENOMEM),
		abi_test(more_maps_than_are_permitted_are_ENOSPC),
		abi_test(windows_lie_inside_the_value),
		abi_test(an_empty_window_may_lie_at_the_end),
		abi_test(numbers_are_aligned_and_inside_the_value),
		abi_test(values_too_small_for_numbers_are_EINVAL),
		abi_test(capacities_of_nothing_are_EINVAL),
		abi_test(existing_and_absent_keys),
		abi_test(any_cursor_is_somewhere_in_the_walk),
	};

	return run_device_tests(tests);
}

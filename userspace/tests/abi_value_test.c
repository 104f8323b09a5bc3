// SPDX-License-Identifier: GPL-2.0
/*
 * Valid and invalid values of members of structures: names, sizes, modes,
 * windows, offsets, capacities. Each invalid value is in an otherwise valid
 * call.
 */
#include <errno.h>
#include <string.h>

#include "abi.h"

static void *prepared(void **state, unsigned long number)
{
	return abi_prepare(*state, abi_ioctl(number));
}

static void assert_fails(void **state, unsigned long number, void *argument, int error)
{
	assert_call_fails(*state, abi_ioctl(number), argument, error);
}

/* Names with their terminating zero byte, if there is one. */
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

static void invalid_name_is_EINVAL(void **state)
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

static void OPEN_or_UNLINK_of_empty_name_is_EINVAL(void **state)
{
	struct bucketmap_name *name = prepared(state, BUCKETMAP_IOC_OPEN);

	memset(name->name, 0, sizeof(name->name));
	assert_fails(state, BUCKETMAP_IOC_OPEN, name, EINVAL);
	assert_fails(state, BUCKETMAP_IOC_UNLINK, name, EINVAL);
}

static void bytes_after_end_of_name_are_ignored(void **state)
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
	assert_ok(abi_call(*state, abi_ioctl(BUCKETMAP_IOC_OPEN), name));
}

static void absent_name_is_ENOENT(void **state)
{
	struct bucketmap_name *name = prepared(state, BUCKETMAP_IOC_OPEN);

	strcpy(name->name, test_name("absent"));
	assert_fails(state, BUCKETMAP_IOC_OPEN, name, ENOENT);
	assert_fails(state, BUCKETMAP_IOC_UNLINK, name, ENOENT);
}

static void taken_name_is_EEXIST(void **state)
{
	struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);

	strcpy(create->name, test_name("abi"));
	assert_fails(state, BUCKETMAP_IOC_CREATE, create, EEXIST);
}

static void entry_sizes_out_of_range_are_EINVAL(void **state)
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

static void mode_beyond_permission_bits_is_EINVAL(void **state)
{
	for (int bit = 9; bit < 32; bit++) {
		struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);

		create->mode |= 1U << bit;
		assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	}
}

static void huge_capacity_is_ENOMEM(void **state)
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

static void maps_beyond_max_maps_are_ENOSPC(void **state)
{
	void *argument = prepared(state, BUCKETMAP_IOC_CREATE);
	unsigned int old = set_max_maps(1);
	int ret = abi_call(*state, abi_ioctl(BUCKETMAP_IOC_CREATE), argument);

	set_max_maps(old);
	assert_int_equal(ret, -ENOSPC);
	assert_ok(abi_call(*state, abi_ioctl(BUCKETMAP_IOC_CREATE), argument));
}

/* Windows that reach outside the value. */
static const struct {
	__u32 offset;
	__u32 length;
} bad_windows[] = {
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

static void operation_window_outside_value_is_EINVAL(void **state)
{
	for (int operation = 0; operation < OPERATIONS; operation++) {
		unsigned long number = BUCKETMAP_IOC_OPERATION(operation);

		if (operations[operation].window != OP_WINDOW_ANY)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(bad_windows); i++) {
			struct bucketmap_entry *entry = prepared(state, number);

			entry->offset = bad_windows[i].offset;
			entry->length = bad_windows[i].length;
			assert_fails(state, number, entry, EINVAL);
		}
	}
}

static void BATCH_SCAN_or_WAIT_window_outside_value_is_EINVAL(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_windows); i++) {
		struct bucketmap_batch *batch = prepared(state, BUCKETMAP_IOC_BATCH);
		struct bucketmap_scan *scan;
		struct bucketmap_wait *wait;

		batch->offset = bad_windows[i].offset;
		batch->length = bad_windows[i].length;
		assert_fails(state, BUCKETMAP_IOC_BATCH, batch, EINVAL);
		scan = prepared(state, BUCKETMAP_IOC_SCAN);
		scan->offset = bad_windows[i].offset;
		scan->length = bad_windows[i].length;
		assert_fails(state, BUCKETMAP_IOC_SCAN, scan, EINVAL);
		scan->values = 0;
		assert_fails(state, BUCKETMAP_IOC_SCAN, scan, EINVAL);
		wait = prepared(state, BUCKETMAP_IOC_WAIT);
		wait->offset = bad_windows[i].offset;
		wait->length = bad_windows[i].length;
		assert_fails(state, BUCKETMAP_IOC_WAIT, wait, EINVAL);
	}
}

static void empty_window_may_be_at_end_of_value(void **state)
{
	for (int operation = 0; operation < OPERATIONS; operation++) {
		unsigned long number = BUCKETMAP_IOC_OPERATION(operation);
		struct bucketmap_entry *entry;

		if (operations[operation].window != OP_WINDOW_ANY)
			continue;
		entry = prepared(state, number);
		entry->offset = ABI_VALUE_SIZE;
		entry->length = 0;
		assert_ok(abi_call(*state, abi_ioctl(number), entry));
	}
}

/* As a single operation and in a batch. */
static void check_number_at(void **state, int operation, __u32 offset)
{
	unsigned long number = operations[operation].ioctl;
	struct bucketmap_entry *entry = prepared(state, number);
	struct bucketmap_batch *batch;
	__u64 value = 1;

	entry->offset = offset;
	assert_fails(state, number, entry, EINVAL);
	batch = prepared(state, BUCKETMAP_IOC_BATCH);
	batch->operation = operation;
	batch->values = abi_pointer(&value);
	batch->count = 1;
	batch->offset = offset;
	assert_fails(state, BUCKETMAP_IOC_BATCH, batch, EINVAL);
}

static void number_unaligned_or_outside_value_is_EINVAL(void **state)
{
	static const __u32 offsets[] = {
		1, 4, 7, 9, 20, ABI_VALUE_SIZE, ABI_VALUE_SIZE + 8, ~0U, ~7U,
	};

	for (int operation = 0; operation < OPERATIONS; operation++) {
		if (operations[operation].window != OP_WINDOW_NUMBER)
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(offsets); i++)
			check_number_at(state, operation, offsets[i]);
	}
}

/* Nor in a set, whose windows are all empty. */
static void number_in_a_value_below_8_bytes_is_EINVAL(void **state)
{
	__u64 value = 1;

	(void)state;
	for (__u32 value_size = 0; value_size < sizeof(value); value_size++) {
		struct bucketmap *map = unnamed_map(4, value_size);

		for (int operation = 0; operation < OPERATIONS; operation++) {
			struct bucketmap_entry entry = {
				.size = sizeof(entry),
				.key = abi_pointer("key1"),
				.value = abi_pointer(&value),
			};

			if (operations[operation].window == OP_WINDOW_NUMBER)
				assert_error(raw_ioctl(bucketmap_fd(map),
						       operations[operation].ioctl, &entry),
					     EINVAL);
		}
		assert_int_equal(entry_count(map), 0);
		bucketmap_close(map);
	}
}

static void unknown_operation_of_BATCH_is_EINVAL(void **state)
{
	static const __u32 unknown[] = { OPERATIONS, 0x20, 1U << 31, ~0U };

	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		struct bucketmap_batch *batch = prepared(state, BUCKETMAP_IOC_BATCH);

		batch->operation = unknown[i];
		assert_fails(state, BUCKETMAP_IOC_BATCH, batch, EINVAL);
	}
}

static void any_format_is_stored_and_returned(void **state)
{
	for (__u32 format = BUCKETMAP_FORMAT_HEX + 1; format < 1U << 16; format += format) {
		struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);
		struct bucketmap_info info = { .size = sizeof(info) };
		struct bucketmap *map;

		create->key_format = format;
		create->value_format = ~format;
		assert_ok(bucketmap_create(&map, create));
		assert_ok(bucketmap_info(map, &info));
		assert_int_equal(info.key_format, format);
		assert_int_equal(info.value_format, create->value_format);
		bucketmap_close(map);
	}
}

static void fields_are_stored_and_returned(void **state)
{
	struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);
	struct bucketmap_info info = { .size = sizeof(info) };
	static const char zeros[BUCKETMAP_FIELDS_SIZE];
	struct bucketmap *map;

	memset(create->key_fields, 'k', BUCKETMAP_FIELDS_SIZE - 1);
	/* Bytes after the end of the fields are ignored. */
	memcpy(create->value_fields, "u64:hits\0\n", 10);
	assert_ok(bucketmap_create(&map, create));
	assert_ok(bucketmap_info(map, &info));
	assert_memory_equal(info.key_fields, create->key_fields, BUCKETMAP_FIELDS_SIZE);
	assert_string_equal(info.value_fields, "u64:hits");
	assert_memory_equal(info.value_fields + 8, zeros, BUCKETMAP_FIELDS_SIZE - 8);
	bucketmap_close(map);
}

static void unterminated_or_unprintable_fields_are_EINVAL(void **state)
{
	struct bucketmap_create *create = prepared(state, BUCKETMAP_IOC_CREATE);

	memset(create->key_fields, 'k', BUCKETMAP_FIELDS_SIZE);
	assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	create = prepared(state, BUCKETMAP_IOC_CREATE);
	memset(create->value_fields, 'v', BUCKETMAP_FIELDS_SIZE);
	assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	create = prepared(state, BUCKETMAP_IOC_CREATE);
	strcpy(create->key_fields, "u64\n");
	assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
	create = prepared(state, BUCKETMAP_IOC_CREATE);
	strcpy(create->value_fields, "\x7f");
	assert_fails(state, BUCKETMAP_IOC_CREATE, create, EINVAL);
}

static void LIST_or_SCAN_with_zero_capacity_is_EINVAL(void **state)
{
	struct bucketmap_list *list = prepared(state, BUCKETMAP_IOC_LIST);
	struct bucketmap_scan *scan;

	list->capacity = 0;
	assert_fails(state, BUCKETMAP_IOC_LIST, list, EINVAL);
	scan = prepared(state, BUCKETMAP_IOC_SCAN);
	scan->capacity = 0;
	assert_fails(state, BUCKETMAP_IOC_SCAN, scan, EINVAL);
}

static void INSERT_of_existing_key_is_EEXIST(void **state)
{
	struct bucketmap_entry *entry = prepared(state, BUCKETMAP_IOC_STORE);

	assert_fails(state, BUCKETMAP_IOC_INSERT, entry, EEXIST);
}

static void absent_key_is_ENOENT_as_documented(void **state)
{
	for (int operation = 0; operation < OPERATIONS; operation++) {
		unsigned long number = BUCKETMAP_IOC_OPERATION(operation);
		struct bucketmap_entry *entry = prepared(state, number);

		entry->key = abi_pointer("0123456789abcdef");
		if (operations[operation].absent == OP_FAILS) {
			assert_fails(state, number, entry, ENOENT);
			continue;
		}
		assert_ok(abi_call(*state, abi_ioctl(number), entry));
		assert_ok(bucketmap_delete(((struct abi_fixture *)*state)->map,
					   "0123456789abcdef"));
	}
}

static void unexpected_value_is_ECANCELED(void **state)
{
	char expected[ABI_VALUE_SIZE];

	for (int operation = 0; operation < OPERATIONS; operation++) {
		unsigned long number = operations[operation].ioctl;

		for (int byte = 0; operations[operation].expected && byte < 4; byte++) {
			struct bucketmap_entry *entry = prepared(state, number);

			memcpy(expected, (void *)(uintptr_t)entry->expected, 4);
			expected[byte] ^= 1;
			entry->expected = abi_pointer(expected);
			assert_fails(state, number, entry, ECANCELED);
		}
	}
}

static void SCAN_accepts_any_position(void **state)
{
	static const __u64 cursors[] = { 1, 1ULL << 63, ~0ULL - 1, ~0ULL };

	for (size_t i = 0; i < ARRAY_SIZE(cursors); i++) {
		struct bucketmap_scan *scan = prepared(state, BUCKETMAP_IOC_SCAN);

		scan->position = cursors[i];
		assert_ok(abi_call(*state, abi_ioctl(BUCKETMAP_IOC_SCAN), scan));
		assert_true(scan->position >= cursors[i] || scan->flags & BUCKETMAP_SCAN_END);
	}
}

/* Each position is valid on each descriptor of the map. */
static void position_rises_and_is_valid_on_each_descriptor(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap *maps[3] = { fixture->map };
	unsigned char keys[3][ABI_KEY_SIZE] = { 0 }, seen[20] = { 0 };
	struct bucketmap_scan scan = {
		.size = sizeof(scan), .keys = abi_pointer(keys), .capacity = ARRAY_SIZE(keys),
	};
	size_t entries = 0;

	assert_ok(bucketmap_open(&maps[1], test_name("abi"), 0));
	assert_ok(bucketmap_open(&maps[2], test_name("abi"), BUCKETMAP_OPEN_RDONLY));
	for (int i = 0; !(scan.flags & BUCKETMAP_SCAN_END); i = (i + 1) % 3) {
		__u64 cursor = scan.position;

		assert_ok(raw_ioctl(bucketmap_fd(maps[i]), BUCKETMAP_IOC_SCAN, &scan));
		assert_true(scan.position > cursor || scan.flags & BUCKETMAP_SCAN_END);
		for (__u32 j = 0; j < scan.count; j++) {
			assert_in_range(keys[j][0], 0, 19);
			assert_int_equal(seen[keys[j][0]]++, 0);
		}
		entries += scan.count;
	}
	assert_int_equal(entries, ARRAY_SIZE(seen));
	bucketmap_close(maps[2]);
	bucketmap_close(maps[1]);
}

static void pointers_to_values_of_a_set_are_ignored(void **state)
{
	static const __u64 anything[] = { 0, 1, ~0ULL, 1ULL << 63 };
	struct bucketmap *set = unnamed_map(4, 0);
	int fd = bucketmap_fd(set);
	char keys[4] = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(anything); i++) {
		const __u64 pointer = anything[i];
		struct bucketmap_entry entry = {
			.size = sizeof(entry), .key = abi_pointer("key1"), .value = pointer,
			.previous = pointer,
		};
		struct bucketmap_scan scan = {
			.size = sizeof(scan), .keys = abi_pointer(keys), .values = pointer,
			.capacity = 1,
		};

		assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_SWAP, &entry));
		assert_int_equal(raw_ioctl(fd, BUCKETMAP_IOC_SWAP, &entry), 1);
		assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan));
		entry.expected = pointer;
		assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_COMPARE_AND_SWAP, &entry));
		entry.value = 0;
		assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_COMPARE_AND_DELETE, &entry));
	}
	bucketmap_close(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(invalid_name_is_EINVAL),
		abi_test(OPEN_or_UNLINK_of_empty_name_is_EINVAL),
		abi_test(bytes_after_end_of_name_are_ignored),
		abi_test(absent_name_is_ENOENT),
		abi_test(taken_name_is_EEXIST),
		abi_test(entry_sizes_out_of_range_are_EINVAL),
		abi_test(mode_beyond_permission_bits_is_EINVAL),
		abi_test(huge_capacity_is_ENOMEM),
		abi_test(maps_beyond_max_maps_are_ENOSPC),
		abi_test(operation_window_outside_value_is_EINVAL),
		abi_test(BATCH_SCAN_or_WAIT_window_outside_value_is_EINVAL),
		abi_test(empty_window_may_be_at_end_of_value),
		abi_test(number_unaligned_or_outside_value_is_EINVAL),
		abi_test(number_in_a_value_below_8_bytes_is_EINVAL),
		abi_test(unknown_operation_of_BATCH_is_EINVAL),
		abi_test(any_format_is_stored_and_returned),
		abi_test(fields_are_stored_and_returned),
		abi_test(unterminated_or_unprintable_fields_are_EINVAL),
		abi_test(LIST_or_SCAN_with_zero_capacity_is_EINVAL),
		abi_test(INSERT_of_existing_key_is_EEXIST),
		abi_test(absent_key_is_ENOENT_as_documented),
		abi_test(unexpected_value_is_ECANCELED),
		abi_test(SCAN_accepts_any_position),
		abi_test(position_rises_and_is_valid_on_each_descriptor),
		abi_test(pointers_to_values_of_a_set_are_ignored),
	};

	return run_device_tests(tests);
}

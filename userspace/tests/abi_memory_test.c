// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers inside of structures: to keys, values and arrays that are there,
 * not there, or there in part.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "abi.h"

/**
 * struct pointer - a pointer in a structure
 * @number: the command
 * @offset: of the pointer in the command's structure
 * @bytes: what it points to has, where prepared as abi_prepare() does
 */
struct pointer {
	unsigned long number;
	size_t offset;
	size_t bytes;
};

#define KEY_OF(command) \
	{ BUCKETMAP_IOC_##command, offsetof(struct bucketmap_entry, key), ABI_KEY_SIZE }
#define WINDOW_OF(command, member) \
	{ BUCKETMAP_IOC_##command, offsetof(struct bucketmap_entry, member), 4 }
#define COLUMN(command, structure, member, bytes) \
	{ BUCKETMAP_IOC_##command, offsetof(struct structure, member), bytes }

/* Those of BATCH are in a file of their own. */
static const struct pointer inputs[] = {
	KEY_OF(LOOKUP),
	KEY_OF(STORE),
	KEY_OF(INSERT),
	KEY_OF(REPLACE),
	KEY_OF(LOAD_OR_STORE),
	KEY_OF(SWAP),
	KEY_OF(DELETE),
	KEY_OF(LOOKUP_AND_DELETE),
	KEY_OF(COMPARE_AND_SWAP),
	KEY_OF(COMPARE_AND_DELETE),
	KEY_OF(ADD),
	WINDOW_OF(STORE, value),
	WINDOW_OF(INSERT, value),
	WINDOW_OF(REPLACE, value),
	WINDOW_OF(LOAD_OR_STORE, value),
	WINDOW_OF(SWAP, value),
	WINDOW_OF(COMPARE_AND_SWAP, value),
	WINDOW_OF(COMPARE_AND_SWAP, expected),
	WINDOW_OF(COMPARE_AND_DELETE, expected),
	COLUMN(ADD, bucketmap_entry, value, sizeof(__u64)),
	COLUMN(WAIT, bucketmap_wait, key, ABI_KEY_SIZE),
	COLUMN(WAIT, bucketmap_wait, seen, 4),
};

/* The map stays as it is as well where the memory for an answer is not there. */
static const struct pointer outputs[] = {
	WINDOW_OF(LOOKUP, previous),
	WINDOW_OF(LOAD_OR_STORE, previous),
	WINDOW_OF(SWAP, previous),
	WINDOW_OF(LOOKUP_AND_DELETE, previous),
	COLUMN(ADD, bucketmap_entry, previous, sizeof(__u64)),
	COLUMN(LIST, bucketmap_list, names, BUCKETMAP_NAME_SIZE),
	COLUMN(SCAN, bucketmap_scan, keys, 4 * ABI_KEY_SIZE),
	COLUMN(SCAN, bucketmap_scan, values, 4 * ABI_VALUE_SIZE),
};

/* Answers that a caller may do without. */
static int may_be_null(const struct pointer *pointer)
{
	int operation = abi_operation_of(abi_command(pointer->number));

	if (operation >= 0)
		return pointer->offset == offsetof(struct bucketmap_entry, previous);
	return pointer->number == BUCKETMAP_IOC_SCAN &&
	       pointer->offset == offsetof(struct bucketmap_scan, values);
}

static void set_pointer(void *argument, const struct pointer *pointer, const void *target)
{
	__u64 number = abi_pointer(target);

	memcpy((char *)argument + pointer->offset, &number, sizeof(number));
}

static void *get_pointer(void *argument, const struct pointer *pointer)
{
	__u64 number;

	memcpy(&number, (char *)argument + pointer->offset, sizeof(number));
	return (void *)(uintptr_t)number;
}

/* A structure whose pointer leads to bytes of which only so many are there. */
static void *prepare_partly(struct abi_fixture *fixture, const struct pointer *pointer,
			    size_t there)
{
	void *argument = abi_prepare(fixture, abi_command(pointer->number));
	unsigned char *part = abi_cliff() - there;

	memcpy(part, get_pointer(argument, pointer), there);
	set_pointer(argument, pointer, part);
	return argument;
}

static void check_absent(struct abi_fixture *fixture, const struct pointer *pointer,
			 const void *target)
{
	void *argument = abi_prepare(fixture, abi_command(pointer->number));

	set_pointer(argument, pointer, target);
	assert_call_fails(fixture, abi_command(pointer->number), argument, EFAULT);
}

static void check_pointers(struct abi_fixture *fixture, const struct pointer *pointers,
			   size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct pointer *pointer = &pointers[i];

		for (size_t there = 1; there < pointer->bytes; there += 1 + there / 2)
			assert_call_fails(fixture, abi_command(pointer->number),
					  prepare_partly(fixture, pointer, there), EFAULT);
		assert_call_fails(fixture, abi_command(pointer->number),
				  prepare_partly(fixture, pointer, pointer->bytes - 1), EFAULT);
		assert_ok(abi_call(fixture, abi_command(pointer->number),
				   prepare_partly(fixture, pointer, pointer->bytes)));
		check_absent(fixture, pointer, abi_cliff());
		/* Kernel memory, if it were not refused. */
		check_absent(fixture, pointer, (void *)~0xffffUL);
	}
}

static void memory_to_read_must_be_there_to_the_last_byte(void **state)
{
	check_pointers(*state, inputs, ARRAY_SIZE(inputs));
}

static void memory_to_write_must_be_there_to_the_last_byte(void **state)
{
	check_pointers(*state, outputs, ARRAY_SIZE(outputs));
}

static void null_is_EFAULT(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++)
		check_absent(*state, &inputs[i], NULL);
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		if (!may_be_null(&outputs[i]))
			check_absent(*state, &outputs[i], NULL);
	}
}

static void answers_that_are_not_wanted_are_not_given(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		const struct abi_command *command = abi_command(outputs[i].number);
		void *argument = abi_prepare(*state, command);

		if (!may_be_null(&outputs[i]))
			continue;
		set_pointer(argument, &outputs[i], NULL);
		assert_ok(abi_call(*state, command, argument));
	}
}

static void memory_to_write_must_be_writable(void **state)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *read_only = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(read_only, MAP_FAILED);
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++)
		check_absent(*state, &outputs[i], read_only);
	munmap(read_only, page);
}

/* Each call of a scan, at first with an array that is not there. */
static void a_scan_that_failed_can_be_made_again(void **state)
{
	struct abi_fixture *fixture = *state;
	static char keys[100][ABI_KEY_SIZE], values[100][ABI_VALUE_SIZE];
	struct bucketmap_scan scan = {
		.size = sizeof(scan),
		.values = abi_pointer(values),
		.capacity = 7,
	};
	__u64 entries = entry_count(fixture->map), seen = 0;
	int fd = bucketmap_fd(fixture->map);

	while (seen < entries) {
		const struct bucketmap_scan before = scan;

		scan.keys = abi_pointer(abi_cliff());
		assert_error(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan), EFAULT);
		assert_int_equal(scan.cursor, before.cursor);
		assert_int_equal(scan.flags, before.flags);
		scan.keys = abi_pointer(keys);
		assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan));
		seen += scan.count;
	}
	/* Nothing is left but, perhaps, to be told so. */
	assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan));
	assert_int_equal(scan.count, 0);
	assert_int_equal(scan.flags, BUCKETMAP_SCAN_END);
}

static void an_empty_window_is_at_any_address(void **state)
{
	struct abi_fixture *fixture = *state;

	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct abi_operation *uses = &abi_operations[operation];
		unsigned long number = BUCKETMAP_IOC_OPERATION(operation);
		__u64 nowhere = abi_pointer(abi_cliff());
		struct bucketmap_entry *entry;

		if (!uses->window)
			continue;
		entry = abi_prepare(fixture, abi_command(number));
		entry->value = uses->value ? nowhere : 0;
		entry->expected = uses->expected ? nowhere : 0;
		entry->previous = uses->previous ? nowhere : 0;
		entry->offset = 1;
		entry->length = 0;
		assert_ok(abi_call(fixture, abi_command(number), entry));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(memory_to_read_must_be_there_to_the_last_byte),
		abi_test(memory_to_write_must_be_there_to_the_last_byte),
		abi_test(null_is_EFAULT),
		abi_test(answers_that_are_not_wanted_are_not_given),
		abi_test(memory_to_write_must_be_writable),
		abi_test(a_scan_that_failed_can_be_made_again),
		abi_test(an_empty_window_is_at_any_address),
	};

	return run_device_tests(tests);
}

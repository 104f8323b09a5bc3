// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers in structures: to keys, values and arrays that are accessible,
 * inaccessible, or accessible in part.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "abi.h"

/**
 * struct pointer - a pointer in a structure
 * @number: the ioctl
 * @offset: offset of the pointer in the ioctl's structure
 * @bytes: size of what it points to, as abi_prepare() sets it up
 */
struct pointer {
	unsigned long number;
	size_t offset;
	size_t bytes;
};

/* Pointers in the structures of some ioctls. */
struct pointers {
	size_t count;
	struct pointer list[64];
};

#define COLUMN(ioc, structure, member, bytes) \
	{ BUCKETMAP_IOC_##ioc, offsetof(struct structure, member), bytes }

/* add_operations() adds those of the operations; those of BATCH are in abi_batch_test.c. */
static struct pointers inputs = { 2, {
	COLUMN(WAIT, bucketmap_wait, key, ABI_KEY_SIZE),
	COLUMN(WAIT, bucketmap_wait, seen, 4),
} };

/* The map does not change either if the memory of an output is inaccessible. */
static struct pointers outputs = { 3, {
	COLUMN(LIST, bucketmap_list, names, BUCKETMAP_NAME_SIZE),
	COLUMN(SCAN, bucketmap_scan, keys, 4 * ABI_KEY_SIZE),
	COLUMN(SCAN, bucketmap_scan, values, 4 * ABI_VALUE_SIZE),
} };

static void add(struct pointers *pointers, const struct operation *op, size_t offset, size_t bytes)
{
	assert_true(pointers->count < ARRAY_SIZE(pointers->list));
	pointers->list[pointers->count++] = (struct pointer) { op->ioctl, offset, bytes };
}

static void add_operations(void)
{
	for (const struct operation *op = operations; op < operations + OPERATIONS; op++) {
		size_t bytes = op->window == OP_WINDOW_NUMBER ? sizeof(__u64) : 4;

		add(&inputs, op, offsetof(struct bucketmap_entry, key), ABI_KEY_SIZE);
		if (op->value)
			add(&inputs, op, offsetof(struct bucketmap_entry, value), bytes);
		if (op->expected)
			add(&inputs, op, offsetof(struct bucketmap_entry, expected), bytes);
		if (op->previous)
			add(&outputs, op, offsetof(struct bucketmap_entry, previous), bytes);
	}
}

/* Outputs that a caller may omit. */
static int is_optional(const struct pointer *pointer)
{
	int operation = abi_operation_of(abi_ioctl(pointer->number));

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

/*
 * Prepares a structure with a pointer to memory of which only the first @size
 * bytes are accessible.
 */
static void *prepare_accessible(struct abi_fixture *fixture, const struct pointer *pointer,
				size_t size)
{
	void *argument = abi_prepare(fixture, abi_ioctl(pointer->number));
	unsigned char *part = abi_guard_page() - size;

	memcpy(part, get_pointer(argument, pointer), size);
	set_pointer(argument, pointer, part);
	return argument;
}

static void check_bad_pointer(struct abi_fixture *fixture, const struct pointer *pointer,
			      const void *target)
{
	void *argument = abi_prepare(fixture, abi_ioctl(pointer->number));

	set_pointer(argument, pointer, target);
	assert_call_fails(fixture, abi_ioctl(pointer->number), argument, EFAULT);
}

static void check_pointers(struct abi_fixture *fixture, const struct pointers *pointers)
{
	for (size_t i = 0; i < pointers->count; i++) {
		const struct pointer *pointer = &pointers->list[i];

		for (size_t size = 1; size < pointer->bytes; size += 1 + size / 2)
			assert_call_fails(fixture, abi_ioctl(pointer->number),
					  prepare_accessible(fixture, pointer, size), EFAULT);
		assert_call_fails(fixture, abi_ioctl(pointer->number),
				  prepare_accessible(fixture, pointer, pointer->bytes - 1), EFAULT);
		assert_ok(abi_call(fixture, abi_ioctl(pointer->number),
				   prepare_accessible(fixture, pointer, pointer->bytes)));
		check_bad_pointer(fixture, pointer, abi_guard_page());
		/* An address of the kernel. */
		check_bad_pointer(fixture, pointer, (void *)~0xffffUL);
	}
}

static void inputs_must_be_accessible_to_the_last_byte(void **state)
{
	check_pointers(*state, &inputs);
}

static void outputs_must_be_accessible_to_the_last_byte(void **state)
{
	check_pointers(*state, &outputs);
}

static void null_pointers_are_EFAULT(void **state)
{
	for (size_t i = 0; i < inputs.count; i++)
		check_bad_pointer(*state, &inputs.list[i], NULL);
	for (size_t i = 0; i < outputs.count; i++) {
		if (!is_optional(&outputs.list[i]))
			check_bad_pointer(*state, &outputs.list[i], NULL);
	}
}

static void optional_outputs_may_be_null(void **state)
{
	for (size_t i = 0; i < outputs.count; i++) {
		const struct abi_ioctl *ioc = abi_ioctl(outputs.list[i].number);
		void *argument = abi_prepare(*state, ioc);

		if (!is_optional(&outputs.list[i]))
			continue;
		set_pointer(argument, &outputs.list[i], NULL);
		assert_ok(abi_call(*state, ioc, argument));
	}
}

static void outputs_must_be_writable(void **state)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *read_only = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(read_only, MAP_FAILED);
	for (size_t i = 0; i < outputs.count; i++)
		check_bad_pointer(*state, &outputs.list[i], read_only);
	munmap(read_only, page);
}

/* Each SCAN is called with an inaccessible array first. */
static void failed_scan_can_be_repeated(void **state)
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

		scan.keys = abi_pointer(abi_guard_page());
		assert_error(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan), EFAULT);
		assert_int_equal(scan.position, before.position);
		assert_int_equal(scan.flags, before.flags);
		scan.keys = abi_pointer(keys);
		assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan));
		seen += scan.count;
	}
	/* At most the end of the scan is still to be reported. */
	assert_ok(raw_ioctl(fd, BUCKETMAP_IOC_SCAN, &scan));
	assert_int_equal(scan.count, 0);
	assert_int_equal(scan.flags, BUCKETMAP_SCAN_END);
}

static void pointers_to_empty_window_are_ignored(void **state)
{
	struct abi_fixture *fixture = *state;

	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct operation *uses = &operations[operation];
		unsigned long number = uses->ioctl;
		__u64 bad_pointer = abi_pointer(abi_guard_page());
		struct bucketmap_entry *entry;

		if (uses->window != OP_WINDOW_ANY)
			continue;
		entry = abi_prepare(fixture, abi_ioctl(number));
		entry->value = uses->value ? bad_pointer : 0;
		entry->expected = uses->expected ? bad_pointer : 0;
		entry->previous = uses->previous ? bad_pointer : 0;
		entry->offset = 1;
		entry->length = 0;
		assert_ok(abi_call(fixture, abi_ioctl(number), entry));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(inputs_must_be_accessible_to_the_last_byte),
		abi_test(outputs_must_be_accessible_to_the_last_byte),
		abi_test(null_pointers_are_EFAULT),
		abi_test(optional_outputs_may_be_null),
		abi_test(outputs_must_be_writable),
		abi_test(failed_scan_can_be_repeated),
		abi_test(pointers_to_empty_window_are_ignored),
	};

	add_operations();
	return run_device_tests(tests);
}

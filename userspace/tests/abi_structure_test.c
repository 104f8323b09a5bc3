// SPDX-License-Identifier: GPL-2.0
/*
 * What the ABI promises for every structure: sizes smaller and larger than the
 * kernel's, flags, reserved members, and inaccessible memory. A kernel with
 * later versions of the structures passes this as well, as long as it accepts
 * zero in members that the first version lacks.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "abi.h"

static void set_size(void *argument, __u32 size)
{
	memcpy(argument, &size, sizeof(size));
}

static void set_u32(void *argument, size_t offset, __u32 number)
{
	memcpy((char *)argument + offset, &number, sizeof(number));
}

static void prepared_ioctls_succeed(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++)
		assert_ok(abi_call(*state, ioc, abi_prepare(*state, ioc)));
}

static void structure_below_first_version_is_EINVAL(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		__u32 first = abi_first_size(ioc);
		const __u32 sizes[] = { 0, 1, 4, 8, first - 8, first - 1 };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			void *argument;

			if (sizes[i] >= first)
				continue;
			argument = abi_prepare(*state, ioc);
			set_size(argument, sizes[i]);
			assert_call_fails(*state, ioc, argument, EINVAL);
		}
	}
}

static void structure_of_first_version_is_accepted(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		unsigned char *argument = abi_prepare(*state, ioc);
		__u32 first = abi_first_size(ioc);

		set_size(argument, first);
		memset(argument + first, 0xa5, ioc->size - first);
		assert_ok(abi_call(*state, ioc, argument));
		for (__u32 i = first; i < ioc->size; i++)
			assert_int_equal(argument[i], 0xa5);
	}
}

static void larger_structure_with_zeros_is_accepted_and_stays_zero(void **state)
{
	const __u32 largest = BUCKETMAP_STRUCT_SIZE_MAX;

	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		const __u32 sizes[] = { ioc->size + 1, ioc->size + 8, largest };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			unsigned char *argument = abi_prepare(*state, ioc);

			set_size(argument, sizes[i]);
			assert_ok(abi_call(*state, ioc, argument));
			assert_int_equal(*(__u32 *)argument, sizes[i]);
			/* No version defines the last byte. */
			assert_int_equal(argument[largest - 1], 0);
		}
	}
}

static void larger_structure_with_nonzero_byte_is_E2BIG(void **state)
{
	const __u32 largest = BUCKETMAP_STRUCT_SIZE_MAX;

	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		unsigned char *argument = abi_prepare(*state, ioc);

		set_size(argument, largest);
		argument[largest - 1] = 1;
		assert_call_fails(*state, ioc, argument, E2BIG);

		argument = abi_prepare(*state, ioc);
		set_size(argument, largest - 7);
		argument[largest - 8] = 0x80;
		assert_call_fails(*state, ioc, argument, E2BIG);
	}
}

static void structure_above_maximum_is_E2BIG(void **state)
{
	static const __u32 sizes[] = {
		BUCKETMAP_STRUCT_SIZE_MAX + 1, BUCKETMAP_STRUCT_SIZE_MAX + 8,
		2 * BUCKETMAP_STRUCT_SIZE_MAX, 1U << 31, ~0U,
	};

	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			void *argument = abi_prepare(*state, ioc);

			set_size(argument, sizes[i]);
			assert_call_fails(*state, ioc, argument, E2BIG);
		}
	}
}

static void bytes_after_structure_are_not_written(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		unsigned char *argument = abi_prepare(*state, ioc);

		memset(argument + ioc->size, 0xa5, 16);
		assert_ok(abi_call(*state, ioc, argument));
		for (int i = 0; i < 16; i++)
			assert_int_equal(argument[ioc->size + i], 0xa5);
	}
}

static void unknown_flags_are_EINVAL(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		for (int bit = 0; bit < 32; bit++) {
			void *argument;

			if (ioc->known_flags & 1U << bit)
				continue;
			argument = abi_prepare(*state, ioc);
			set_u32(argument, 4, 1U << bit);
			assert_call_fails(*state, ioc, argument, EINVAL);
		}
	}
}

/* All members from offset @from to @to must be zero. */
static void members_must_be_zero(struct abi_fixture *fixture, unsigned long number,
				 size_t from, size_t to)
{
	const struct abi_ioctl *ioc = abi_ioctl(number);

	for (size_t i = from; i < to; i += 4) {
		void *argument = abi_prepare(fixture, ioc);

		set_u32(argument, i, 1);
		assert_call_fails(fixture, ioc, argument, EINVAL);
	}
}

#define MEMBER_MUST_BE_ZERO(fixture, number, structure, member)			\
	members_must_be_zero(fixture, number, offsetof(struct structure, member), \
			     offsetof(struct structure, member) +		\
			     sizeof(((struct structure *)0)->member))

static void reserved_members_must_be_zero(void **state)
{
	MEMBER_MUST_BE_ZERO(*state, BUCKETMAP_IOC_BATCH, bucketmap_batch, reserved);
	MEMBER_MUST_BE_ZERO(*state, BUCKETMAP_IOC_RIGHTS, bucketmap_rights, reserved);
	MEMBER_MUST_BE_ZERO(*state, BUCKETMAP_IOC_CHANGES, bucketmap_changes, reserved);
}

static void members_unused_by_operation_must_be_zero(void **state)
{
	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct operation *uses = &operations[operation];
		unsigned long number = BUCKETMAP_IOC_OPERATION(operation);

		if (!uses->value)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, value);
		if (!uses->expected)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, expected);
		if (!uses->previous)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, previous);
		if (!uses->window)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, offset);
		if (uses->window != OP_WINDOW_ANY)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, length);
	}
}

static void WAIT_for_absent_key_takes_no_window(void **state)
{
	static const size_t members[] = {
		offsetof(struct bucketmap_wait, seen),
		offsetof(struct bucketmap_wait, offset),
		offsetof(struct bucketmap_wait, length),
	};
	const struct abi_ioctl *ioc = abi_ioctl(BUCKETMAP_IOC_WAIT);

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct bucketmap_wait *wait = abi_prepare(*state, ioc);

		wait->flags = BUCKETMAP_WAIT_ABSENT;
		wait->seen = 0;
		wait->offset = 0;
		wait->length = 0;
		set_u32(wait, members[i], 1);
		assert_call_fails(*state, ioc, wait, EINVAL);
	}
}

/*
 * Members that are only written, from offset @from to @to. Up to @same_to each
 * call returns the same, regardless of the workers.
 */
static const struct {
	unsigned long number;
	size_t from;
	size_t to;
	size_t same_to;
} outputs[] = {
	{ BUCKETMAP_IOC_LIST, offsetof(struct bucketmap_list, count),
	  sizeof(struct bucketmap_list), sizeof(struct bucketmap_list) },
	{ BUCKETMAP_IOC_LIMITS, offsetof(struct bucketmap_limits, version),
	  sizeof(struct bucketmap_limits), offsetof(struct bucketmap_limits, maps) },
	{ BUCKETMAP_IOC_SCAN, offsetof(struct bucketmap_scan, count),
	  offsetof(struct bucketmap_scan, offset), offsetof(struct bucketmap_scan, offset) },
	{ BUCKETMAP_IOC_INFO, offsetof(struct bucketmap_info, flags),
	  sizeof(struct bucketmap_info), offsetof(struct bucketmap_info, buckets) },
	{ BUCKETMAP_IOC_CHANGES, offsetof(struct bucketmap_changes, changed),
	  offsetof(struct bucketmap_changes, reserved),
	  offsetof(struct bucketmap_changes, changed) },
};

static void outputs_may_hold_anything_before_the_call(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		const struct abi_ioctl *ioc = abi_ioctl(outputs[i].number);
		unsigned char *argument = abi_prepare(*state, ioc);
		unsigned char expected[BUCKETMAP_STRUCT_SIZE_MAX];

		assert_ok(abi_call(*state, ioc, argument));
		memcpy(expected, argument, ioc->size);
		argument = abi_prepare(*state, ioc);
		memset(argument + outputs[i].from, 0xa5,
		       outputs[i].to - outputs[i].from);
		assert_ok(abi_call(*state, ioc, argument));
		assert_memory_equal(argument + outputs[i].from,
				    expected + outputs[i].from,
				    outputs[i].same_to - outputs[i].from);
	}
}

/* Programs that call it repeatedly reuse the structure. */
static void returned_structure_may_be_passed_again(void **state)
{
	static const unsigned long queries[] = { BUCKETMAP_IOC_INFO, BUCKETMAP_IOC_LIMITS };

	for (size_t i = 0; i < ARRAY_SIZE(queries); i++) {
		const struct abi_ioctl *ioc = abi_ioctl(queries[i]);
		void *argument = abi_prepare(*state, ioc);

		assert_ok(abi_call(*state, ioc, argument));
		assert_ok(abi_call(*state, ioc, argument));
	}
}

static void INFO_of_unlinked_map_has_empty_name(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap_info info = { .size = sizeof(info) };
	static const char none[BUCKETMAP_NAME_SIZE];

	assert_ok(bucketmap_info(fixture->map, &info));
	assert_string_equal(info.name, test_name("abi"));
	assert_ok(bucketmap_unlink(info.name));
	assert_ok(bucketmap_info(fixture->map, &info));
	assert_memory_equal(info.name, none, sizeof(none));
}

static void inaccessible_structure_is_EFAULT(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		abi_prepare(*state, ioc);
		assert_call_fails(*state, ioc, NULL, EFAULT);
		assert_call_fails(*state, ioc, abi_guard_page(), EFAULT);
		assert_call_fails(*state, ioc, (void *)~0xfffUL, EFAULT);
	}
}

static void partly_accessible_structure_is_EFAULT(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		const __u32 accessible[] = { 1, 2, 4, 8, ioc->size - 8, ioc->size - 1 };

		for (size_t i = 0; i < ARRAY_SIZE(accessible); i++) {
			void *partial = abi_guard_page() - accessible[i], *argument;

			if (accessible[i] >= ioc->size)
				continue;
			argument = abi_prepare(*state, ioc);
			memmove(partial, argument, accessible[i]);
			assert_call_fails(*state, ioc, partial, EFAULT);
		}
	}
}

static void structure_may_end_at_end_of_memory(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		void *argument = abi_prepare(*state, ioc);
		void *last = abi_guard_page() - ioc->size;

		memmove(last, argument, ioc->size);
		assert_ok(abi_call(*state, ioc, last));
	}
}

static int writes_structure(const struct abi_ioctl *ioc)
{
	return abi_operation_of(ioc) < 0 && !abi_returns_fd(ioc) &&
	       ioc->number != BUCKETMAP_IOC_UNLINK && ioc->number != BUCKETMAP_IOC_RIGHTS &&
	       ioc->number != BUCKETMAP_IOC_RESIZE && ioc->number != BUCKETMAP_IOC_WAIT;
}

static void read_only_structure_with_outputs_is_EFAULT(void **state)
{
	size_t page = sysconf(_SC_PAGESIZE);

	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		void *read_only;

		if (!writes_structure(ioc))
			continue;
		read_only = mmap(NULL, page, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(read_only, MAP_FAILED);
		memcpy(read_only, abi_prepare(*state, ioc), ioc->size);
		assert_ok(mprotect(read_only, page, PROT_READ));
		assert_call_fails(*state, ioc, read_only, EFAULT);
		munmap(read_only, page);
	}
}

static void size_in_ioctl_number_is_ignored(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		struct abi_ioctl other = *ioc;

		other.number = _IOC(_IOC_DIR(ioc->number), _IOC_TYPE(ioc->number),
				    _IOC_NR(ioc->number), ioc->size + 8);
		assert_ok(abi_call(*state, &other, abi_prepare(*state, ioc)));
		other.number = _IOC(_IOC_DIR(ioc->number), _IOC_TYPE(ioc->number),
				    _IOC_NR(ioc->number), 0);
		assert_ok(abi_call(*state, &other, abi_prepare(*state, ioc)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(prepared_ioctls_succeed),
		abi_test(structure_below_first_version_is_EINVAL),
		abi_test(structure_of_first_version_is_accepted),
		abi_test(larger_structure_with_zeros_is_accepted_and_stays_zero),
		abi_test(larger_structure_with_nonzero_byte_is_E2BIG),
		abi_test(structure_above_maximum_is_E2BIG),
		abi_test(bytes_after_structure_are_not_written),
		abi_test(unknown_flags_are_EINVAL),
		abi_test(reserved_members_must_be_zero),
		abi_test(members_unused_by_operation_must_be_zero),
		abi_test(WAIT_for_absent_key_takes_no_window),
		abi_test(outputs_may_hold_anything_before_the_call),
		abi_test(returned_structure_may_be_passed_again),
		abi_test(INFO_of_unlinked_map_has_empty_name),
		abi_test(inaccessible_structure_is_EFAULT),
		abi_test(partly_accessible_structure_is_EFAULT),
		abi_test(structure_may_end_at_end_of_memory),
		abi_test(read_only_structure_with_outputs_is_EFAULT),
		abi_test(size_in_ioctl_number_is_ignored),
	};

	return run_device_tests(tests);
}

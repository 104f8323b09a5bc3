// SPDX-License-Identifier: GPL-2.0
/*
 * What the ABI promises of every structure: sizes smaller and larger than the
 * kernel's, flags, reserved members, and memory that is not there. A
 * kernel that knows later versions of the structures passes this as well, as
 * long as it takes zero for what the first version did not have.
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

static void prepared_commands_succeed(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++)
		assert_ok(abi_call(*state, command, abi_prepare(*state, command)));
}

static void smaller_than_the_first_version_is_EINVAL(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		const __u32 sizes[] = { 0, 1, 4, 8, command->size - 8, command->size - 1 };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			void *argument;

			if (sizes[i] >= command->size)
				continue;
			argument = abi_prepare(*state, command);
			set_size(argument, sizes[i]);
			assert_call_fails(*state, command, argument, EINVAL);
		}
	}
}

static void larger_with_zeros_is_taken_and_left_zero(void **state)
{
	const __u32 largest = BUCKETMAP_STRUCT_SIZE_MAX;

	for (const struct abi_command *command = abi_commands; command->name; command++) {
		const __u32 sizes[] = { command->size + 1, command->size + 8, largest };

		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			unsigned char *argument = abi_prepare(*state, command);

			set_size(argument, sizes[i]);
			assert_ok(abi_call(*state, command, argument));
			assert_int_equal(*(__u32 *)argument, sizes[i]);
			/* The last byte is known to no version. */
			assert_int_equal(argument[largest - 1], 0);
		}
	}
}

static void larger_with_anything_else_is_E2BIG(void **state)
{
	const __u32 largest = BUCKETMAP_STRUCT_SIZE_MAX;

	for (const struct abi_command *command = abi_commands; command->name; command++) {
		unsigned char *argument = abi_prepare(*state, command);

		set_size(argument, largest);
		argument[largest - 1] = 1;
		assert_call_fails(*state, command, argument, E2BIG);

		argument = abi_prepare(*state, command);
		set_size(argument, largest - 7);
		argument[largest - 8] = 0x80;
		assert_call_fails(*state, command, argument, E2BIG);
	}
}

static void larger_than_any_is_E2BIG(void **state)
{
	static const __u32 sizes[] = {
		BUCKETMAP_STRUCT_SIZE_MAX + 1, BUCKETMAP_STRUCT_SIZE_MAX + 8,
		2 * BUCKETMAP_STRUCT_SIZE_MAX, 1U << 31, ~0U,
	};

	for (const struct abi_command *command = abi_commands; command->name; command++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			void *argument = abi_prepare(*state, command);

			set_size(argument, sizes[i]);
			assert_call_fails(*state, command, argument, E2BIG);
		}
	}
}

static void what_lies_behind_the_structure_is_not_touched(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		unsigned char *argument = abi_prepare(*state, command);

		memset(argument + command->size, 0xa5, 16);
		assert_ok(abi_call(*state, command, argument));
		for (int i = 0; i < 16; i++)
			assert_int_equal(argument[command->size + i], 0xa5);
	}
}

static void unknown_flags_are_EINVAL(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		for (int bit = 0; bit < 32; bit++) {
			void *argument;

			if (command->known_flags & 1U << bit)
				continue;
			argument = abi_prepare(*state, command);
			set_u32(argument, 4, 1U << bit);
			assert_call_fails(*state, command, argument, EINVAL);
		}
	}
}

/* Members whose pointers and numbers must be zero, from one offset to another. */
static void members_must_be_zero(struct abi_fixture *fixture, unsigned long number,
				 size_t from, size_t to)
{
	const struct abi_command *command = abi_command(number);

	for (size_t i = from; i < to; i += 4) {
		void *argument = abi_prepare(fixture, command);

		set_u32(argument, i, 1);
		assert_call_fails(fixture, command, argument, EINVAL);
	}
}

#define MEMBER_MUST_BE_ZERO(fixture, number, structure, member)			\
	members_must_be_zero(fixture, number, offsetof(struct structure, member), \
			     offsetof(struct structure, member) +		\
			     sizeof(((struct structure *)0)->member))

static void reserved_members_must_be_zero(void **state)
{
	MEMBER_MUST_BE_ZERO(*state, BUCKETMAP_IOC_BATCH, bucketmap_batch, reserved);
	MEMBER_MUST_BE_ZERO(*state, BUCKETMAP_IOC_CHANGES, bucketmap_changes, reserved);
}

static void what_an_operation_does_not_use_must_be_zero(void **state)
{
	for (int operation = 0; operation < OPERATIONS; operation++) {
		const struct abi_operation *uses = &abi_operations[operation];
		unsigned long number = BUCKETMAP_IOC_OPERATION(operation);

		if (!uses->value)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, value);
		if (!uses->expected)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, expected);
		if (!uses->previous)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, previous);
		if (!uses->window && operation != BUCKETMAP_ADD)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, offset);
		if (!uses->window)
			MEMBER_MUST_BE_ZERO(*state, number, bucketmap_entry, length);
	}
}

static void a_wait_for_an_absent_key_has_no_window(void **state)
{
	static const size_t members[] = {
		offsetof(struct bucketmap_wait, seen),
		offsetof(struct bucketmap_wait, offset),
		offsetof(struct bucketmap_wait, length),
	};
	const struct abi_command *command = abi_command(BUCKETMAP_IOC_WAIT);

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct bucketmap_wait *wait = abi_prepare(*state, command);

		wait->flags = BUCKETMAP_WAIT_ABSENT;
		wait->seen = 0;
		wait->offset = 0;
		wait->length = 0;
		set_u32(wait, members[i], 1);
		assert_call_fails(*state, command, wait, EINVAL);
	}
}

/*
 * Members that are only written, from one offset to another. Up to a third one
 * they are the same in each call, whatever the workers do.
 */
static const struct {
	unsigned long number;
	size_t from;
	size_t to;
	size_t same_to;
} only_answers[] = {
	{ BUCKETMAP_IOC_LIST, offsetof(struct bucketmap_list, count),
	  sizeof(struct bucketmap_list), sizeof(struct bucketmap_list) },
	{ BUCKETMAP_IOC_LIMITS, offsetof(struct bucketmap_limits, version),
	  sizeof(struct bucketmap_limits), offsetof(struct bucketmap_limits, maps) },
	{ BUCKETMAP_IOC_SCAN, offsetof(struct bucketmap_scan, count),
	  sizeof(struct bucketmap_scan), sizeof(struct bucketmap_scan) },
	{ BUCKETMAP_IOC_INFO, offsetof(struct bucketmap_info, flags),
	  sizeof(struct bucketmap_info), offsetof(struct bucketmap_info, buckets) },
	{ BUCKETMAP_IOC_CHANGES, offsetof(struct bucketmap_changes, changed),
	  offsetof(struct bucketmap_changes, reserved),
	  offsetof(struct bucketmap_changes, changed) },
};

static void answers_may_hold_anything_before(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(only_answers); i++) {
		const struct abi_command *command = abi_command(only_answers[i].number);
		unsigned char *argument = abi_prepare(*state, command);
		unsigned char expected[256];

		assert_ok(abi_call(*state, command, argument));
		memcpy(expected, argument, command->size);
		argument = abi_prepare(*state, command);
		memset(argument + only_answers[i].from, 0xa5,
		       only_answers[i].to - only_answers[i].from);
		assert_ok(abi_call(*state, command, argument));
		assert_memory_equal(argument + only_answers[i].from,
				    expected + only_answers[i].from,
				    only_answers[i].same_to - only_answers[i].from);
	}
}

/* As programs call it that ask again and again. */
static void an_answer_may_be_the_next_question(void **state)
{
	static const unsigned long asking[] = { BUCKETMAP_IOC_INFO, BUCKETMAP_IOC_LIMITS };

	for (size_t i = 0; i < ARRAY_SIZE(asking); i++) {
		const struct abi_command *command = abi_command(asking[i]);
		void *argument = abi_prepare(*state, command);

		assert_ok(abi_call(*state, command, argument));
		assert_ok(abi_call(*state, command, argument));
	}
}

static void a_map_without_a_name_says_so(void **state)
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

static void no_structure_is_EFAULT(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		abi_prepare(*state, command);
		assert_call_fails(*state, command, NULL, EFAULT);
		assert_call_fails(*state, command, abi_cliff(), EFAULT);
		assert_call_fails(*state, command, (void *)~0xfffUL, EFAULT);
	}
}

static void half_a_structure_is_EFAULT(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		const __u32 there[] = { 1, 2, 4, 8, command->size - 8, command->size - 1 };

		for (size_t i = 0; i < ARRAY_SIZE(there); i++) {
			void *half = abi_cliff() - there[i], *argument;

			if (there[i] >= command->size)
				continue;
			argument = abi_prepare(*state, command);
			memmove(half, argument, there[i]);
			assert_call_fails(*state, command, half, EFAULT);
		}
	}
}

static void a_structure_may_end_where_memory_ends(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		void *argument = abi_prepare(*state, command);
		void *last = abi_cliff() - command->size;

		memmove(last, argument, command->size);
		assert_ok(abi_call(*state, command, last));
	}
}

static int answers(const struct abi_command *command)
{
	return abi_operation_of(command) < 0 && !abi_makes_descriptor(command) &&
	       command->number != BUCKETMAP_IOC_UNLINK &&
	       command->number != BUCKETMAP_IOC_RESIZE && command->number != BUCKETMAP_IOC_WAIT;
}

static void an_answer_that_cannot_be_written_is_EFAULT(void **state)
{
	size_t page = sysconf(_SC_PAGESIZE);

	for (const struct abi_command *command = abi_commands; command->name; command++) {
		void *read_only;

		if (!answers(command))
			continue;
		read_only = mmap(NULL, page, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		assert_ptr_not_equal(read_only, MAP_FAILED);
		memcpy(read_only, abi_prepare(*state, command), command->size);
		assert_ok(mprotect(read_only, page, PROT_READ));
		assert_call_fails(*state, command, read_only, EFAULT);
		munmap(read_only, page);
	}
}

static void the_size_in_the_number_is_ignored(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		struct abi_command other = *command;

		other.number = _IOC(_IOC_DIR(command->number), _IOC_TYPE(command->number),
				    _IOC_NR(command->number), command->size + 8);
		assert_ok(abi_call(*state, &other, abi_prepare(*state, command)));
		other.number = _IOC(_IOC_DIR(command->number), _IOC_TYPE(command->number),
				    _IOC_NR(command->number), 0);
		assert_ok(abi_call(*state, &other, abi_prepare(*state, command)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(prepared_commands_succeed),
		abi_test(smaller_than_the_first_version_is_EINVAL),
		abi_test(larger_with_zeros_is_taken_and_left_zero),
		abi_test(larger_with_anything_else_is_E2BIG),
		abi_test(larger_than_any_is_E2BIG),
		abi_test(what_lies_behind_the_structure_is_not_touched),
		abi_test(unknown_flags_are_EINVAL),
		abi_test(reserved_members_must_be_zero),
		abi_test(what_an_operation_does_not_use_must_be_zero),
		abi_test(a_wait_for_an_absent_key_has_no_window),
		abi_test(answers_may_hold_anything_before),
		abi_test(an_answer_may_be_the_next_question),
		abi_test(a_map_without_a_name_says_so),
		abi_test(no_structure_is_EFAULT),
		abi_test(half_a_structure_is_EFAULT),
		abi_test(a_structure_may_end_where_memory_ends),
		abi_test(an_answer_that_cannot_be_written_is_EFAULT),
		abi_test(the_size_in_the_number_is_ignored),
	};

	return run_device_tests(tests);
}

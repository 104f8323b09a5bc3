// SPDX-License-Identifier: GPL-2.0
/*
 * Which commands work on which descriptors, and for whom: unknown commands,
 * descriptors of the wrong kind, for reading only or closed, and the rights of
 * other users.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>

#include "abi.h"

static void commands_are_unknown_on_the_other_kind(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		struct abi_command misplaced = *command;
		void *argument = abi_prepare(*state, command);

		if (abi_on_both_kinds(command))
			continue;
		misplaced.on_map = !command->on_map;
		assert_call_fails(*state, &misplaced, argument, ENOTTY);
		assert_call_fails(*state, &misplaced, NULL, ENOTTY);
	}
}

static void UNLINK_takes_a_name_on_the_device_and_none_on_a_map(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		struct abi_command misplaced = *command;

		if (!abi_on_both_kinds(command))
			continue;
		misplaced.on_map = !command->on_map;
		assert_call_fails(*state, &misplaced, abi_prepare(*state, command), EINVAL);
	}
}

static int is_known(unsigned int number)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		if (_IOC_NR(command->number) == number)
			return 1;
	}
	return 0;
}

static void unknown_numbers_are_ENOTTY(void **state)
{
	/* Numbers that no command has yet are for later versions: not all are tried. */
	static const unsigned int numbers[] = { 0x1f, 0x3f, 0x4f, 0x7f, 0x80, 0xff };
	struct abi_fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		unsigned long number = _IOWR(BUCKETMAP_IOC_MAGIC, numbers[i],
					     struct bucketmap_entry);
		char argument[4096] = { 0 };

		assert_false(is_known(numbers[i]));
		assert_error(raw_ioctl(fixture->device, number, argument), ENOTTY);
		assert_error(raw_ioctl(bucketmap_fd(fixture->map), number, argument), ENOTTY);
	}
}

static void another_magic_or_direction_is_ENOTTY(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		struct abi_command other = *command;
		unsigned int number = _IOC_NR(command->number);

		other.number = _IOC(_IOC_READ | _IOC_WRITE, 0xba, number, command->size);
		assert_call_fails(*state, &other, abi_prepare(*state, command), ENOTTY);
		other.number = _IOC(_IOC_NONE, BUCKETMAP_IOC_MAGIC, number, command->size);
		assert_call_fails(*state, &other, abi_prepare(*state, command), ENOTTY);
	}
}

static void a_closed_descriptor_is_EBADF(void **state)
{
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		struct abi_fixture *fixture = *state;
		void *argument = abi_prepare(fixture, command);
		int fd = dup(command->on_map ? bucketmap_fd(fixture->map) : fixture->device);

		assert_true(fd >= 0);
		assert_ok(close(fd));
		assert_error(raw_ioctl(fd, command->number, argument), EBADF);
		assert_map_unchanged(&fixture->before, fixture->map);
	}
}

static void writing_needs_a_descriptor_for_writing(void **state)
{
	struct abi_fixture *fixture = *state, readers = *fixture;

	readers.device = open(BUCKETMAP_DEVICE, O_RDONLY | O_CLOEXEC);
	assert_true(readers.device >= 0);
	assert_ok(bucketmap_open(&readers.map, test_name("abi"), BUCKETMAP_OPEN_RDONLY));
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		void *argument = abi_prepare(fixture, command);

		readers.before = fixture->before;
		memcpy(readers.names_before, fixture->names_before, sizeof(readers.names_before));
		if (abi_only_reads(command))
			assert_ok(abi_call(&readers, command, argument));
		else
			assert_call_fails(&readers, command, argument, EBADF);
	}
	bucketmap_close(readers.map);
	close(readers.device);
}

static void a_reader_may_reopen_for_reading_only(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap_reopen reopen = {
		.size = sizeof(reopen), .flags = BUCKETMAP_OPEN_RDONLY,
	};
	int reader = raw_ioctl(bucketmap_fd(fixture->map), BUCKETMAP_IOC_REOPEN, &reopen), again;

	assert_true(reader >= 0);
	assert_int_equal(fcntl(reader, F_GETFL) & O_ACCMODE, O_RDONLY);
	assert_true(fcntl(reader, F_GETFD) & FD_CLOEXEC);
	again = raw_ioctl(reader, BUCKETMAP_IOC_REOPEN, &reopen);
	assert_true(again >= 0);
	assert_int_equal(fcntl(again, F_GETFL) & O_ACCMODE, O_RDONLY);
	reopen.flags = 0;
	assert_error(raw_ioctl(reader, BUCKETMAP_IOC_REOPEN, &reopen), EBADF);
	assert_error(raw_ioctl(again, BUCKETMAP_IOC_REOPEN, &reopen), EBADF);
	close(again);
	close(reader);
}

static void reading_and_writing_are_nothing_a_map_does(void **state)
{
	struct abi_fixture *fixture = *state;
	char byte = 0;

	assert_int_equal(read(bucketmap_fd(fixture->map), &byte, 1), -1);
	assert_int_equal(write(bucketmap_fd(fixture->map), &byte, 1), -1);
	assert_int_equal(read(fixture->device, &byte, 1), -1);
	assert_int_equal(write(fixture->device, &byte, 1), -1);
}

static void poll_reports_changes_and_never_that_it_is_writable(void **state)
{
	struct abi_fixture *fixture = *state;
	struct pollfd pollfd = { .fd = bucketmap_fd(fixture->map), .events = ~0 };

	assert_int_equal(poll(&pollfd, 1, 0), 1);
	assert_int_equal(pollfd.revents, POLLIN | POLLRDNORM);
	assert_int_equal(bucketmap_changes(fixture->map), 1);
	assert_int_equal(poll(&pollfd, 1, 0), 0);
	abi_fill(fixture->map);
	assert_int_equal(poll(&pollfd, 1, 0), 1);
	assert_int_equal(pollfd.revents, POLLIN | POLLRDNORM);
}

static struct bucketmap_name name_argument(const char *suffix, __u32 flags)
{
	struct bucketmap_name name = { .size = sizeof(name), .flags = flags };

	strcpy(name.name, test_name(suffix));
	return name;
}

/* What somebody who is not root tries, with the device that root has opened. */
struct stranger {
	int device;
	int map;
	uid_t uid;
	gid_t gid;
	int open;
	int open_for_reading;
	int unlink;
};

static void try_as_stranger(void *context)
{
	const struct stranger *stranger = context;
	struct bucketmap_name name;
	int ret;

	child_check(!setresgid(stranger->gid, stranger->gid, stranger->gid));
	child_check(!setresuid(stranger->uid, stranger->uid, stranger->uid));
	name = name_argument("modes", 0);
	ret = raw_ioctl(stranger->device, BUCKETMAP_IOC_OPEN, &name);
	child_check((ret < 0 ? ret : 0) == stranger->open);
	name = name_argument("modes", BUCKETMAP_OPEN_RDONLY);
	ret = raw_ioctl(stranger->device, BUCKETMAP_IOC_OPEN, &name);
	child_check((ret < 0 ? ret : 0) == stranger->open_for_reading);
	name = name_argument("modes", 0);
	ret = raw_ioctl(stranger->device, BUCKETMAP_IOC_UNLINK, &name);
	child_check(ret == stranger->unlink);
	/* On a map's descriptor that somebody has passed to it. */
	name.name[0] = '\0';
	ret = raw_ioctl(stranger->map, BUCKETMAP_IOC_UNLINK, &name);
	child_check(ret == (stranger->unlink ? -EPERM : -ENOENT));
}

#define OWNER	1000
#define GROUP	2000

static void make_map_as_owner(void *context)
{
	struct bucketmap_create create = {
		.size = sizeof(create), .key_size = 8, .mode = 0640,
	};

	strcpy(create.name, test_name("modes"));
	child_check(!setresgid(GROUP, GROUP, GROUP));
	child_check(!setresuid(OWNER, OWNER, OWNER));
	child_check(raw_ioctl(*(int *)context, BUCKETMAP_IOC_CREATE, &create) >= 0);
}

/* And another that nobody may open. */
static void make_maps_as_owner(void *context)
{
	struct bucketmap_create create = { .size = sizeof(create), .key_size = 8 };

	make_map_as_owner(context);
	strcpy(create.name, test_name("private"));
	child_check(raw_ioctl(*(int *)context, BUCKETMAP_IOC_CREATE, &create) >= 0);
}

static void modes_and_owners_decide_who_may_what(void **state)
{
	struct abi_fixture *fixture = *state;
	struct stranger strangers[] = {
		{ 0, 0, 3000, 3000, -EACCES, -EACCES, -EPERM },
		{ 0, 0, 3000, GROUP, -EACCES, 0, -EPERM },
		{ 0, 0, OWNER, 3000, 0, 0, 0 },
	};
	struct bucketmap *map;

	/* Groups of root's that its children would have too. */
	assert_ok(setgroups(0, NULL));
	wait_for_success(start_child(make_map_as_owner, &fixture->device));
	assert_ok(bucketmap_open(&map, test_name("modes"), 0));
	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		strangers[i].device = fixture->device;
		strangers[i].map = bucketmap_fd(map);
		wait_for_success(start_child(try_as_stranger, &strangers[i]));
	}
	bucketmap_close(map);
}

/* What a user is told by LIST who has the device that root has opened. */
struct reader {
	int device;
	uid_t uid;
	gid_t gid;
	int sees_private;
	int sees_group;
};

static int list_has(int device, const char *suffix)
{
	static char names[64][BUCKETMAP_NAME_SIZE];
	struct bucketmap_list list = {
		.size = sizeof(list), .names = abi_pointer(names), .capacity = ARRAY_SIZE(names),
	};
	int found = 0;

	do {
		child_check(!raw_ioctl(device, BUCKETMAP_IOC_LIST, &list));
		for (__u32 i = 0; i < list.count; i++)
			found += !strcmp(names[i], test_name(suffix));
	} while (list.count == list.capacity);
	return found;
}

static void list_as_reader(void *context)
{
	const struct reader *reader = context;

	child_check(!setresgid(reader->gid, reader->gid, reader->gid));
	child_check(!setresuid(reader->uid, reader->uid, reader->uid));
	child_check(list_has(reader->device, "modes") == reader->sees_group);
	child_check(list_has(reader->device, "private") == reader->sees_private);
	child_check(list_has(reader->device, "abi") == !reader->uid);
}

static void list_names_what_the_caller_may_open_or_owns(void **state)
{
	struct abi_fixture *fixture = *state;
	struct reader readers[] = {
		{ 0, 3000, 3000, 0, 0 },	/* a stranger */
		{ 0, 3000, GROUP, 0, 1 },	/* who may read by the group's rights */
		{ 0, OWNER, 3000, 1, 1 },	/* the owner, who may not even read the second */
		{ 0, 0, 0, 1, 1 },
	};

	assert_ok(setgroups(0, NULL));
	wait_for_success(start_child(make_maps_as_owner, &fixture->device));
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		readers[i].device = fixture->device;
		wait_for_success(start_child(list_as_reader, &readers[i]));
	}
}

static void root_may_do_what_modes_forbid(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap *map;

	wait_for_success(start_child(make_map_as_owner, &fixture->device));
	assert_ok(bucketmap_open(&map, test_name("modes"), 0));
	bucketmap_close(map);
	assert_ok(bucketmap_unlink(test_name("modes")));
}

static void without_a_free_descriptor_it_is_EMFILE(void **state)
{
	struct abi_fixture *fixture = *state;
	struct rlimit limit, none_free;

	assert_ok(getrlimit(RLIMIT_NOFILE, &limit));
	for (const struct abi_command *command = abi_commands; command->name; command++) {
		void *argument;
		int ret;

		if (!abi_makes_descriptor(command))
			continue;
		argument = abi_prepare(fixture, command);
		none_free = (struct rlimit) { .rlim_cur = 3, .rlim_max = limit.rlim_max };
		assert_ok(setrlimit(RLIMIT_NOFILE, &none_free));
		ret = abi_call(fixture, command, argument);
		assert_ok(setrlimit(RLIMIT_NOFILE, &limit));
		assert_int_equal(ret, -EMFILE);
	}
	/* The map that nobody got a descriptor of does not exist. */
	assert_error(bucketmap_unlink(test_name("created")), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(commands_are_unknown_on_the_other_kind),
		abi_test(UNLINK_takes_a_name_on_the_device_and_none_on_a_map),
		abi_test(unknown_numbers_are_ENOTTY),
		abi_test(another_magic_or_direction_is_ENOTTY),
		abi_test(a_closed_descriptor_is_EBADF),
		abi_test(writing_needs_a_descriptor_for_writing),
		abi_test(a_reader_may_reopen_for_reading_only),
		abi_test(reading_and_writing_are_nothing_a_map_does),
		abi_test(poll_reports_changes_and_never_that_it_is_writable),
		abi_test(modes_and_owners_decide_who_may_what),
		abi_test(list_names_what_the_caller_may_open_or_owns),
		abi_test(root_may_do_what_modes_forbid),
		abi_test(without_a_free_descriptor_it_is_EMFILE),
	};

	return run_device_tests(tests);
}

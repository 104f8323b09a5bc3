// SPDX-License-Identifier: GPL-2.0
/*
 * Which ioctls work on which descriptors, and for which users: unknown ioctls;
 * descriptors of the wrong type, read-only or closed; permissions of other
 * users.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>

#include "abi.h"

static void ioctls_of_other_descriptor_type_are_ENOTTY(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		struct abi_ioctl misplaced = *ioc;
		void *argument = abi_prepare(*state, ioc);

		if (abi_on_device_and_map(ioc))
			continue;
		misplaced.on_map = !ioc->on_map;
		assert_call_fails(*state, &misplaced, argument, ENOTTY);
		assert_call_fails(*state, &misplaced, NULL, ENOTTY);
	}
}

static void UNLINK_and_RIGHTS_need_name_on_device_and_none_on_map(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		struct abi_ioctl misplaced = *ioc;

		if (!abi_on_device_and_map(ioc))
			continue;
		misplaced.on_map = !ioc->on_map;
		assert_call_fails(*state, &misplaced, abi_prepare(*state, ioc), EINVAL);
	}
}

static int is_known(unsigned int number)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		if (_IOC_NR(ioc->number) == number)
			return 1;
	}
	return 0;
}

static void unknown_ioctls_are_ENOTTY(void **state)
{
	/* Only a sample: later versions may use other numbers. */
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

static void wrong_magic_or_direction_is_ENOTTY(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		struct abi_ioctl other = *ioc;
		unsigned int number = _IOC_NR(ioc->number);

		other.number = _IOC(_IOC_READ | _IOC_WRITE, 0xba, number, ioc->size);
		assert_call_fails(*state, &other, abi_prepare(*state, ioc), ENOTTY);
		other.number = _IOC(_IOC_NONE, BUCKETMAP_IOC_MAGIC, number, ioc->size);
		assert_call_fails(*state, &other, abi_prepare(*state, ioc), ENOTTY);
	}
}

static void closed_descriptor_is_EBADF(void **state)
{
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		struct abi_fixture *fixture = *state;
		void *argument = abi_prepare(fixture, ioc);
		int fd = dup(ioc->on_map ? bucketmap_fd(fixture->map) : fixture->device);

		assert_true(fd >= 0);
		assert_ok(close(fd));
		assert_error(raw_ioctl(fd, ioc->number, argument), EBADF);
		assert_map_unchanged(&fixture->before, fixture->map);
	}
}

static void writing_through_read_only_descriptor_is_EBADF(void **state)
{
	struct abi_fixture *fixture = *state, reader = *fixture;

	reader.device = open(BUCKETMAP_DEVICE, O_RDONLY | O_CLOEXEC);
	assert_true(reader.device >= 0);
	assert_ok(bucketmap_open(&reader.map, test_name("abi"), BUCKETMAP_OPEN_RDONLY));
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		void *argument = abi_prepare(fixture, ioc);

		reader.before = fixture->before;
		memcpy(reader.names_before, fixture->names_before, sizeof(reader.names_before));
		if (abi_is_read_only(ioc))
			assert_ok(abi_call(&reader, ioc, argument));
		else
			assert_call_fails(&reader, ioc, argument, EBADF);
	}
	bucketmap_close(reader.map);
	close(reader.device);
}

static void read_only_descriptor_reopens_only_read_only(void **state)
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

static void read_and_write_fail(void **state)
{
	struct abi_fixture *fixture = *state;
	char byte = 0;

	assert_int_equal(read(bucketmap_fd(fixture->map), &byte, 1), -1);
	assert_int_equal(write(bucketmap_fd(fixture->map), &byte, 1), -1);
	assert_int_equal(read(fixture->device, &byte, 1), -1);
	assert_int_equal(write(fixture->device, &byte, 1), -1);
}

static void poll_reports_POLLIN_on_changes_and_never_POLLOUT(void **state)
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

/* A user with a device descriptor that root has opened, and the expected results. */
struct user {
	int device;
	int map;
	uid_t uid;
	gid_t gid;
	int open;
	int open_for_reading;
	int unlink;
};

static void try_as_user(void *context)
{
	const struct user *user = context;
	struct bucketmap_name name;
	int ret;

	child_check(!setresgid(user->gid, user->gid, user->gid));
	child_check(!setresuid(user->uid, user->uid, user->uid));
	name = name_argument("modes", 0);
	ret = raw_ioctl(user->device, BUCKETMAP_IOC_OPEN, &name);
	child_check((ret < 0 ? ret : 0) == user->open);
	name = name_argument("modes", BUCKETMAP_OPEN_RDONLY);
	ret = raw_ioctl(user->device, BUCKETMAP_IOC_OPEN, &name);
	child_check((ret < 0 ? ret : 0) == user->open_for_reading);
	name = name_argument("modes", 0);
	ret = raw_ioctl(user->device, BUCKETMAP_IOC_UNLINK, &name);
	child_check(ret == user->unlink);
	/* On a map's descriptor that was passed to this process. */
	name.name[0] = '\0';
	ret = raw_ioctl(user->map, BUCKETMAP_IOC_UNLINK, &name);
	child_check(ret == (user->unlink ? -EPERM : -ENOENT));
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

/* Also makes a second map, with mode 0. */
static void make_maps_as_owner(void *context)
{
	struct bucketmap_create create = { .size = sizeof(create), .key_size = 8 };

	make_map_as_owner(context);
	strcpy(create.name, test_name("private"));
	child_check(raw_ioctl(*(int *)context, BUCKETMAP_IOC_CREATE, &create) >= 0);
}

static void mode_and_owner_decide_open_and_unlink(void **state)
{
	struct abi_fixture *fixture = *state;
	struct user users[] = {
		{ 0, 0, 3000, 3000, -EACCES, -EACCES, -EPERM },
		{ 0, 0, 3000, GROUP, -EACCES, 0, -EPERM },
		{ 0, 0, OWNER, 3000, 0, 0, 0 },
	};
	struct bucketmap *map;

	/* Child processes would inherit root's supplementary groups. */
	assert_ok(setgroups(0, NULL));
	wait_for_success(start_child(make_map_as_owner, &fixture->device));
	assert_ok(bucketmap_open(&map, test_name("modes"), 0));
	for (size_t i = 0; i < ARRAY_SIZE(users); i++) {
		users[i].device = fixture->device;
		users[i].map = bucketmap_fd(map);
		wait_for_success(start_child(try_as_user, &users[i]));
	}
	bucketmap_close(map);
}

/* A user with a device descriptor that root has opened, and what LIST must report. */
struct lister {
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

static void check_list(void *context)
{
	const struct lister *lister = context;

	child_check(!setresgid(lister->gid, lister->gid, lister->gid));
	child_check(!setresuid(lister->uid, lister->uid, lister->uid));
	child_check(list_has(lister->device, "modes") == lister->sees_group);
	child_check(list_has(lister->device, "private") == lister->sees_private);
	child_check(list_has(lister->device, "abi") == !lister->uid);
}

static void LIST_reports_maps_the_caller_may_open_or_owns(void **state)
{
	struct abi_fixture *fixture = *state;
	struct lister listers[] = {
		{ 0, 3000, 3000, 0, 0 },	/* another user */
		{ 0, 3000, GROUP, 0, 1 },	/* may read by the group bits */
		{ 0, OWNER, 3000, 1, 1 },	/* the owner, which may not even read "private" */
		{ 0, 0, 0, 1, 1 },
	};

	assert_ok(setgroups(0, NULL));
	wait_for_success(start_child(make_maps_as_owner, &fixture->device));
	for (size_t i = 0; i < ARRAY_SIZE(listers); i++) {
		listers[i].device = fixture->device;
		wait_for_success(start_child(check_list, &listers[i]));
	}
}

static void root_bypasses_modes(void **state)
{
	struct abi_fixture *fixture = *state;
	struct bucketmap *map;

	wait_for_success(start_child(make_map_as_owner, &fixture->device));
	assert_ok(bucketmap_open(&map, test_name("modes"), 0));
	bucketmap_close(map);
	assert_ok(bucketmap_unlink(test_name("modes")));
}

static void no_free_descriptor_is_EMFILE(void **state)
{
	struct abi_fixture *fixture = *state;
	struct rlimit limit, none_free;

	assert_ok(getrlimit(RLIMIT_NOFILE, &limit));
	for (const struct abi_ioctl *ioc = abi_ioctls; ioc->name; ioc++) {
		void *argument;
		int ret;

		if (!abi_returns_fd(ioc))
			continue;
		argument = abi_prepare(fixture, ioc);
		none_free = (struct rlimit) { .rlim_cur = 3, .rlim_max = limit.rlim_max };
		assert_ok(setrlimit(RLIMIT_NOFILE, &none_free));
		ret = abi_call(fixture, ioc, argument);
		assert_ok(setrlimit(RLIMIT_NOFILE, &limit));
		assert_int_equal(ret, -EMFILE);
	}
	/* The map whose descriptor could not be returned does not exist. */
	assert_error(bucketmap_unlink(test_name("created")), ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		abi_test(ioctls_of_other_descriptor_type_are_ENOTTY),
		abi_test(UNLINK_and_RIGHTS_need_name_on_device_and_none_on_map),
		abi_test(unknown_ioctls_are_ENOTTY),
		abi_test(wrong_magic_or_direction_is_ENOTTY),
		abi_test(closed_descriptor_is_EBADF),
		abi_test(writing_through_read_only_descriptor_is_EBADF),
		abi_test(read_only_descriptor_reopens_only_read_only),
		abi_test(read_and_write_fail),
		abi_test(poll_reports_POLLIN_on_changes_and_never_POLLOUT),
		abi_test(mode_and_owner_decide_open_and_unlink),
		abi_test(LIST_reports_maps_the_caller_may_open_or_owns),
		abi_test(root_bypasses_modes),
		abi_test(no_free_descriptor_is_EMFILE),
	};

	return run_device_tests(tests);
}

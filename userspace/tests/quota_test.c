// SPDX-License-Identifier: GPL-2.0
/*
 * The quota of maps per user: max_maps_per_user is 2 in each test.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

#include "support.h"

#define MAX_MAPS_PER_USER	"/sys/module/bucketmap/parameters/max_maps_per_user"
#define USER_UID		3000
#define OTHER_UID		3001
#define NUMBER_SIZE		16

static char old_limit[NUMBER_SIZE];

static int write_limit(const char *text)
{
	int fd = open(MAX_MAPS_PER_USER, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

static int limit_users(void **state)
{
	const char *read_back;
	FILE *file;

	if (require_device(state))
		return -1;
	file = fopen(MAX_MAPS_PER_USER, "re");
	if (!file)
		return -1;
	read_back = fgets(old_limit, sizeof(old_limit), file);
	fclose(file);
	return read_back ? write_limit("2") : -1;
}

static int restore_limit(void **state)
{
	return write_limit(old_limit) || unlink_test_maps(state) ? -1 : 0;
}

/* A user that has a descriptor of the device, opened by root. */
struct user {
	uid_t uid;
	int device;
};

static void become(uid_t uid)
{
	child_check(!setresgid(uid, uid, uid));
	child_check(!setresuid(uid, uid, uid));
}

/* Returns a descriptor or -errno. */
static int create(int device, const char *name)
{
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = 8, .mode = 0600,
	};
	int fd;

	strcpy(config.name, name);
	fd = ioctl(device, BUCKETMAP_IOC_CREATE, &config);
	return fd < 0 ? -errno : fd;
}

static struct bucketmap_limits limits_of(int device)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	child_check(!ioctl(device, BUCKETMAP_IOC_LIMITS, &limits));
	return limits;
}

static void create_up_to_the_quota(void *context)
{
	const struct user *user = context;
	int device = user->device, first, second;

	become(user->uid);
	child_check(limits_of(device).max_maps_per_user == 2);
	child_check(limits_of(device).user_maps == 0);
	first = create(device, "");
	child_check(first >= 0);
	second = create(device, test_name("second"));
	child_check(second >= 0);
	child_check(limits_of(device).user_maps == 2);
	child_check(create(device, "") == -EDQUOT);
	child_check(create(device, test_name("third")) == -EDQUOT);
	/* EEXIST comes before EDQUOT, so that a program that opens an existing map can continue. */
	child_check(create(device, test_name("second")) == -EEXIST);
	child_check(limits_of(device).user_maps == 2);

	/* A map counts until its name and its last descriptor are gone. */
	close(second);
	child_check(create(device, "") == -EDQUOT);
	close(first);
	child_check(limits_of(device).user_maps == 1);
	first = create(device, "");
	child_check(first >= 0);
	child_check(create(device, "") == -EDQUOT);
}

/* The test, as root, unlinks the names that remain. */
static void run_as_user(void (*work)(void *context), uid_t uid)
{
	struct user user = { .uid = uid, .device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC) };

	assert_true(user.device >= 0);
	test_name("");
	wait_for_success(start_child(work, &user));
	close(user.device);
}

static void user_cannot_exceed_the_quota(void **state)
{
	(void)state;
	run_as_user(create_up_to_the_quota, USER_UID);
}

static void destroyed_maps_do_not_count(void **state)
{
	for (int i = 0; i < 3; i++) {
		run_as_user(create_up_to_the_quota, USER_UID);
		assert_ok(unlink_test_maps(state));
	}
}

/* The maps survive the process because they have names. */
static void create_two_named_maps(void *context)
{
	const struct user *user = context;

	become(user->uid);
	child_check(create(user->device, test_name("first")) >= 0);
	child_check(create(user->device, test_name("second")) >= 0);
	child_check(create(user->device, "") == -EDQUOT);
}

static void create_one_map(void *context)
{
	const struct user *user = context;

	become(user->uid);
	child_check(create(user->device, "") >= 0);
	child_check(limits_of(user->device).user_maps == 1);
}

static void quotas_are_per_user(void **state)
{
	(void)state;
	run_as_user(create_two_named_maps, USER_UID);
	run_as_user(create_one_map, OTHER_UID);
}

static void root_is_exempt_from_the_quota(void **state)
{
	struct bucketmap *maps[5];
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		maps[i] = unnamed_map(8, 8);
	assert_ok(bucketmap_limits(&limits));
	assert_true(limits.user_maps >= ARRAY_SIZE(maps));
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		bucketmap_close(maps[i]);
}

/* The process has all capabilities, but only in that namespace. */
static void create_as_root_of_a_namespace(void *context)
{
	const struct user *user = context;

	become(user->uid);
	if (unshare(CLONE_NEWUSER))
		_exit(0);
	child_check(create(user->device, "") >= 0);
	child_check(create(user->device, "") >= 0);
	child_check(create(user->device, "") == -EDQUOT);
}

static void root_of_a_user_namespace_is_not_exempt(void **state)
{
	(void)state;
	run_as_user(create_as_root_of_a_namespace, USER_UID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(user_cannot_exceed_the_quota),
		device_test(destroyed_maps_do_not_count),
		device_test(quotas_are_per_user),
		device_test(root_is_exempt_from_the_quota),
		device_test(root_of_a_user_namespace_is_not_exempt),
	};

	return cmocka_run_group_tests(tests, limit_users, restore_limit);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * How many maps one user may have: each test limits users to two.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

#include "support.h"

#define MAX_MAPS_PER_USER	"/sys/module/bucketmap/parameters/max_maps_per_user"
#define SOMEBODY		3000
#define SOMEBODY_ELSE		3001
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

static int limit_users_no_more(void **state)
{
	return write_limit(old_limit) || unlink_test_maps(state) ? -1 : 0;
}

/* Somebody who has the device that root has opened. */
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

static void make_all_maps(void *context)
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
	/* Who opens the map if it is there must be able to go on. */
	child_check(create(device, test_name("second")) == -EEXIST);
	child_check(limits_of(device).user_maps == 2);

	/* A map counts until it is gone, with its name and its descriptors. */
	close(second);
	child_check(create(device, "") == -EDQUOT);
	close(first);
	child_check(limits_of(device).user_maps == 1);
	first = create(device, "");
	child_check(first >= 0);
	child_check(create(device, "") == -EDQUOT);
}

/* Names that are left are root's to remove. */
static void run_as_user(void (*work)(void *context), uid_t uid)
{
	struct user user = { .uid = uid, .device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC) };

	assert_true(user.device >= 0);
	test_name("");
	wait_for_success(start_child(work, &user));
	close(user.device);
}

static void a_user_has_so_many_maps_and_no_more(void **state)
{
	(void)state;
	run_as_user(make_all_maps, SOMEBODY);
}

static void what_has_gone_is_not_counted(void **state)
{
	for (int i = 0; i < 3; i++) {
		run_as_user(make_all_maps, SOMEBODY);
		assert_ok(unlink_test_maps(state));
	}
}

/* Which live on by their names. */
static void leave_two_maps(void *context)
{
	const struct user *user = context;

	become(user->uid);
	child_check(create(user->device, test_name("first")) >= 0);
	child_check(create(user->device, test_name("second")) >= 0);
	child_check(create(user->device, "") == -EDQUOT);
}

static void make_one_map(void *context)
{
	const struct user *user = context;

	become(user->uid);
	child_check(create(user->device, "") >= 0);
	child_check(limits_of(user->device).user_maps == 1);
}

static void users_are_counted_apart(void **state)
{
	(void)state;
	run_as_user(leave_two_maps, SOMEBODY);
	run_as_user(make_one_map, SOMEBODY_ELSE);
}

static void root_is_exempt(void **state)
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

/* All capabilities, but over that namespace only. */
static void make_maps_as_root_of_a_namespace(void *context)
{
	const struct user *user = context;

	become(user->uid);
	if (unshare(CLONE_NEWUSER))
		_exit(0);
	child_check(create(user->device, "") >= 0);
	child_check(create(user->device, "") >= 0);
	child_check(create(user->device, "") == -EDQUOT);
}

static void root_of_a_user_namespace_is_not(void **state)
{
	(void)state;
	run_as_user(make_maps_as_root_of_a_namespace, SOMEBODY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(a_user_has_so_many_maps_and_no_more),
		device_test(what_has_gone_is_not_counted),
		device_test(users_are_counted_apart),
		device_test(root_is_exempt),
		device_test(root_of_a_user_namespace_is_not),
	};

	return cmocka_run_group_tests(tests, limit_users, limit_users_no_more);
}

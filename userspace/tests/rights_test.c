// SPDX-License-Identifier: GPL-2.0
/*
 * Changing the mode and owner of a map: the library, the tool, and the rules.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"

#define OWNER	1000
#define OTHER	3000
#define GROUP	2000

static const char *map_name;
static int device = -1;

static int open_device(void **state)
{
	(void)state;
	if (require_device(state))
		return -1;
	device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	/* Child processes would inherit root's supplementary groups. */
	return device < 0 || setgroups(0, NULL);
}

static struct bucketmap *make(const char *suffix)
{
	struct bucketmap *map = named_map(suffix, 8, 8);

	map_name = test_name(suffix);
	return map;
}

static void assert_rights(struct bucketmap *map, __u32 mode, __u32 uid, __u32 gid)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	assert_int_equal(info.mode, mode);
	assert_int_equal(info.uid, uid);
	assert_int_equal(info.gid, gid);
}

static void root_changes_all(void **state)
{
	struct bucketmap *map = make("root");

	(void)state;
	assert_ok(bucketmap_chmod(map_name, 0123));
	assert_rights(map, 0123, 0, 0);
	assert_ok(bucketmap_chmod_map(map, 0));
	assert_ok(bucketmap_chown(map_name, OWNER, BUCKETMAP_ID_KEEP));
	assert_rights(map, 0, OWNER, 0);
	assert_ok(bucketmap_chown_at(device, map_name, BUCKETMAP_ID_KEEP, GROUP));
	assert_rights(map, 0, OWNER, GROUP);
	assert_ok(bucketmap_chown_map(map, OTHER, OTHER));
	assert_ok(bucketmap_chmod_at(device, map_name, 0777));
	assert_rights(map, 0777, OTHER, OTHER);
	assert_ok(bucketmap_chown(map_name, BUCKETMAP_ID_KEEP, BUCKETMAP_ID_KEEP));
	assert_rights(map, 0777, OTHER, OTHER);
	bucketmap_close(map);
}

static void invalid_changes_are_refused(void **state)
{
	char long_name[BUCKETMAP_NAME_SIZE + 1];
	struct bucketmap *map = make("invalid"), *rdonly;

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_error(bucketmap_chmod(map_name, 01000), EINVAL);
	assert_error(bucketmap_chmod(long_name, 0600), EINVAL);
	assert_error(bucketmap_chmod("", 0600), EINVAL);
	assert_error(bucketmap_chmod("a/b", 0600), EINVAL);
	assert_error(bucketmap_chown(test_name("absent"), 0, 0), ENOENT);
	assert_error(bucketmap_chown_at(-2, "x", 0, 0), EBADF);
	assert_ok(bucketmap_reopen(&rdonly, map, BUCKETMAP_OPEN_RDONLY));
	assert_error(bucketmap_chmod_map(rdonly, 0666), EBADF);
	assert_rights(map, 0600, 0, 0);
	bucketmap_close(rdonly);
	bucketmap_close(map);
}

static void descriptors_keep_their_access(void **state)
{
	struct bucketmap *map = make("access");
	__u64 number = 1;

	(void)state;
	assert_ok(bucketmap_chown(map_name, OWNER, GROUP));
	assert_ok(bucketmap_chmod(map_name, 0));
	assert_ok(bucketmap_store(map, &number, &number, 0, 0));
	bucketmap_close(map);
}

/* A user, and what it gets for each change of a map of OWNER and GROUP with mode 0600. */
struct changer {
	uid_t uid;
	gid_t gid;
	int open;	/* before any change */
	int mode;
	int owner;	/* to OTHER */
	int same_owner;
	int own_group;	/* to the group of this user */
	int group;	/* to another group */
};

static void try_changes(void *context)
{
	const struct changer *changer = context;
	struct bucketmap *map;
	int ret;

	child_check(!setresgid(changer->gid, changer->gid, changer->gid));
	child_check(!setresuid(changer->uid, changer->uid, changer->uid));
	ret = bucketmap_open_at(device, &map, map_name, 0);
	child_check(ret == changer->open);
	child_check(bucketmap_chown_at(device, map_name, OTHER, BUCKETMAP_ID_KEEP) ==
		    changer->owner);
	child_check(bucketmap_chown_at(device, map_name, OWNER, BUCKETMAP_ID_KEEP) ==
		    changer->same_owner);
	child_check(bucketmap_chown_at(device, map_name, BUCKETMAP_ID_KEEP, 4000) ==
		    changer->group);
	child_check(bucketmap_chown_at(device, map_name, BUCKETMAP_ID_KEEP, changer->gid) ==
		    changer->own_group);
	child_check(bucketmap_chmod_at(device, map_name, 0606) == changer->mode);
}

static void rules_are_those_for_files(void **state)
{
	static const struct changer changers[] = {
		{ OWNER, GROUP, 0, 0, -EPERM, 0, 0, -EPERM },
		{ OWNER, OTHER, 0, 0, -EPERM, 0, 0, -EPERM },
		{ OTHER, GROUP, -EACCES, -EPERM, -EPERM, -EPERM, -EPERM, -EPERM },
		{ OTHER, OTHER, -EACCES, -EPERM, -EPERM, -EPERM, -EPERM, -EPERM },
		{ 0, 0, 0, 0, 0, 0, 0, 0 },
	};
	struct bucketmap *map = make("rules");

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changers); i++) {
		const struct changer *changer = &changers[i];

		assert_ok(bucketmap_chown(map_name, OWNER, GROUP));
		assert_ok(bucketmap_chmod(map_name, 0600));
		wait_for_success(start_child(try_changes, (void *)changer));
		assert_rights(map, changer->mode ? 0600 : 0606, OWNER,
			      changer->own_group ? GROUP : changer->gid);
	}
	bucketmap_close(map);
}

static void open_as_other(void *context)
{
	struct bucketmap *map;

	child_check(!setresgid(OTHER, OTHER, OTHER));
	child_check(!setresuid(OTHER, OTHER, OTHER));
	child_check(bucketmap_open_at(device, &map, map_name, BUCKETMAP_OPEN_RDONLY) ==
		    *(const int *)context);
}

static void changes_take_effect_at_the_next_open(void **state)
{
	static const int granted, refused = -EACCES;
	struct bucketmap *map = make("effect");

	(void)state;
	wait_for_success(start_child(open_as_other, (void *)&refused));
	assert_ok(bucketmap_chmod(map_name, 0604));
	wait_for_success(start_child(open_as_other, (void *)&granted));
	assert_ok(bucketmap_chown(map_name, BUCKETMAP_ID_KEEP, OTHER));
	wait_for_success(start_child(open_as_other, (void *)&refused));
	assert_ok(bucketmap_chown(map_name, OTHER, BUCKETMAP_ID_KEEP));
	wait_for_success(start_child(open_as_other, (void *)&granted));
	bucketmap_close(map);
}

static void quota_stays_with_the_creator(void **state)
{
	struct bucketmap_limits before = { .size = sizeof(before) }, after = before;
	struct bucketmap *map;

	(void)state;
	assert_ok(bucketmap_limits(&before));
	map = make("quota");
	assert_ok(bucketmap_chown(map_name, OTHER, OTHER));
	assert_ok(bucketmap_limits(&after));
	assert_int_equal(after.user_maps, before.user_maps + 1);
	bucketmap_close(map);
	assert_ok(bucketmap_unlink(map_name));
	assert_ok(bucketmap_limits(&after));
	assert_int_equal(after.user_maps, before.user_maps);
}

static void tool_changes_mode_and_owner(void **state)
{
	struct bucketmap *map = make("tool");

	(void)state;
	assert_prints("", "chmod", map_name, "640");
	assert_rights(map, 0640, 0, 0);
	assert_prints("", "chown", map_name, "1000");
	assert_rights(map, 0640, 1000, 0);
	assert_prints("", "chown", map_name, ":2000");
	assert_rights(map, 0640, 1000, 2000);
	assert_prints("", "-j", "chown", map_name, "3:4");
	assert_rights(map, 0640, 3, 4);
	assert_refuses(3, "chmod: no.such.map: no such map", "chmod", "no.such.map", "600");
	run("info", map_name);
	assert_non_null(strstr(result.out, "mode 0640\nowner 3:4\n"));
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(root_changes_all),
		device_test(invalid_changes_are_refused),
		device_test(descriptors_keep_their_access),
		device_test(rules_are_those_for_files),
		device_test(changes_take_effect_at_the_next_open),
		device_test(quota_stays_with_the_creator),
		device_test(tool_changes_mode_and_owner),
	};

	return cmocka_run_group_tests(tests, open_device, unlink_test_maps);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Opening maps that another program may have made: sizes and owner are checked, and
 * opening or creating withstands programs that create the map and remove its name.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

#define KEY_SIZE	9
#define VALUE_SIZE	24
#define OTHER		3000
#define THIRD		3001
#define ROUNDS		3000

static const __u32 wrong_sizes[][2] = {
	{ 8, VALUE_SIZE }, { KEY_SIZE, 8 }, { VALUE_SIZE, KEY_SIZE }, { KEY_SIZE, 0 },
	{ 0, VALUE_SIZE },
};

static struct bucketmap_create config_of(const char *suffix)
{
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = KEY_SIZE, .value_size = VALUE_SIZE,
		.mode = 0666,
	};

	strcpy(config.name, test_name(suffix));
	return config;
}

static int lowest_free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	assert_true(fd >= 0);
	close(fd);
	return fd;
}

static __u64 id_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.id;
}

static void open_sized_refuses_maps_of_other_sizes(void **state)
{
	struct bucketmap *map = named_map("sized", KEY_SIZE, VALUE_SIZE), *other = NULL;
	int fd = lowest_free_descriptor();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong_sizes); i++) {
		assert_error(bucketmap_open_sized(&other, test_name("sized"), 0,
						  wrong_sizes[i][0], wrong_sizes[i][1]),
			     EMEDIUMTYPE);
		assert_error(bucketmap_check(map, wrong_sizes[i][0], wrong_sizes[i][1],
					     BUCKETMAP_OWNER_ANY), EMEDIUMTYPE);
		assert_null(other);
		assert_int_equal(lowest_free_descriptor(), fd);
	}
	assert_error(bucketmap_open_sized(&other, test_name("absent"), 0, KEY_SIZE, VALUE_SIZE),
		     ENOENT);
	assert_ok(bucketmap_open_sized(&other, test_name("sized"), BUCKETMAP_OPEN_RDONLY,
				       KEY_SIZE, VALUE_SIZE));
	assert_error(bucketmap_store(other, "123456789", "", 0, 0), EBADF);
	bucketmap_close(other);
	bucketmap_close(map);
}

static void open_or_create_creates_once(void **state)
{
	struct bucketmap_create config = config_of("once");
	struct bucketmap *first, *second;
	char value[VALUE_SIZE] = "a value", found[VALUE_SIZE];

	(void)state;
	assert_ok(bucketmap_open_or_create(&first, &config));
	assert_ok(bucketmap_store(first, "123456789", value, 0, 0));
	/* These are for new maps only. */
	config.capacity = 1000;
	config.max_entries = 1;
	config.flags = BUCKETMAP_CREATE_XXH64;
	assert_ok(bucketmap_open_or_create(&second, &config));
	assert_int_equal(id_of(second), id_of(first));
	assert_ok(bucketmap_lookup(second, "123456789", found, 0, 0));
	assert_memory_equal(found, value, VALUE_SIZE);
	assert_ok(bucketmap_store(second, "987654321", value, 0, 0));
	bucketmap_close(second);

	assert_ok(bucketmap_unlink(config.name));
	assert_ok(bucketmap_open_or_create(&second, &config));
	assert_true(id_of(second) != id_of(first));
	assert_int_equal(entry_count(second), 0);
	bucketmap_close(second);
	bucketmap_close(first);
}

static void open_or_create_refuses_maps_of_other_sizes(void **state)
{
	struct bucketmap *map = named_map("sized", KEY_SIZE, VALUE_SIZE), *other = NULL;
	struct bucketmap_create config = config_of("sized");
	int fd = lowest_free_descriptor();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong_sizes); i++) {
		config.key_size = wrong_sizes[i][0];
		config.value_size = wrong_sizes[i][1];
		assert_error(bucketmap_open_or_create(&other, &config), EMEDIUMTYPE);
		assert_null(other);
		assert_int_equal(lowest_free_descriptor(), fd);
	}
	bucketmap_close(map);
}

static void open_or_create_refuses_invalid_arguments(void **state)
{
	struct bucketmap *map = named_map("valid", KEY_SIZE, VALUE_SIZE), *other = NULL;
	struct bucketmap_create config = config_of("valid");

	(void)state;
	config.size = offsetof(struct bucketmap_create, name);
	assert_error(bucketmap_open_or_create(&other, &config), EINVAL);
	config = config_of("valid");
	config.name[0] = '\0';
	assert_error(bucketmap_open_or_create(&other, &config), EINVAL);
	memset(config.name, 'n', sizeof(config.name));
	assert_error(bucketmap_open_or_create(&other, &config), EINVAL);
	config = config_of("new");
	config.mode = 01000;
	assert_error(bucketmap_open_or_create(&other, &config), EINVAL);
	assert_error(bucketmap_open_or_create_at(-2, &other, &config), EBADF);
	assert_null(other);
	bucketmap_close(map);
}

/* A user that has a descriptor of the device, which root has opened, and what it must get. */
struct user {
	uid_t uid;
	int device;
	const char *suffix;
	int result;
};

static void open_or_create_as(void *context)
{
	const struct user *user = context;
	struct bucketmap_create config = config_of(user->suffix);
	struct bucketmap *map;
	int ret;

	child_check(!setresgid(user->uid, user->uid, user->uid));
	child_check(!setresuid(user->uid, user->uid, user->uid));
	umask(0);
	ret = bucketmap_open_or_create_at(user->device, &map, &config);
	child_check(ret == user->result);
	/* Its mode permits this user to use it, if it knows the owner. */
	child_check(!bucketmap_open_at(user->device, &map, config.name, 0));
	child_check(!bucketmap_check(map, KEY_SIZE, VALUE_SIZE, BUCKETMAP_OWNER_ANY));
	child_check(bucketmap_check(map, KEY_SIZE, VALUE_SIZE, THIRD) == -EPERM);
}

static void open_or_create_refuses_maps_of_other_users(void **state)
{
	struct user users[] = {
		{ OTHER, 0, "other", 0 },	/* creates it */
		{ OTHER, 0, "other", 0 },	/* its own */
		{ THIRD + 1, 0, "other", -EPERM },
		{ 0, 0, "other", -EPERM },	/* root may open it, but need not trust it */
		{ OTHER, 0, "root", 0 },
	};
	struct bucketmap_create config = config_of("root");
	mode_t old_umask = umask(0);
	struct bucketmap *map;
	int device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC), fd;

	(void)state;
	assert_true(device >= 0);
	assert_ok(setgroups(0, NULL));
	assert_ok(bucketmap_create(&map, &config));
	umask(old_umask);
	bucketmap_close(map);
	for (size_t i = 0; i < ARRAY_SIZE(users); i++) {
		users[i].device = device;
		wait_for_success(start_child(open_or_create_as, &users[i]));
	}
	fd = lowest_free_descriptor();
	map = NULL;
	assert_error(bucketmap_open_owned(&map, test_name("other"), 0, KEY_SIZE, VALUE_SIZE, 0),
		     EPERM);
	assert_error(bucketmap_open_owned(&map, test_name("other"), 0, KEY_SIZE, 8, OTHER),
		     EMEDIUMTYPE);
	assert_null(map);
	assert_int_equal(lowest_free_descriptor(), fd);
	assert_ok(bucketmap_open_owned(&map, test_name("other"), 0, KEY_SIZE, VALUE_SIZE, OTHER));
	bucketmap_close(map);
	close(device);
}

/* Creates the map and removes its name until it is killed. */
static void create_and_unlink(void *context)
{
	const struct bucketmap_create *config = context;

	for (;;) {
		struct bucketmap *map;
		int ret = bucketmap_create(&map, config);

		child_check(!ret || ret == -EEXIST);
		if (!ret)
			bucketmap_close(map);
		ret = bucketmap_unlink(config->name);
		child_check(!ret || ret == -ENOENT);
	}
}

/* On a kernel with one CPU the other process runs between the calls, not beside them. */
static void open_or_create_withstands_create_and_unlink(void **state)
{
	struct bucketmap_create config = config_of("contended");
	pid_t others[] = {
		start_child(create_and_unlink, &config), start_child(create_and_unlink, &config),
	};

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct bucketmap *map;

		assert_ok(bucketmap_open_or_create(&map, &config));
		assert_ok(bucketmap_check(map, KEY_SIZE, VALUE_SIZE, 0));
		bucketmap_close(map);
		bucketmap_unlink(config.name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		stop_child(others[i]);
}

static void received_descriptor_can_be_checked(void **state)
{
	struct bucketmap *map = unnamed_map(KEY_SIZE, VALUE_SIZE), *received;

	(void)state;
	assert_ok(bucketmap_from_fd(&received, dup(bucketmap_fd(map))));
	assert_ok(bucketmap_check(received, KEY_SIZE, VALUE_SIZE, geteuid()));
	assert_error(bucketmap_check(received, KEY_SIZE, VALUE_SIZE + 8, geteuid()), EMEDIUMTYPE);
	assert_error(bucketmap_check(received, KEY_SIZE, VALUE_SIZE, OTHER), EPERM);
	bucketmap_close(received);
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(open_sized_refuses_maps_of_other_sizes),
		device_test(open_or_create_creates_once),
		device_test(open_or_create_refuses_maps_of_other_sizes),
		device_test(open_or_create_refuses_invalid_arguments),
		device_test(open_or_create_refuses_maps_of_other_users),
		device_test(open_or_create_withstands_create_and_unlink),
		device_test(received_descriptor_can_be_checked),
	};

	return run_device_tests(tests);
}

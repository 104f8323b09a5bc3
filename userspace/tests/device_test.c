// SPDX-License-Identifier: GPL-2.0
/*
 * Maps and their names: create, open, list and unlink.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "support.h"

static struct bucketmap_info info_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info;
}

static void info_reports_creation_parameters(void **state)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.flags = BUCKETMAP_CREATE_XXH64,
		.key_size = 5,
		.value_size = 77,
		.capacity = 1000,
		.max_entries = 2000,
		.mode = 0640,
		.key_format = BUCKETMAP_FORMAT_TEXT,
		.value_format = BUCKETMAP_FORMAT_HEX,
	};
	mode_t old_umask = umask(0);
	struct bucketmap_info info;
	struct bucketmap *map;

	(void)state;
	strcpy(config.name, test_name("made"));
	assert_ok(bucketmap_create(&map, &config));
	umask(old_umask);
	info = info_of(map);
	assert_int_equal(info.size, sizeof(info));
	assert_int_equal(info.flags, BUCKETMAP_CREATE_XXH64);
	assert_int_equal(info.key_size, 5);
	assert_int_equal(info.value_size, 77);
	assert_int_equal(info.capacity, 1000);
	assert_int_equal(info.max_entries, 2000);
	assert_int_equal(info.count, 0);
	assert_true(info.buckets * 8 >= 1000);
	assert_true(info.bytes >= 1000 * (5 + 77));
	assert_int_equal(info.mode, 0640);
	assert_int_equal(info.uid, geteuid());
	assert_int_equal(info.gid, getegid());
	assert_int_equal(info.key_format, BUCKETMAP_FORMAT_TEXT);
	assert_int_equal(info.value_format, BUCKETMAP_FORMAT_HEX);
	assert_string_equal(info.name, config.name);
	bucketmap_close(map);
}

static void create_applies_umask_to_mode(void **state)
{
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = 1, .mode = 0777,
	};
	mode_t old_umask = umask(027);
	struct bucketmap *map;

	(void)state;
	strcpy(config.name, test_name("masked"));
	assert_ok(bucketmap_create(&map, &config));
	umask(old_umask);
	assert_int_equal(info_of(map).mode, 0750);
	bucketmap_close(map);
}

static void ids_are_not_reused(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);
	__u64 first = info_of(map).id;

	(void)state;
	bucketmap_close(map);
	map = unnamed_map(8, 8);
	assert_true(info_of(map).id > first);
	bucketmap_close(map);
}

static void create_with_existing_name_fails(void **state)
{
	struct bucketmap *map = named_map("once", 8, 8);
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = 8, .value_size = 8, .mode = 0600,
	};
	struct bucketmap *other;

	(void)state;
	strcpy(config.name, test_name("once"));
	assert_error(bucketmap_create(&other, &config), EEXIST);
	assert_ok(bucketmap_unlink(test_name("once")));
	assert_ok(bucketmap_create(&other, &config));
	bucketmap_close(other);
	bucketmap_close(map);
}

static void two_descriptors_share_one_map(void **state)
{
	struct bucketmap *first = named_map("shared", 8, 8), *second;
	__u64 key = 1, value = 2, read_back = 0;

	(void)state;
	assert_ok(bucketmap_open(&second, test_name("shared"), 0));
	assert_int_equal(info_of(first).id, info_of(second).id);
	assert_ok(bucketmap_store(first, &key, &value, 0, 0));
	assert_ok(bucketmap_lookup(second, &key, &read_back, 0, 0));
	assert_int_equal(read_back, 2);
	assert_ok(bucketmap_delete(second, &key));
	assert_error(bucketmap_lookup(first, &key, &read_back, 0, 0), ENOENT);
	bucketmap_close(second);
	bucketmap_close(first);
}

static void named_map_survives_last_close(void **state)
{
	struct bucketmap *map = named_map("kept", 8, 8);
	__u64 key = 1, value = 7, read_back = 0;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	bucketmap_close(map);
	assert_ok(bucketmap_open(&map, test_name("kept"), 0));
	assert_ok(bucketmap_lookup(map, &key, &read_back, 0, 0));
	assert_int_equal(read_back, 7);
	bucketmap_close(map);
}

static void unlinked_map_survives_while_open(void **state)
{
	struct bucketmap *map = named_map("unlinked", 8, 8), *other;
	__u64 key = 1, value = 3, read_back = 0;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	assert_ok(bucketmap_unlink(test_name("unlinked")));
	assert_error(bucketmap_open(&other, test_name("unlinked"), 0), ENOENT);
	assert_error(bucketmap_unlink(test_name("unlinked")), ENOENT);
	assert_ok(bucketmap_lookup(map, &key, &read_back, 0, 0));
	assert_int_equal(read_back, 3);
	assert_ok(bucketmap_delete(map, &key));
	assert_string_equal(info_of(map).name, "");
	bucketmap_close(map);
}

static void unlink_map_keeps_a_name_reused_by_another_map(void **state)
{
	struct bucketmap *first = named_map("passed on", 8, 8), *second;

	(void)state;
	assert_ok(bucketmap_unlink_map(first));
	second = named_map("passed on", 8, 8);
	assert_error(bucketmap_unlink_map(first), ENOENT);
	assert_string_equal(info_of(second).name, test_name("passed on"));
	assert_ok(bucketmap_unlink_map(second));
	assert_error(bucketmap_open(&second, test_name("passed on"), 0), ENOENT);
	bucketmap_close(first);
}

static void unlink_map_of_an_unnamed_map_fails(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);

	(void)state;
	assert_error(bucketmap_unlink_map(map), ENOENT);
	bucketmap_close(map);
}

static void unlink_map_needs_a_writable_descriptor(void **state)
{
	struct bucketmap *map = named_map("kept", 8, 8), *reader;

	(void)state;
	assert_ok(bucketmap_reopen(&reader, map, BUCKETMAP_OPEN_RDONLY));
	assert_error(bucketmap_unlink_map(reader), EBADF);
	assert_string_equal(info_of(map).name, test_name("kept"));
	bucketmap_close(reader);
	bucketmap_close(map);
}

/* The first line of fdinfo that begins with @begin, without its newline; empty if there is none. */
static const char *fdinfo_line(struct bucketmap *map, const char *begin)
{
	static char line[256];
	char path[64];
	FILE *file;
	int found = 0;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", bucketmap_fd(map));
	file = fopen(path, "re");
	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		found = !strncmp(line, begin, strlen(begin));
	fclose(file);
	line[found ? strcspn(line, "\n") : 0] = '\0';
	return line;
}

static void fdinfo_describes_the_map(void **state)
{
	struct bucketmap *map = named_map("as a file", 5, 77);
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "bucketmap-id:\t%llu", info_of(map).id);
	assert_string_equal(fdinfo_line(map, "bucketmap-id:"), line);
	snprintf(line, sizeof(line), "bucketmap-name:\t%s", test_name("as a file"));
	assert_string_equal(fdinfo_line(map, "bucketmap-name:"), line);
	assert_string_equal(fdinfo_line(map, "bucketmap-mode:"), "bucketmap-mode:\t0600");
	assert_string_equal(fdinfo_line(map, "bucketmap-key-size:"), "bucketmap-key-size:\t5");
	assert_string_equal(fdinfo_line(map, "bucketmap-value-size:"), "bucketmap-value-size:\t77");
	assert_ok(bucketmap_unlink_map(map));
	assert_string_equal(fdinfo_line(map, "bucketmap-name:"), "bucketmap-name:\t");
	bucketmap_close(map);
}

static int count_test_names(const char *name, void *count)
{
	if (is_test_map(name))
		++*(int *)count;
	return 0;
}

static void list_omits_unnamed_maps(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);
	int count = 0;

	(void)state;
	assert_string_equal(info_of(map).name, "");
	assert_ok(bucketmap_list(count_test_names, &count));
	assert_int_equal(count, 0);
	bucketmap_close(map);
}

/* More than the library requests in one call. */
#define LISTED	200

static int expect_next_name(const char *name, void *context)
{
	int *next = context;
	char suffix[16];

	if (!is_test_map(name))
		return 0;
	snprintf(suffix, sizeof(suffix), "%d", (*next)++);
	assert_string_equal(name, test_name(suffix));
	return 0;
}

static void list_returns_all_names_in_creation_order(void **state)
{
	int next = 0;
	char suffix[16];

	(void)state;
	for (int i = 0; i < LISTED; i++) {
		snprintf(suffix, sizeof(suffix), "%d", i);
		bucketmap_close(named_map(suffix, 1, 0));
	}
	assert_ok(bucketmap_list(expect_next_name, &next));
	assert_int_equal(next, LISTED);
}

static int stop_at_first_name(const char *name, void *calls)
{
	(void)name;
	++*(int *)calls;
	return 42;
}

static void list_stops_if_the_callback_returns_nonzero(void **state)
{
	int calls = 0;

	(void)state;
	bucketmap_close(named_map("a", 1, 0));
	bucketmap_close(named_map("b", 1, 0));
	assert_int_equal(bucketmap_list(stop_at_first_name, &calls), 42);
	assert_int_equal(calls, 1);
}

static void descriptors_are_closed_on_exec(void **state)
{
	struct bucketmap *created = named_map("exec", 8, 8), *opened;

	(void)state;
	assert_ok(bucketmap_open(&opened, test_name("exec"), 0));
	assert_true(fcntl(bucketmap_fd(created), F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(bucketmap_fd(opened), F_GETFD) & FD_CLOEXEC);
	bucketmap_close(opened);
	bucketmap_close(created);
}

static void read_only_descriptor_cannot_write(void **state)
{
	struct bucketmap *map = named_map("rdonly", 8, 8), *reader;
	__u64 key = 1, value = 5, read_back = 0;
	struct snapshot before;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	take_snapshot(&before, map);
	assert_ok(bucketmap_open(&reader, test_name("rdonly"), BUCKETMAP_OPEN_RDONLY));
	assert_ok(bucketmap_lookup(reader, &key, &read_back, 0, 0));
	assert_int_equal(read_back, 5);
	assert_error(bucketmap_store(reader, &key, &value, 0, 0), EBADF);
	assert_error(bucketmap_delete(reader, &key), EBADF);
	assert_error(bucketmap_add(reader, &key, 0, 1, NULL), EBADF);
	key = 2;
	assert_error(bucketmap_insert(reader, &key, &value, 0, 0), EBADF);
	assert_map_unchanged(&before, reader);
	free_snapshot(&before);
	bucketmap_close(reader);
	bucketmap_close(map);
}

static void from_fd_accepts_only_map_descriptors(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8), *twin;
	int device = open(BUCKETMAP_DEVICE, O_RDWR | O_CLOEXEC);
	__u64 id = info_of(map).id;

	(void)state;
	assert_true(device >= 0);
	assert_error(bucketmap_from_fd(&twin, device), ENOTTY);
	close(device);
	assert_ok(bucketmap_from_fd(&twin, dup(bucketmap_fd(map))));
	bucketmap_close(map);
	assert_int_equal(info_of(twin).id, id);
	bucketmap_close(twin);
}

static void names_up_to_the_maximum_length_are_accepted(void **state)
{
	char name[BUCKETMAP_NAME_SIZE + 1];
	struct bucketmap *map, *other;
	size_t prefix = strlen(test_name(""));

	(void)state;
	memset(name, 'n', sizeof(name));
	name[BUCKETMAP_NAME_SIZE - 1 - prefix] = '\0';
	map = named_map(name, 8, 8);
	assert_int_equal(strlen(info_of(map).name), BUCKETMAP_NAME_SIZE - 1);
	assert_ok(bucketmap_open(&other, test_name(name), 0));
	bucketmap_close(other);
	bucketmap_close(map);

	memset(name, 'n', sizeof(name));
	name[BUCKETMAP_NAME_SIZE] = '\0';
	assert_error(bucketmap_open(&other, name, 0), EINVAL);
	assert_error(bucketmap_unlink(name), EINVAL);
}

static void names_may_contain_spaces_quotes_and_non_ascii_bytes(void **state)
{
	struct bucketmap *map = named_map(" .\xc3\xa4\xff\"'%s\\", 8, 8), *other;

	(void)state;
	assert_ok(bucketmap_open(&other, test_name(" .\xc3\xa4\xff\"'%s\\"), 0));
	bucketmap_close(other);
	bucketmap_close(map);
}

#define DEBUGFS_DIR	"/sys/kernel/debug/bucketmap"

/* The id in the stats file of a map's debugfs directory, or 0 if there is no such directory. */
static __u64 debugfs_id(const char *directory)
{
	char path[256];
	__u64 id = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/stats", DEBUGFS_DIR, directory);
	file = fopen(path, "re");
	if (!file)
		return 0;
	/* The directory may be removed at this moment. */
	if (fscanf(file, "id %llu", &id) != 1)
		id = 0;
	fclose(file);
	return id;
}

/* Creates a map of that name, checks its debugfs directory and unlinks it, again and again. */
static void create_and_unlink_repeatedly(void *context)
{
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = 8, .mode = 0600,
	};
	int rounds = 0;

	strcpy(config.name, context);
	while (rounds < 200) {
		struct bucketmap_info info = { .size = sizeof(info) };
		struct bucketmap *map;
		char directory[32];
		int ret = bucketmap_create(&map, &config);

		if (ret == -EEXIST)
			continue;
		child_check(!ret);
		child_check(!bucketmap_info(map, &info));
		child_check(debugfs_id(config.name) == info.id);
		child_check(!bucketmap_unlink(config.name));
		child_check(debugfs_id(config.name) != info.id);
		snprintf(directory, sizeof(directory), "id-%llu", info.id);
		child_check(debugfs_id(directory) == info.id);
		bucketmap_close(map);
		child_check(!debugfs_id(directory));
		rounds++;
	}
}

static void debugfs_directory_follows_the_name_of_the_map(void **state)
{
	char name[BUCKETMAP_NAME_SIZE];
	pid_t children[3];

	(void)state;
	if (access(DEBUGFS_DIR, R_OK))
		skip();
	strcpy(name, test_name("turns"));
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = start_child(create_and_unlink_repeatedly, name);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		wait_for_success(children[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(info_reports_creation_parameters),
		device_test(create_applies_umask_to_mode),
		device_test(ids_are_not_reused),
		device_test(create_with_existing_name_fails),
		device_test(two_descriptors_share_one_map),
		device_test(named_map_survives_last_close),
		device_test(unlinked_map_survives_while_open),
		device_test(unlink_map_keeps_a_name_reused_by_another_map),
		device_test(unlink_map_of_an_unnamed_map_fails),
		device_test(unlink_map_needs_a_writable_descriptor),
		device_test(fdinfo_describes_the_map),
		device_test(list_omits_unnamed_maps),
		device_test(list_returns_all_names_in_creation_order),
		device_test(list_stops_if_the_callback_returns_nonzero),
		device_test(descriptors_are_closed_on_exec),
		device_test(read_only_descriptor_cannot_write),
		device_test(from_fd_accepts_only_map_descriptors),
		device_test(names_up_to_the_maximum_length_are_accepted),
		device_test(names_may_contain_spaces_quotes_and_non_ascii_bytes),
		device_test(debugfs_directory_follows_the_name_of_the_map),
	};

	return run_device_tests(tests);
}

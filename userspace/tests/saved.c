// SPDX-License-Identifier: GPL-2.0
/*
 * What the tests of save and restore share: a directory of each test, and maps to save.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "saved.h"

char directory[32];
static struct stat device;

int prepare_saves(void **state)
{
	return require_device(state) || stat(BUCKETMAP_DEVICE, &device);
}

int make_save_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/saved.XXXXXX");
	return !mkdtemp(directory);
}

int remove_directory(const char *path)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command);
}

int remove_saves(void **state)
{
	return chmod(BUCKETMAP_DEVICE, device.st_mode & 07777) || remove_directory(directory) ||
	       unlink_test_maps(state);
}

struct bucketmap *create_map(struct bucketmap_create config, const char *suffix)
{
	struct bucketmap *map;

	config.size = sizeof(config);
	snprintf(config.name, sizeof(config.name), "%s", test_name(suffix));
	assert_ok(bucketmap_create(&map, &config));
	return map;
}

void fill_map(struct bucketmap *map, __u32 entries)
{
	char key[BUCKETMAP_KEY_SIZE_MAX] = { 0 }, value[BUCKETMAP_VALUE_SIZE_MAX] = { 0 };

	for (__u32 i = 0; i < entries; i++) {
		memcpy(key, &i, sizeof(i));
		memset(value, (int)i, sizeof(value));
		assert_ok(bucketmap_store(map, key, value, 0, 0));
	}
}

static int add_one(const char *name, void *count)
{
	*(__u64 *)count += is_test_map(name);
	return 0;
}

__u64 count_test_maps(void)
{
	__u64 count = 0;

	assert_ok(bucketmap_list(add_one, &count));
	return count;
}

const char *path_of(const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	return path;
}

const char *dump_of(const char *suffix)
{
	char file[128];

	snprintf(file, sizeof(file), "current/%s.dump", test_name(suffix));
	return path_of(file);
}

void forget_other_maps(void)
{
	DIR *entries = opendir(path_of("current"));
	const struct dirent *entry;
	char file[300];

	assert_non_null(entries);
	while ((entry = readdir(entries))) {
		snprintf(file, sizeof(file), "current/%s", entry->d_name);
		if (*entry->d_name != '.' && !is_test_map(entry->d_name))
			assert_ok(unlink(path_of(file)));
	}
	closedir(entries);
}

void save_test_maps(void)
{
	assert_int_equal(run("save", directory), 0);
	assert_string_equal(result.err, "");
	forget_other_maps();
}

void remove_map(struct bucketmap *map)
{
	assert_ok(bucketmap_unlink_map(map));
	bucketmap_close(map);
}

struct bucketmap *small_map(const char *suffix)
{
	struct bucketmap *map = create_map((struct bucketmap_create) {
		.key_size = 4, .value_size = 8, .mode = 0600,
		.value_format = BUCKETMAP_FORMAT_DECIMAL }, suffix);

	fill_map(map, 3);
	return map;
}

void read_current(char name[16])
{
	ssize_t length = readlink(path_of("current"), name, 15);

	assert_in_range(length, 1, 14);
	name[length] = '\0';
}

// SPDX-License-Identifier: GPL-2.0
/*
 * save and restore: maps come back as they were, and one that exists is left alone;
 * so are those of other users.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "saved.h"

#define FORMS	7

/* Maps that differ in all that a map has, the names included. */
static void make_maps(struct bucketmap *maps[FORMS])
{
	const struct bucketmap_create forms[FORMS] = {
		{ .key_size = 8, .value_size = 8, .flags = BUCKETMAP_CREATE_MAPPABLE,
		  .mode = 0640 },
		{ .key_size = 256, .value_size = 4096, .flags = BUCKETMAP_CREATE_XXH64,
		  .capacity = 1000 },
		{ .key_size = 5, .value_size = 0, .flags = BUCKETMAP_CREATE_SIPHASH24,
		  .max_entries = 100 },
		{ .key_size = 4, .value_size = 16, .key_format = BUCKETMAP_FORMAT_IPV4,
		  .value_fields = "u64:hits,i64:score" },
		{ .key_size = 4, .value_size = 2, .key_format = 999, .value_format = 65535,
		  .key_fields = "char [4] = 100%", .value_fields = " " },
		{ .key_size = 4, .value_size = 4, .value_format = BUCKETMAP_FORMAT_SIGNED,
		  .key_format = BUCKETMAP_FORMAT_DECIMAL, .value_fields = "u16:a,u16:b" },
		{ .key_size = 8, .value_size = 1 },
	};
	static const char *const suffixes[FORMS] = {
		"words", "lar ge", "%41%", "\xc3\xa4\xff", ".-:,=~", "*?\"'\\", "empty",
	};

	for (int i = 0; i < FORMS; i++) {
		maps[i] = create_map(forms[i], suffixes[i]);
		assert_ok(bucketmap_chown_map(maps[i], 1000 + i, 2000 + i));
		assert_ok(bucketmap_chmod_map(maps[i], 0777 & ~(i << 3)));
		fill_map(maps[i], i == FORMS - 1 ? 0 : 90 + i);
	}
}

/* What a map remembers: all but its id, and what has happened. */
static void assert_same_attributes(struct bucketmap_info *before, struct bucketmap *map)
{
	struct bucketmap_info after = { .size = sizeof(after) };

	assert_ok(bucketmap_info(map, &after));
	assert_int_equal(after.flags, before->flags);
	assert_int_equal(after.key_size, before->key_size);
	assert_int_equal(after.value_size, before->value_size);
	assert_int_equal(after.capacity, before->capacity);
	assert_int_equal(after.max_entries, before->max_entries);
	assert_int_equal(after.count, before->count);
	assert_int_equal(after.mode, before->mode);
	assert_int_equal(after.uid, before->uid);
	assert_int_equal(after.gid, before->gid);
	assert_int_equal(after.key_format, before->key_format);
	assert_int_equal(after.value_format, before->value_format);
	assert_memory_equal(after.key_fields, before->key_fields, BUCKETMAP_FIELDS_SIZE);
	assert_memory_equal(after.value_fields, before->value_fields, BUCKETMAP_FIELDS_SIZE);
}

/* The order of entries differs: each of one map is looked up in the other. */
static void assert_same_entries(const struct snapshot *before, struct bucketmap *map)
{
	unsigned char value[BUCKETMAP_VALUE_SIZE_MAX];

	assert_int_equal(entry_count(map), before->count);
	for (size_t i = 0; i < before->count; i++) {
		assert_ok(bucketmap_lookup(map, before->keys + i * before->key_size, value, 0, 0));
		assert_memory_equal(value, before->values + i * before->value_size,
				    before->value_size);
	}
}

static void maps_come_back_with_all_attributes(void **state)
{
	struct bucketmap *maps[FORMS], *map;
	struct bucketmap_info info[FORMS];
	struct snapshot before[FORMS];

	(void)state;
	make_maps(maps);
	save_test_maps();
	for (int i = 0; i < FORMS; i++) {
		info[i] = (struct bucketmap_info) { .size = sizeof(info[i]) };
		assert_ok(bucketmap_info(maps[i], &info[i]));
		take_snapshot(&before[i], maps[i]);
		remove_map(maps[i]);
	}
	assert_int_equal(count_test_maps(), 0);
	assert_prints("restored 7 maps\n", "restore", directory);
	assert_int_equal(count_test_maps(), FORMS);
	for (int i = 0; i < FORMS; i++) {
		assert_ok(bucketmap_open(&map, info[i].name, 0));
		assert_same_attributes(&info[i], map);
		assert_same_entries(&before[i], map);
		free_snapshot(&before[i]);
		bucketmap_close(map);
	}
}

static void a_second_save_replaces_the_first(void **state)
{
	struct bucketmap *one = small_map("one"), *two = small_map("two");
	struct stat status;

	(void)state;
	save_test_maps();
	assert_ok(stat(dump_of("one"), &status));
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_ok(stat(path_of("current/."), &status));
	assert_int_equal(status.st_mode & 07777, 0700);
	remove_map(one);
	save_test_maps();
	assert_int_equal(stat(dump_of("one"), &status), -1);
	assert_ok(stat(dump_of("two"), &status));
	remove_map(two);
	assert_prints("{\"restored\": 1}\n", "-j", "restore", directory);
}

static int count_map(const char *name, void *count)
{
	(void)name;
	++*(__u64 *)count;
	return 0;
}

static void the_number_of_maps_is_printed(void **state)
{
	__u64 count = 0;
	char line[64];

	(void)state;
	bucketmap_close(small_map("one"));
	assert_ok(bucketmap_list(count_map, &count));
	snprintf(line, sizeof(line), "saved %llu maps\n", count);
	assert_prints(line, "save", directory);
	snprintf(line, sizeof(line), "{\"saved\": %llu}\n", count);
	assert_prints(line, "-j", "save", directory);
}

static void nothing_is_restored_where_nothing_was_saved(void **state)
{
	(void)state;
	assert_prints("restored 0 maps\n", "restore", directory);
}

static void a_map_that_exists_is_left_alone(void **state)
{
	struct bucketmap *one = small_map("one"), *two = small_map("two");
	__u32 key = 77;
	__u64 value = 78;
	struct snapshot before;
	char message[160];

	(void)state;
	save_test_maps();
	assert_ok(bucketmap_store(one, &key, &value, 0, 0));
	take_snapshot(&before, one);
	remove_map(two);
	snprintf(message, sizeof(message), "bucketmap: restore: %s: a map of this name exists\n",
		 test_name("one"));
	assert_int_equal(run("restore", directory), 3);
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "restored 1 maps\n");
	assert_int_equal(count_test_maps(), 2);
	assert_map_unchanged(&before, one);
	free_snapshot(&before);
	bucketmap_close(one);
}

/* As the systemd unit does when it is started again. The file of such a map is not read. */
static void that_a_map_exists_is_no_failure_if_requested(void **state)
{
	struct bucketmap *one = small_map("one"), *two = small_map("two");
	const __u32 key = 77;
	const __u64 value = 78;
	struct snapshot before;

	(void)state;
	save_test_maps();
	assert_ok(bucketmap_store(one, &key, &value, 0, 0));
	take_snapshot(&before, one);
	assert_ok(truncate(dump_of("one"), 20));
	remove_map(two);
	assert_prints("restored 1 maps, 1 existed\n", "restore", "--existing", directory);
	assert_prints("{\"restored\": 0, \"existing\": 2}\n", "-j", "restore", "-e", directory);
	assert_map_unchanged(&before, one);
	free_snapshot(&before);
	bucketmap_close(one);
}

/* What a restore that was killed leaves must not pass for the whole map, and be saved. */
static void a_map_that_may_be_incomplete_is_a_failure(void **state)
{
	struct bucketmap *one = small_map("one"), *two = small_map("two");
	char message[256];

	(void)state;
	save_test_maps();
	assert_ok(bucketmap_chmod_map(one, 0));
	remove_map(two);
	snprintf(message, sizeof(message),
		 "bucketmap: restore: %s: a map of this name exists, but has mode 0; "
		 "a killed restore may have left it; remove it, or chmod it\n",
		 test_name("one"));
	assert_int_equal(run("restore", "-e", directory), 3);
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "restored 1 maps, 0 existed\n");
	/* One of the remedies. */
	remove_map(one);
	assert_prints("restored 1 maps, 1 existed\n", "restore", "-e", directory);
}

static void ignore_ends_of_children(void)
{
	signal(SIGCHLD, SIG_IGN);
}

/* A program that ignores the signal passes that on to those that it starts. */
static void sigchld_may_be_ignored(void **state)
{
	(void)state;
	bucketmap_close(small_map("one"));
	save_test_maps();
	set_before_exec(ignore_ends_of_children);
	assert_int_equal(run("restore", directory), 3);
	assert_string_equal(result.out, "restored 0 maps\n");
	assert_ok(unlink_test_maps(NULL));
	set_before_exec(ignore_ends_of_children);
	assert_prints("restored 1 maps\n", "restore", directory);
}

static void become_user(void)
{
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		_exit(126);
}

#define run_as_user(...) (set_before_exec(become_user), run(__VA_ARGS__))

static void a_user_saves_and_restores_its_maps(void **state)
{
	struct bucketmap *own = small_map("own"), *open = small_map("open");
	struct bucketmap *mine = small_map("mine");
	char message[256];

	(void)state;
	assert_ok(chmod(BUCKETMAP_DEVICE, 0666));
	assert_ok(chown(directory, USER, USER));
	assert_ok(bucketmap_chown_map(own, USER, USER));
	assert_ok(bucketmap_chmod_map(open, 0644));
	bucketmap_close(mine);
	assert_int_equal(run_as_user("save", directory), 0);
	forget_other_maps();
	remove_map(own);
	remove_map(open);
	assert_int_equal(run_as_user("restore", directory), 2);
	snprintf(message, sizeof(message), "bucketmap: restore: %s: %s\n", test_name("open"),
		 "only root may give it to user 0 and group 0; not restored");
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "restored 1 maps\n");
	assert_ok(bucketmap_open(&own, test_name("own"), BUCKETMAP_OPEN_RDONLY));
	assert_int_equal(entry_count(own), 3);
	bucketmap_close(own);
	assert_int_equal(count_test_maps(), 2);
}

/* What was saved may be all that is left of such a map's older contents. */
static void a_map_that_cannot_be_read_keeps_what_was_saved(void **state)
{
	struct bucketmap *own = small_map("own"), *closed = small_map("closed");
	char before[16], after[16], message[256];
	struct stat status;

	(void)state;
	assert_ok(chmod(BUCKETMAP_DEVICE, 0666));
	assert_ok(chown(directory, USER, USER));
	assert_ok(bucketmap_chown_map(own, USER, USER));
	assert_ok(bucketmap_chown_map(closed, USER, USER));
	assert_int_equal(run_as_user("save", directory), 0);
	read_current(before);
	assert_ok(bucketmap_chmod_map(closed, 0));
	snprintf(message, sizeof(message),
		 "bucketmap: save: %s: permission denied by the map's mode; %s\n"
		 "bucketmap: save: %s: nothing saved, as you may not read 1 maps; %s\n",
		 test_name("closed"), "chmod it, or remove it",
		 directory, "what was saved before stays");
	assert_int_equal(run_as_user("save", directory), 2);
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "");
	read_current(after);
	assert_string_equal(after, before);
	assert_ok(stat(dump_of("closed"), &status));
	bucketmap_close(closed);
	bucketmap_close(own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		save_test(maps_come_back_with_all_attributes),
		save_test(a_second_save_replaces_the_first),
		save_test(the_number_of_maps_is_printed),
		save_test(nothing_is_restored_where_nothing_was_saved),
		save_test(a_map_that_exists_is_left_alone),
		save_test(that_a_map_exists_is_no_failure_if_requested),
		save_test(a_map_that_may_be_incomplete_is_a_failure),
		save_test(sigchld_may_be_ignored),
		save_test(a_user_saves_and_restores_its_maps),
		save_test(a_map_that_cannot_be_read_keeps_what_was_saved),
	};

	return run_save_tests(tests);
}

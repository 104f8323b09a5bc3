// SPDX-License-Identifier: GPL-2.0
/*
 * save and restore: maps come back as they were; what is damaged, exists, or belongs
 * to others is refused, and the rest is restored.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "tool.h"

#define USER	3000

static char directory[32];
static struct stat device;

static int prepare(void **state)
{
	return require_device(state) || stat(BUCKETMAP_DEVICE, &device);
}

static int make_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/saved.XXXXXX");
	return !mkdtemp(directory);
}

static int remove_directory(const char *path)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", path);
	return system(command);
}

static int remove_all(void **state)
{
	return chmod(BUCKETMAP_DEVICE, device.st_mode & 07777) || remove_directory(directory) ||
	       unlink_test_maps(state);
}

static struct bucketmap *create(struct bucketmap_create config, const char *suffix)
{
	struct bucketmap *map;

	config.size = sizeof(config);
	snprintf(config.name, sizeof(config.name), "%s", test_name(suffix));
	assert_ok(bucketmap_create(&map, &config));
	return map;
}

static void fill(struct bucketmap *map, __u32 entries)
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

static __u64 test_maps(void)
{
	__u64 count = 0;

	assert_ok(bucketmap_list(add_one, &count));
	return count;
}

static const char *path_of(const char *file)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", directory, file);
	return path;
}

/* Path of the dump of a map whose name needs no escapes. */
static const char *dump_of(const char *suffix)
{
	char file[128];

	snprintf(file, sizeof(file), "current/%s.dump", test_name(suffix));
	return path_of(file);
}

/* Removes the dumps of maps of other test programs: without its file a map is left out. */
static void forget_other_maps(void)
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

static void save(void)
{
	assert_int_equal(run("save", directory), 0);
	assert_string_equal(result.err, "");
	forget_other_maps();
}

static void remove_map(struct bucketmap *map)
{
	assert_ok(bucketmap_unlink_map(map));
	bucketmap_close(map);
}

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
		maps[i] = create(forms[i], suffixes[i]);
		assert_ok(bucketmap_chown_map(maps[i], 1000 + i, 2000 + i));
		assert_ok(bucketmap_chmod_map(maps[i], 0777 & ~(i << 3)));
		fill(maps[i], i == FORMS - 1 ? 0 : 90 + i);
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
	save();
	for (int i = 0; i < FORMS; i++) {
		info[i] = (struct bucketmap_info) { .size = sizeof(info[i]) };
		assert_ok(bucketmap_info(maps[i], &info[i]));
		take_snapshot(&before[i], maps[i]);
		remove_map(maps[i]);
	}
	assert_int_equal(test_maps(), 0);
	assert_prints("restored 7 maps\n", "restore", directory);
	assert_int_equal(test_maps(), FORMS);
	for (int i = 0; i < FORMS; i++) {
		assert_ok(bucketmap_open(&map, info[i].name, 0));
		assert_same_attributes(&info[i], map);
		assert_same_entries(&before[i], map);
		free_snapshot(&before[i]);
		bucketmap_close(map);
	}
}

static struct bucketmap *small_map(const char *suffix)
{
	struct bucketmap *map = create((struct bucketmap_create) {
		.key_size = 4, .value_size = 8, .mode = 0600,
		.value_format = BUCKETMAP_FORMAT_DECIMAL }, suffix);

	fill(map, 3);
	return map;
}

static void a_second_save_replaces_the_first(void **state)
{
	struct bucketmap *one = small_map("one"), *two = small_map("two");
	struct stat status;

	(void)state;
	save();
	assert_ok(stat(dump_of("one"), &status));
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_ok(stat(path_of("current/."), &status));
	assert_int_equal(status.st_mode & 07777, 0700);
	remove_map(one);
	save();
	assert_int_equal(stat(dump_of("one"), &status), -1);
	assert_ok(stat(dump_of("two"), &status));
	remove_map(two);
	assert_prints("{\"restored\": 1}\n", "-j", "restore", directory);
}

static void only_what_a_save_has_made_is_removed(void **state)
{
	static const char *const others[] = { "notes", "state.old", "state.abcdef.dump", "x.dump" };
	struct stat status;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_ok(mkdir(path_of(others[i]), 0700));
	/* As a save that is killed leaves it. */
	assert_ok(mkdir(path_of("state.abcdef"), 0700));
	close(open(path_of("state.abcdef/x.dump"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_ok(symlink("state.abcdef", path_of("current.new")));
	bucketmap_close(small_map("one"));
	save();
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_ok(stat(path_of(others[i]), &status));
	assert_int_equal(lstat(path_of("state.abcdef"), &status), -1);
	assert_int_equal(lstat(path_of("current.new"), &status), -1);
}

static void a_directory_is_made_if_there_is_none(void **state)
{
	char message[128];

	(void)state;
	bucketmap_close(small_map("one"));
	assert_ok(rmdir(directory));
	snprintf(message, sizeof(message), "restore: %s: No such file or directory", directory);
	assert_refuses(2, message, "restore", directory);
	save();
	snprintf(message, sizeof(message), "save: %s/a/b: No such file or directory", directory);
	assert_refuses(2, message, "save", path_of("a/b"));
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

/* The name of the state that the link names. */
static void read_current(char name[16])
{
	ssize_t length = readlink(path_of("current"), name, 15);

	assert_in_range(length, 1, 14);
	name[length] = '\0';
}

/* As a copy without symbolic links leaves it. */
static void lose_link(char name[16])
{
	bucketmap_close(small_map("one"));
	save();
	read_current(name);
	assert_ok(unlink(path_of("current")));
}

static void a_lost_link_is_reported(void **state)
{
	char name[16], message[512];

	(void)state;
	lose_link(name);
	assert_ok(unlink_test_maps(NULL));
	snprintf(message, sizeof(message),
		 "restore: %1$s/current: the link to the saved state is missing; "
		 "if it was lost, run 'ln -s %2$s %1$s/current'; "
		 "if the first save was killed, remove %1$s/%2$s", directory, name);
	assert_refuses(3, message, "restore", directory);
	/* Both remedies work. */
	assert_ok(symlink(name, path_of("current")));
	assert_prints("restored 1 maps\n", "restore", directory);
	assert_ok(unlink(dump_of("one")));
	assert_ok(unlink(path_of("current")));
	assert_ok(rmdir(path_of(name)));
	assert_prints("restored 0 maps\n", "restore", directory);
}

/* What makes a save fail when it is complete but for its link. */
static void block_new_link(void)
{
	assert_ok(mkdir(path_of("current.new"), 0700));
}

/* Whatever the link is instead, a save that fails removes no state. */
static void states_stay_until_the_new_one_is_current(void **state)
{
	static const char *const links[] = { NULL, "/etc", "state.nobody", "state.nobody/." };
	char name[16], dump_path[512];
	struct stat status;

	(void)state;
	lose_link(name);
	snprintf(dump_path, sizeof(dump_path), "%s/%s/%s.dump", directory, name, test_name("one"));
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (links[i])
			assert_ok(symlink(links[i], path_of("current")));
		block_new_link();
		assert_int_equal(run("save", directory), 2);
		assert_ok(stat(dump_path, &status));
		if (links[i])
			assert_ok(unlink(path_of("current")));
		assert_ok(rmdir(path_of("current.new")));
	}
	save();
	assert_int_equal(stat(dump_path, &status), -1);
	assert_ok(stat(dump_of("one"), &status));
}

static void a_map_that_exists_is_left_alone(void **state)
{
	struct bucketmap *one = small_map("one"), *two = small_map("two");
	__u32 key = 77;
	__u64 value = 78;
	struct snapshot before;
	char message[160];

	(void)state;
	save();
	assert_ok(bucketmap_store(one, &key, &value, 0, 0));
	take_snapshot(&before, one);
	remove_map(two);
	snprintf(message, sizeof(message), "bucketmap: restore: %s: a map of this name exists\n",
		 test_name("one"));
	assert_int_equal(run("restore", directory), 3);
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "restored 1 maps\n");
	assert_int_equal(test_maps(), 2);
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
	save();
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
	save();
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

static char dump[4096];
static ssize_t dump_size;

static void read_dump_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	dump_size = read(fd, dump, sizeof(dump));
	assert_in_range(dump_size, 1, sizeof(dump) - 1);
	close(fd);
}

static void write_dump_file(const char *path, const char *bytes, ssize_t size)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
}

/* The damaged map is refused and not there; the other one is restored. */
static void assert_one_refused(const char *what, ssize_t at)
{
	run("restore", directory);
	if (result.status != 3 || test_maps() != 1)
		print_error("# %s at %zd: %s%s", what, at, result.out, result.err);
	assert_int_equal(result.status, 3);
	assert_string_equal(result.out, "restored 1 maps\n");
	assert_ptr_equal(strchr(result.err, '\n'), result.err + strlen(result.err) - 1);
	assert_int_equal(test_maps(), 1);
	assert_ok(bucketmap_unlink(test_name("two")));
}

static void begin_damage(void)
{
	bucketmap_close(small_map("one"));
	bucketmap_close(small_map("two"));
	save();
	assert_ok(unlink_test_maps(NULL));
	read_dump_file(dump_of("one"));
}

static void a_truncated_dump_is_refused(void **state)
{
	(void)state;
	begin_damage();
	/* Without its last newline a dump is complete. */
	for (ssize_t size = 0; size < dump_size - 1; size += size < dump_size - 30 ? 7 : 1) {
		write_dump_file(dump_of("one"), dump, size);
		assert_one_refused("truncated", size);
	}
}

static void a_changed_dump_is_refused(void **state)
{
	(void)state;
	begin_damage();
	for (ssize_t at = 0; at < dump_size - 1; at += 3) {
		dump[at] ^= 1;
		write_dump_file(dump_of("one"), dump, dump_size);
		assert_one_refused("changed", at);
		dump[at] ^= 1;
	}
	/* A line that is missing, one that is there twice, and one too many. */
	write_dump_file(dump_of("one"), strchr(dump, '\n') + 1,
			dump + dump_size - strchr(dump, '\n') - 1);
	assert_one_refused("without header", 0);
	dump[dump_size] = '\n';
	write_dump_file(dump_of("one"), dump, dump_size + 1);
	assert_one_refused("longer", dump_size);
}

static void other_files_are_refused(void **state)
{
	char message[640], path[512];

	(void)state;
	begin_damage();
	snprintf(path, sizeof(path), "%s", dump_of("one"));
	/* A plain dump has no sum, which would show damage. */
	bucketmap_close(small_map("one"));
	assert_prints("", "dump", test_name("one"), path);
	assert_prints("", "rm", test_name("one"));
	assert_one_refused("plain dump", 0);
	assert_ok(unlink(path));
	/* The name of a file must be that of a map. */
	snprintf(path, sizeof(path), "%s", path_of("current/a%2Fb.dump"));
	assert_ok(link(dump_of("two"), path));
	snprintf(message, sizeof(message), "bucketmap: restore: %s: not the file of a saved map; "
		 "not restored\n", path);
	assert_one_refused("name", 0);
	assert_string_equal(result.err, message);
	assert_ok(unlink(path));
	snprintf(path, sizeof(path), "%s", path_of("current/a%2fb.dump"));
	assert_ok(link(dump_of("two"), path));
	assert_one_refused("slash", 0);
	assert_ok(unlink(path));
	assert_ok(unlink(path_of("current")));
	assert_ok(symlink("/etc", path_of("current")));
	snprintf(message, sizeof(message), "restore: %s/current: not a link to a saved state",
		 directory);
	assert_refuses(3, message, "restore", directory);
}

static void load_reads_a_saved_map(void **state)
{
	struct bucketmap *map;
	char path[512];

	(void)state;
	begin_damage();
	snprintf(path, sizeof(path), "%s", dump_of("one"));
	assert_prints("loaded 3 entries\n", "load", test_name("copy"), path);
	assert_ok(bucketmap_open(&map, test_name("copy"), 0));
	assert_int_equal(entry_count(map), 3);
	bucketmap_close(map);
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
	assert_int_equal(test_maps(), 2);
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

static void a_directory_that_others_may_write_to_is_refused(void **state)
{
	static const mode_t modes[] = { 0720, 0702, 0700 };
	static const uid_t owners[] = { 0, 0, USER };
	char message[256];

	(void)state;
	bucketmap_close(small_map("one"));
	save();
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_ok(chmod(directory, modes[i]));
		assert_ok(chown(directory, owners[i], 0));
		snprintf(message, sizeof(message), "%s: others may write there; %s", directory,
			 "use chmod go-w, or chown root");
		assert_int_equal(run("save", directory), 2);
		assert_non_null(strstr(result.err, message));
		assert_int_equal(run("restore", directory), 2);
		assert_non_null(strstr(result.err, message));
		assert_string_equal(result.out, "");
	}
}

/* Only the directory is known to be safe, not where a link in it leads. */
static void a_link_to_a_dump_is_refused(void **state)
{
	char message[640], elsewhere[64];

	(void)state;
	begin_damage();
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", directory);
	assert_ok(rename(dump_of("one"), elsewhere));
	assert_ok(symlink(elsewhere, dump_of("one")));
	snprintf(message, sizeof(message), "bucketmap: restore: %s: %s\n", dump_of("one"),
		 strerror(ELOOP));
	assert_int_equal(run("restore", directory), 2);
	assert_string_equal(result.err, message);
	assert_string_equal(result.out, "restored 1 maps\n");
}

/* Another directory, with the same names, where the first was. */
static void exchange_directories(const char *moved)
{
	char command[256];

	assert_ok(rename(directory, moved));
	snprintf(command, sizeof(command), "cp -a %1$s %2$s && chmod 777 %2$s", moved, directory);
	assert_ok(system(command));
}

/* Whether a process waits for a lock, as a line "1: -> FLOCK  ADVISORY  WRITE PID ..." says. */
static bool waits_for_lock(pid_t pid)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[128];
	bool found = false;
	int waiter;

	assert_non_null(locks);
	while (fgets(line, sizeof(line), locks))
		found |= sscanf(line, "%*d: -> FLOCK ADVISORY %*s %d", &waiter) == 1 &&
			 waiter == pid;
	fclose(locks);
	return found;
}

/* Runs the tool on the directory, which is renamed when the tool waits for the lock on it. */
static int run_while_renamed(const char *subcommand, const char *moved)
{
	const __u64 deadline = bucketmap_deadline(PATIENCE);
	int lock = open(directory, O_RDONLY | O_CLOEXEC), status;
	struct tool_process tool;

	assert_ok(flock(lock, LOCK_EX));
	tool = start(subcommand, directory);
	while (!waits_for_lock(tool.pid) && time_now() < deadline)
		sleep_for(NSEC_PER_MSEC);
	assert_true(waits_for_lock(tool.pid));
	exchange_directories(moved);
	if (!strcmp(subcommand, "restore"))
		assert_ok(unlink(dump_of("one")));
	close(lock);
	status = end_tool(&tool, 0);
	assert_ok(remove_directory(directory));
	assert_ok(rename(moved, directory));
	return status;
}

/* If the parent of the directory is of another user, this may happen after the check. */
static void a_directory_that_is_renamed_stays_the_same(void **state)
{
	struct stat status;
	char moved[64];

	(void)state;
	snprintf(moved, sizeof(moved), "%s.moved", directory);
	bucketmap_close(small_map("one"));
	save();
	bucketmap_close(small_map("two"));
	assert_int_equal(run_while_renamed("save", moved), 0);
	assert_ok(stat(dump_of("two"), &status));
	forget_other_maps();
	assert_ok(unlink_test_maps(NULL));
	assert_int_equal(run_while_renamed("restore", moved), 0);
	assert_int_equal(test_maps(), 2);
}

#define save_test(function) \
	cmocka_unit_test_setup_teardown(function, make_directory, remove_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		save_test(maps_come_back_with_all_attributes),
		save_test(a_second_save_replaces_the_first),
		save_test(only_what_a_save_has_made_is_removed),
		save_test(a_directory_is_made_if_there_is_none),
		save_test(the_number_of_maps_is_printed),
		save_test(nothing_is_restored_where_nothing_was_saved),
		save_test(a_lost_link_is_reported),
		save_test(states_stay_until_the_new_one_is_current),
		save_test(a_map_that_exists_is_left_alone),
		save_test(that_a_map_exists_is_no_failure_if_requested),
		save_test(a_map_that_may_be_incomplete_is_a_failure),
		save_test(a_truncated_dump_is_refused),
		save_test(a_changed_dump_is_refused),
		save_test(other_files_are_refused),
		save_test(load_reads_a_saved_map),
		save_test(a_user_saves_and_restores_its_maps),
		save_test(a_map_that_cannot_be_read_keeps_what_was_saved),
		save_test(a_directory_that_others_may_write_to_is_refused),
		save_test(a_link_to_a_dump_is_refused),
		save_test(a_directory_that_is_renamed_stays_the_same),
	};

	return cmocka_run_group_tests(tests, prepare, unlink_test_maps);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Memory cgroups: all memory of a map is charged to the memcg of its creator,
 * no matter which task inserts, and also if the worker allocates. At the
 * memcg's limit entries are refused, and nothing else happens.
 *
 * Each test has two memcgs: "creator", with a process that has created the map
 * and sleeps, so that the OOM killer has a victim should it run, or that keeps
 * creating maps; and "inserter", with the test itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support.h"

#define MIB		(1024 * 1024ULL)
#define LIMIT		(24 * MIB)
#define VALUE_SIZE	248
#define BATCH		1000

/* What each CPU may have charged in advance, and what processes use themselves. */
#define TOLERANCE	(3 * MIB / 2)

struct value {
	__u64 number;
	unsigned char rest[VALUE_SIZE - sizeof(__u64)];
};

static char mount_point[32];
static int mounted;

static const char *path_of(const char *group, const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s/%s", mount_point, group, file);
	return path;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written == (ssize_t)strlen(text) ? 0 : -1;
}

/* A number that stands alone in a file, or after a name and a space. */
static __u64 read_number(const char *path, const char *name)
{
	char line[256], format[64];
	FILE *file = fopen(path, "re");
	__u64 number = ~0ULL;

	assert_non_null(file);
	snprintf(format, sizeof(format), "%s%%llu", name);
	while (fgets(line, sizeof(line), file) && sscanf(line, format, &number) != 1)
		;
	fclose(file);
	assert_int_not_equal(number, ~0ULL);
	return number;
}

static __u64 charged_to(const char *group)
{
	return read_number(path_of(group, "memory.current"), "");
}

static __u64 event_count(const char *group, const char *event)
{
	return read_number(path_of(group, "memory.events"), event);
}

static void limit_group(const char *group, __u64 limit)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", limit);
	assert_ok(write_file(path_of(group, "memory.max"), text));
}

static int enter_group(const char *group)
{
	return write_file(path_of(group, "cgroup.procs"), "0");
}

/* A failed test may leave a process in the group. */
static void remove_group(const char *group)
{
	write_file(path_of(group, "cgroup.kill"), "1");
	for (int i = 0; i < 100 && rmdir(path_of(group, "")) && errno == EBUSY; i++)
		sleep_for(10 * NSEC_PER_MSEC);
}

/* Also unlinks the maps that were created in them. */
static int remove_groups(void **state)
{
	if (!mounted)
		return 0;
	if (enter_group("."))
		return -1;
	remove_group("creator");
	remove_group("inserter");
	return unlink_test_maps(state);
}

/* The hierarchy is the same at every mount point. */
static int mount_groups(void **state)
{
	if (require_device(state))
		return -1;
	strcpy(mount_point, "/tmp/cgroup.XXXXXX");
	if (!mkdtemp(mount_point))
		return -1;
	if (mount("cgroup2", mount_point, "cgroup2", 0, NULL)) {
		rmdir(mount_point);
		return 0;
	}
	mounted = 1;
	return 0;
}

static int unmount_groups(void **state)
{
	int failed = unlink_test_maps(state);

	if (mounted && (remove_groups(state) || umount(mount_point) || rmdir(mount_point)))
		return -1;
	return failed;
}

static int make_groups(void **state)
{
	(void)state;
	if (!mounted || write_file(path_of(".", "cgroup.subtree_control"), "+memory"))
		return 0;
	if (mkdir(path_of("creator", ""), 0700) || mkdir(path_of("inserter", ""), 0700))
		return -1;
	return enter_group("inserter");
}

static void skip_without_groups(void)
{
	if (!mounted || access(path_of("creator", "memory.max"), W_OK))
		skip();
}

/* Creates the map "charged" in the memcg "creator", reports the result, and sleeps. */
struct creator {
	pid_t process;
	int result[2];
	__u64 capacity;
};

static void create_inside(void *context)
{
	const struct creator *creator = context;
	struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = sizeof(__u64),
		.value_size = VALUE_SIZE,
		.capacity = creator->capacity,
		.mode = 0600,
	};
	struct bucketmap *map;
	int error;

	strcpy(config.name, test_name("charged"));
	child_check(!enter_group("creator"));
	error = bucketmap_create(&map, &config);
	child_check(write(creator->result[1], &error, sizeof(error)) == sizeof(error));
	if (!error)
		bucketmap_close(map);
	for (;;)
		pause();
}

/* Returns what bucketmap_create() returns. The test itself unlinks the name. */
static int start_creator(struct creator *creator, __u64 capacity)
{
	int error;

	creator->capacity = capacity;
	test_name("");
	assert_ok(pipe2(creator->result, O_CLOEXEC));
	creator->process = start_child(create_inside, creator);
	close(creator->result[1]);
	assert_int_equal(read(creator->result[0], &error, sizeof(error)), sizeof(error));
	close(creator->result[0]);
	return error;
}

static struct bucketmap *open_charged(void)
{
	struct bucketmap *map;

	assert_ok(bucketmap_open(&map, test_name("charged"), 0));
	assert_ok(bucketmap_unlink(test_name("charged")));
	return map;
}

static struct value value_of(__u64 number)
{
	struct value value = { .number = number };

	memset(value.rest, (int)number, sizeof(value.rest));
	return value;
}

/* Inserts keys from @first until one is refused or @end is reached, and returns that key. */
static __u64 insert_until_refused(struct bucketmap *map, __u64 first, __u64 end)
{
	__u64 key;

	for (key = first; key < end; key++) {
		struct value value = value_of(key);
		int error = bucketmap_insert(map, &key, &value, 0, 0);

		if (error) {
			assert_error(error, ENOMEM);
			break;
		}
	}
	return key;
}

/* The map holds exactly the keys from @begin to @end, with @shift added to their numbers. */
static void assert_holds(struct bucketmap *map, __u64 begin, __u64 end, __u64 shift)
{
	assert_int_equal(entry_count(map), end - begin);
	for (__u64 key = begin; key < end; key++) {
		struct value expected = value_of(key + shift), value;

		assert_ok(bucketmap_lookup(map, &key, &value, 0, 0));
		assert_memory_equal(&value, &expected, sizeof(value));
	}
}

static __u64 bytes_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.bytes;
}

static void assert_no_oom_kill(const struct creator *creator)
{
	assert_int_equal(event_count("creator", "oom "), 0);
	assert_int_equal(event_count("creator", "oom_kill "), 0);
	assert_int_equal(waitpid(creator->process, NULL, WNOHANG), 0);
}

/* Retired tables are freed some time after their last use. */
static void assert_charge_falls_to(const char *group, __u64 charged)
{
	__u64 deadline = bucketmap_deadline(PATIENCE);

	while (charged_to(group) > charged + TOLERANCE && time_now() < deadline)
		sleep_for(50 * NSEC_PER_MSEC);
	assert_in_range(charged_to(group), 0, charged + TOLERANCE);
}

static void growth_is_charged_to_creator(void **state)
{
	struct creator creator;
	struct bucketmap *map;
	__u64 before, inserter;

	(void)state;
	skip_without_groups();
	assert_ok(start_creator(&creator, 0));
	map = open_charged();
	before = charged_to("creator");
	inserter = charged_to("inserter");
	assert_int_equal(insert_until_refused(map, 0, 40000), 40000);
	/* Everything but the first table was allocated by the inserter and the worker. */
	assert_true(bytes_of(map) > 10 * MIB);
	assert_true(charged_to("creator") + TOLERANCE > before + bytes_of(map));
	assert_true(charged_to("inserter") < inserter + TOLERANCE);
	bucketmap_close(map);
	assert_charge_falls_to("creator", before);
	stop_child(creator.process);
}

static void limit_refuses_entries_and_does_nothing_else(void **state)
{
	struct creator creator;
	struct bucketmap *map;
	__u64 before, refused, key;
	struct value value;

	(void)state;
	skip_without_groups();
	assert_ok(start_creator(&creator, 0));
	map = open_charged();
	before = charged_to("creator");
	limit_group("creator", LIMIT);
	refused = insert_until_refused(map, 0, LIMIT / VALUE_SIZE);
	assert_in_range(refused, LIMIT / 4 / VALUE_SIZE, LIMIT / VALUE_SIZE - 1);
	assert_true(event_count("creator", "max ") > 0);
	assert_no_oom_kill(&creator);
	assert_holds(map, 0, refused, 0);

	/* What needs no memory still works. */
	for (key = 0; key < refused; key++) {
		value = value_of(key + 1);
		assert_ok(bucketmap_replace(map, &key, &value, 0, 0));
	}
	assert_error(bucketmap_lookup(map, &refused, &value, 0, 0), ENOENT);
	assert_holds(map, 0, refused, 1);
	for (key = 0; key < BATCH; key++)
		assert_ok(bucketmap_delete(map, &key));
	assert_holds(map, BATCH, refused, 1);
	assert_in_range(charged_to("creator"), 0, LIMIT);
	assert_no_oom_kill(&creator);

	/* With a higher limit, more entries fit. */
	limit_group("creator", 4 * LIMIT);
	for (key = 0; key < BATCH; key++) {
		value = value_of(key + 1);
		assert_ok(once_granted(bucketmap_insert(map, &key, &value, 0, 0)));
	}
	for (key = refused; key < 2 * refused; key++) {
		value = value_of(key + 1);
		assert_ok(once_granted(bucketmap_insert(map, &key, &value, 0, 0)));
	}
	assert_holds(map, 0, 2 * refused, 1);
	assert_no_oom_kill(&creator);
	bucketmap_close(map);
	assert_charge_falls_to("creator", before);
	stop_child(creator.process);
}

static void batch_reports_refused_entries(void **state)
{
	static __u64 keys[BATCH];
	static struct value values[BATCH];
	static __s32 results[BATCH];
	struct bucketmap_batch batch = {
		.size = sizeof(batch),
		.operation = BUCKETMAP_INSERT,
		.keys = (uintptr_t)keys,
		.values = (uintptr_t)values,
		.results = (uintptr_t)results,
		.count = BATCH,
	};
	struct creator creator;
	struct bucketmap *map;
	__u64 next = 0, made = 0;

	(void)state;
	skip_without_groups();
	assert_ok(start_creator(&creator, 0));
	map = open_charged();
	limit_group("creator", LIMIT);
	while (made == next) {
		for (int i = 0; i < BATCH; i++) {
			keys[i] = next++;
			values[i] = value_of(keys[i]);
		}
		batch.done = 0;
		assert_ok(bucketmap_batch(map, &batch));
		assert_int_equal(batch.done, BATCH);
		for (int i = 0; i < BATCH; i++) {
			assert_true(results[i] == 0 || results[i] == -ENOMEM);
			made += !results[i];
		}
	}
	assert_int_equal(entry_count(map), made);
	for (int i = 0; i < BATCH; i++)
		assert_int_equal(bucketmap_lookup(map, &keys[i], &values[i], 0, 0),
				 results[i] ? -ENOENT : 0);
	assert_no_oom_kill(&creator);
	bucketmap_close(map);
	stop_child(creator.process);
}

static void resize_beyond_limit_changes_nothing(void **state)
{
	struct creator creator;
	struct bucketmap *map;

	(void)state;
	skip_without_groups();
	assert_ok(start_creator(&creator, 0));
	map = open_charged();
	limit_group("creator", LIMIT);
	assert_int_equal(insert_until_refused(map, 0, 1000), 1000);
	assert_error(bucketmap_resize(map, 1000000, 0), ENOMEM);
	assert_holds(map, 0, 1000, 0);
	assert_in_range(charged_to("creator"), 0, LIMIT);
	assert_no_oom_kill(&creator);
	bucketmap_close(map);
	stop_child(creator.process);
}

static void map_beyond_limit_is_not_created(void **state)
{
	struct creator creator;
	struct bucketmap *map;

	(void)state;
	skip_without_groups();
	limit_group("creator", LIMIT);
	assert_error(start_creator(&creator, 1000000), ENOMEM);
	assert_error(bucketmap_open(&map, test_name("charged"), 0), ENOENT);
	assert_no_oom_kill(&creator);
	stop_child(creator.process);
}

/* A process in the memcg "creator" that creates named maps, and its counts. */
struct maker {
	int maps;
	__u64 capacity;
	struct {
		__u64 made;
		__u64 refused;
	} *counts;
};

/* Creates maps with the names 0, 1, ... and starts over after the last one. */
static void make_maps_inside(void *context)
{
	const struct maker *maker = context;
	struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = 8,
		.value_size = VALUE_SIZE,
		.capacity = maker->capacity,
		.mode = 0600,
	};
	char suffix[16];

	child_check(!enter_group("creator"));
	for (int i = 0;; i = (i + 1) % maker->maps) {
		struct bucketmap *map;
		int error;

		snprintf(suffix, sizeof(suffix), "%d", i);
		strcpy(config.name, test_name(suffix));
		error = bucketmap_create(&map, &config);
		if (error == -EEXIST)
			continue;
		child_check(!error || error == -ENOMEM);
		__atomic_fetch_add(error ? &maker->counts->refused : &maker->counts->made, 1,
				   __ATOMIC_RELAXED);
		if (!error)
			bucketmap_close(map);
	}
}

static void wait_for_count(const __u64 *count, __u64 number)
{
	__u64 deadline = bucketmap_deadline(PATIENCE);

	while (__atomic_load_n(count, __ATOMIC_RELAXED) < number) {
		assert_true(time_now() < deadline);
		sleep_for(NSEC_PER_MSEC);
	}
}

#define MANY_MAPS	400

/*
 * A task that waits for memory while it holds a global lock blocks all others.
 * A map's directory in debugfs is created under a lock of all directories, so
 * it is charged to no memcg.
 */
static void debugfs_directories_are_not_charged(void **state)
{
	struct maker maker = {
		.maps = MANY_MAPS, .counts = shared_memory(sizeof(*maker.counts)),
	};
	__u64 before;
	pid_t process;

	(void)state;
	skip_without_groups();
	test_name("");
	before = read_number(path_of("creator", "memory.stat"), "slab_reclaimable ");
	process = start_child(make_maps_inside, &maker);
	wait_for_count(&maker.counts->made, MANY_MAPS);
	/* The kernel updates these counts every two seconds. */
	sleep_for(3 * NSEC_PER_SEC);
	/* Four dentries and four inodes for each map would exceed a mebibyte. */
	assert_in_range(read_number(path_of("creator", "memory.stat"), "slab_reclaimable "),
			0, before + MIB / 4);
	stop_child(process);
}

static int count_name(const char *name, void *count)
{
	(void)name;
	++*(int *)count;
	return 0;
}

/*
 * The memory of each refused map reaches the limit and is freed again, so that there is memory for what the kernel itself
 * charges: if open() is refused its file, the kernel kills a process of the memcg. Maps that fit would fill it up.
 */
static void creator_at_its_limit_does_not_block_others(void **state)
{
	struct maker maker = {
		.maps = 1,
		.capacity = 2 * LIMIT / VALUE_SIZE,
		.counts = shared_memory(sizeof(*maker.counts)),
	};
	__u64 refused;
	pid_t process;

	(void)state;
	skip_without_groups();
	test_name("");
	limit_group("creator", LIMIT);
	process = start_child(make_maps_inside, &maker);
	wait_for_count(&maker.counts->refused, 1);
	for (int i = 0; i < 100; i++) {
		struct bucketmap *map = named_map("other", 8, 8), *again;
		int names = 0;

		assert_ok(bucketmap_open(&again, test_name("other"), 0));
		assert_ok(bucketmap_list(count_name, &names));
		assert_true(names >= 1);
		assert_ok(bucketmap_unlink(test_name("other")));
		bucketmap_close(again);
		bucketmap_close(map);
	}
	/* The creator is still being refused memory. */
	refused = maker.counts->refused;
	wait_for_count(&maker.counts->refused, refused + 1);
	assert_int_equal(maker.counts->made, 0);
	stop_child(process);
}

#define group_test(function) \
	cmocka_unit_test_setup_teardown(function, make_groups, remove_groups)

int main(void)
{
	const struct CMUnitTest tests[] = {
		group_test(growth_is_charged_to_creator),
		group_test(limit_refuses_entries_and_does_nothing_else),
		group_test(batch_reports_refused_entries),
		group_test(resize_beyond_limit_changes_nothing),
		group_test(map_beyond_limit_is_not_created),
		group_test(debugfs_directories_are_not_charged),
		group_test(creator_at_its_limit_does_not_block_others),
	};

	return cmocka_run_group_tests(tests, mount_groups, unmount_groups);
}

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
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#include "groups.h"

#define LIMIT		(24 * MIB)
#define VALUE_SIZE	248
#define BATCH		1000

struct value {
	__u64 number;
	unsigned char rest[VALUE_SIZE - sizeof(__u64)];
};

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
	assert_int_equal(group_number("creator", "memory.events", "oom "), 0);
	assert_int_equal(group_number("creator", "memory.events", "oom_kill "), 0);
	assert_int_equal(waitpid(creator->process, NULL, WNOHANG), 0);
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
	assert_true(group_number("creator", "memory.events", "max ") > 0);
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
	before = group_number("creator", "memory.stat", "slab_reclaimable ");
	process = start_child(make_maps_inside, &maker);
	wait_for_count(&maker.counts->made, MANY_MAPS);
	/* The kernel updates these counts every two seconds. */
	sleep_for(3 * NSEC_PER_SEC);
	/* Four dentries and four inodes for each map would exceed a mebibyte. */
	assert_in_range(group_number("creator", "memory.stat", "slab_reclaimable "),
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
 * The memory of each refused map reaches the limit and is freed again, so that
 * there is memory for what the kernel itself charges: if open() is refused its
 * file, the kernel kills a process of the memcg. Maps that fit would fill it up.
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		memcg_test(growth_is_charged_to_creator),
		memcg_test(limit_refuses_entries_and_does_nothing_else),
		memcg_test(batch_reports_refused_entries),
		memcg_test(resize_beyond_limit_changes_nothing),
		memcg_test(map_beyond_limit_is_not_created),
		memcg_test(debugfs_directories_are_not_charged),
		memcg_test(creator_at_its_limit_does_not_block_others),
	};

	return run_memcg_tests(tests);
}

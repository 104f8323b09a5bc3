// SPDX-License-Identifier: GPL-2.0
/*
 * The module parameter max_bytes limits the memory of all maps together. At the
 * limit, creates and inserts fail and no entry is lost. Without a limit, they fail
 * when the machine runs out of memory, and no process is killed.
 *
 * Nothing else may use the module at the same time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support.h"

#define PARAMETER	"/sys/module/bucketmap/parameters/max_bytes"
#define MIB		(1024 * 1024ULL)
#define HEADROOM	(4 * MIB)

/* More entries than fit into the headroom. */
#define TOO_MANY	(HEADROOM / 16)

static char default_limit[32];
static struct stat device;

static int write_parameter(const char *text)
{
	FILE *file = fopen(PARAMETER, "we");

	if (!file)
		return -1;
	fputs(text, file);
	return fclose(file);
}

static int save_limit(void **state)
{
	FILE *file;

	if (require_device(state) || stat(BUCKETMAP_DEVICE, &device))
		return -1;
	file = fopen(PARAMETER, "re");
	if (!file || !fgets(default_limit, sizeof(default_limit), file))
		return -1;
	return fclose(file);
}

static int restore_limit(void **state)
{
	return write_parameter(default_limit) | chmod(BUCKETMAP_DEVICE, device.st_mode & 07777) |
	       unlink_test_maps(state);
}

static void limit_bytes(__u64 bytes)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu", bytes);
	assert_ok(write_parameter(text));
}

static struct bucketmap_limits limits_now(void)
{
	struct bucketmap_limits limits = { .size = sizeof(limits) };

	assert_ok(bucketmap_limits(&limits));
	return limits;
}

static __u64 bytes_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.bytes;
}

static __u64 refusals_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.refused_memory;
}

/* Retired tables are freed some time after their last user is gone. */
static void assert_bytes_become(__u64 bytes)
{
	__u64 deadline = bucketmap_deadline(PATIENCE);

	while (limits_now().bytes != bytes && time_now() < deadline)
		sleep_for(20 * NSEC_PER_MSEC);
	assert_int_equal(limits_now().bytes, bytes);
}

/*
 * Waits until the bytes in use are @bytes and what the maps use. Retired tables are freed late,
 * and the maps may still be growing.
 */
static void assert_maps_add_bytes_to(__u64 bytes, struct bucketmap *first,
				     struct bucketmap *second)
{
	__u64 deadline = bucketmap_deadline(PATIENCE), total;

	do {
		sleep_for(20 * NSEC_PER_MSEC);
		total = bytes + bytes_of(first) + (second ? bytes_of(second) : 0);
	} while (limits_now().bytes != total && time_now() < deadline);
	assert_int_equal(limits_now().bytes, total);
}

/* The bytes in use, once they no longer change. */
static __u64 settled_bytes(void)
{
	__u64 bytes, deadline = bucketmap_deadline(PATIENCE);

	do {
		bytes = limits_now().bytes;
		sleep_for(300 * NSEC_PER_MSEC);
	} while (limits_now().bytes != bytes && time_now() < deadline);
	return bytes;
}

static int create_with(struct bucketmap **map, __u64 capacity)
{
	const struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = 8,
		.value_size = 8,
		.capacity = capacity,
	};

	return bucketmap_create(map, &config);
}

/* Inserts keys from @first up to @end, until one fails. Returns the key that failed, or @end. */
static __u64 insert_until_refused(struct bucketmap *map, __u64 first, __u64 end)
{
	__u64 key;

	for (key = first; key < end; key++) {
		__u64 value = ~key;
		int error = bucketmap_insert(map, &key, &value, 0, 0);

		if (error) {
			assert_error(error, ENOMEM);
			break;
		}
	}
	return key;
}

/* Inserts all keys, when memory is available again. */
static void insert_all(struct bucketmap *map, __u64 first, __u64 end)
{
	for (__u64 key = first; key < end; key++) {
		__u64 value = ~key;

		assert_ok(once_granted(bucketmap_insert(map, &key, &value, 0, 0)));
	}
}

static void assert_holds(struct bucketmap *map, __u64 end)
{
	assert_int_equal(entry_count(map), end);
	for (__u64 key = 0; key < end; key++) {
		__u64 value;

		assert_ok(bucketmap_lookup(map, &key, &value, 0, 0));
		assert_int_equal(value, ~key);
	}
}

static void limits_count_the_bytes_of_all_maps(void **state)
{
	struct bucketmap *first, *second;
	__u64 before = settled_bytes();

	(void)state;
	assert_ok(create_with(&first, 0));
	assert_int_equal(limits_now().bytes, before + bytes_of(first));
	assert_ok(create_with(&second, 100000));
	assert_true(bytes_of(second) > MIB);
	assert_int_equal(limits_now().bytes, before + bytes_of(first) + bytes_of(second));
	assert_int_equal(insert_until_refused(first, 0, 50000), 50000);
	assert_maps_add_bytes_to(before, first, second);
	bucketmap_close(second);
	assert_maps_add_bytes_to(before, first, NULL);
	bucketmap_close(first);
	assert_bytes_become(before);
}

/*
 * The limit permits the two tables and half a small one: each retired table must be freed
 * before the next one is allocated.
 */
static void thousand_resizes_leak_no_bytes(void **state)
{
	__u64 before = settled_bytes(), large, small;
	struct bucketmap *map;

	(void)state;
	assert_ok(create_with(&map, 0));
	assert_int_equal(insert_until_refused(map, 0, 10), 10);
	assert_ok(bucketmap_resize(map, 200, 0));
	large = bytes_of(map);
	assert_ok(bucketmap_resize(map, 0, 0));
	small = bytes_of(map);
	assert_bytes_become(before + small);
	limit_bytes(before + large + small + small / 2);
	for (int i = 0; i < 1000; i++)
		assert_ok(bucketmap_resize(map, i % 2 ? 0 : 200, 0));
	assert_maps_add_bytes_to(before, map, NULL);
	assert_holds(map, 10);
	bucketmap_close(map);
	assert_bytes_become(before);
}

static void limits_report_max_bytes(void **state)
{
	(void)state;
	limit_bytes(123 * MIB);
	assert_int_equal(limits_now().max_bytes, 123 * MIB);
	limit_bytes(0);
	assert_int_equal(limits_now().max_bytes, 0);
}

static void create_beyond_the_limit_fails(void **state)
{
	__u64 before = settled_bytes(), maps = limits_now().maps;
	struct bucketmap *map;

	(void)state;
	limit_bytes(before + HEADROOM);
	assert_error(create_with(&map, 1000000), ENOMEM);
	assert_bytes_become(before);
	assert_int_equal(limits_now().maps, maps);
	assert_ok(create_with(&map, 1000));
	bucketmap_close(map);
	limit_bytes(1);
	assert_error(create_with(&map, 0), ENOMEM);
}

static void create_may_use_the_last_byte(void **state)
{
	__u64 before = settled_bytes(), bytes;
	struct bucketmap *map;

	(void)state;
	assert_ok(create_with(&map, 1000));
	bytes = bytes_of(map);
	bucketmap_close(map);
	assert_bytes_become(before);
	limit_bytes(before + bytes - 1);
	assert_error(create_with(&map, 1000), ENOMEM);
	limit_bytes(before + bytes);
	assert_ok(create_with(&map, 1000));
	assert_int_equal(limits_now().bytes, limits_now().max_bytes);
	bucketmap_close(map);
}

static void inserts_at_the_limit_fail_and_lose_nothing(void **state)
{
	__u64 before = settled_bytes(), refused, key, value;
	struct bucketmap *map;

	(void)state;
	limit_bytes(before + HEADROOM);
	assert_ok(create_with(&map, 0));
	refused = insert_until_refused(map, 0, TOO_MANY);
	assert_in_range(refused, TOO_MANY / 5, TOO_MANY - 1);
	assert_in_range(before + bytes_of(map), before, before + HEADROOM);
	assert_int_equal(refusals_of(map), 1);
	assert_holds(map, refused);

	/* Operations that need no memory still succeed. */
	for (key = 0; key < refused; key++)
		assert_ok(bucketmap_add(map, &key, 0, 1, NULL));
	for (key = 0; key < refused; key++) {
		value = ~key;
		assert_ok(bucketmap_replace(map, &key, &value, 0, 0));
	}
	for (key = refused - 1000; key < refused; key++)
		assert_ok(bucketmap_delete(map, &key));
	assert_holds(map, refused - 1000);

	/* A higher limit permits more entries. */
	limit_bytes(before + 4 * HEADROOM);
	insert_all(map, refused - 1000, 2 * refused);
	assert_holds(map, 2 * refused);
	bucketmap_close(map);
	assert_bytes_become(before);
}

static void limit_below_usage_loses_nothing(void **state)
{
	struct bucketmap *map;
	__u64 end;

	(void)state;
	assert_ok(create_with(&map, 0));
	assert_int_equal(insert_until_refused(map, 0, 10000), 10000);
	limit_bytes(1);
	end = insert_until_refused(map, 10000, TOO_MANY);
	assert_in_range(end, 10000, TOO_MANY - 1);
	assert_holds(map, end);
	limit_bytes(0);
	insert_all(map, end, end + 10000);
	assert_holds(map, end + 10000);
	bucketmap_close(map);
}

static void resize_beyond_the_limit_changes_nothing(void **state)
{
	__u64 before = settled_bytes();
	struct bucketmap *map;

	(void)state;
	assert_ok(create_with(&map, 0));
	assert_int_equal(insert_until_refused(map, 0, 1000), 1000);
	limit_bytes(before + HEADROOM);
	assert_error(bucketmap_resize(map, 1000000, 0), ENOMEM);
	assert_holds(map, 1000);
	assert_ok(bucketmap_resize(map, 2000, 0));
	assert_holds(map, 1000);
	bucketmap_close(map);
	assert_bytes_become(before);
}

/* Several processes do this at the same time. */
static void fill_up_to_the_limit(void *context)
{
	struct bucketmap *map;
	__u64 end, key, value;

	(void)context;
	child_check(!create_with(&map, 0));
	for (end = 0; end < TOO_MANY; end++) {
		value = ~end;
		if (bucketmap_insert(map, &end, &value, 0, 0))
			break;
	}
	child_check(end < TOO_MANY);
	for (key = 0; key < end; key++)
		child_check(!bucketmap_lookup(map, &key, &value, 0, 0) && value == ~key);
	bucketmap_close(map);
}

static void concurrent_maps_share_the_limit(void **state)
{
	__u64 before = settled_bytes();
	pid_t children[4];

	(void)state;
	limit_bytes(before + HEADROOM);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = start_child(fill_up_to_the_limit, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		wait_for_success(children[i]);
	assert_bytes_become(before);
}

/* Reads the number after @name in a file of lines of names and numbers. */
static __u64 read_number(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	unsigned long long number = 0;
	char line[256], word[64];
	int found = 0;

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%63s %llu", word, &number) == 2 && !strcmp(word, name);
	fclose(file);
	assert_true(found);
	return number;
}

static void max_bytes_defaults_to_half_of_memory(void **state)
{
	__u64 half = read_number("/proc/meminfo", "MemTotal:") * 1024 / 2;

	(void)state;
	assert_in_range(strtoull(default_limit, NULL, 0), half - half / 64, half + half / 64);
	assert_int_equal(limits_now().max_bytes, strtoull(default_limit, NULL, 0));
}

#define BYSTANDER_BYTES	(16 * MIB)

/* A process that uses no map, and that an OOM killer would choose among the first. */
static void hold_memory(void *context)
{
	char *memory = malloc(BYSTANDER_BYTES);

	(void)context;
	child_check(memory);
	memset(memory, 1, BYSTANDER_BYTES);
	for (;;)
		pause();
}

/* A process that fills a map, and the key that it could not insert. */
struct filler {
	char name[BUCKETMAP_NAME_SIZE];
	__u64 refused;
};

/* Fills a map, as an unprivileged user, until an insert fails. */
static void fill_all_memory(void *context)
{
	struct bucketmap_create config = {
		.size = sizeof(config), .key_size = 8, .value_size = BUCKETMAP_VALUE_SIZE_MAX,
	};
	char value[BUCKETMAP_VALUE_SIZE_MAX];
	struct filler *filler = context;
	struct bucketmap *map;
	int error = 0;
	__u64 key;

	strcpy(config.name, filler->name);
	child_check(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534));
	child_check(!bucketmap_create(&map, &config));
	for (key = 0; !error; key++) {
		memset(value, (int)key, sizeof(value));
		error = bucketmap_insert(map, &key, value, 0, 0);
	}
	child_check(error == -ENOMEM);
	filler->refused = key - 1;
	for (key = 0; key < filler->refused; key++) {
		child_check(!bucketmap_lookup(map, &key, value, 0, 0));
		child_check(value[0] == (char)key && value[sizeof(value) - 1] == (char)key);
	}
	bucketmap_close(map);
}

/* Neither a memory cgroup nor max_bytes limits the map. */
static void filling_all_memory_fails_without_oom_kills(void **state)
{
	__u64 killed = read_number("/proc/vmstat", "oom_kill");
	struct filler *filler = shared_memory(sizeof(*filler));
	pid_t bystanders[2];

	(void)state;
	assert_ok(chmod(BUCKETMAP_DEVICE, 0666));
	limit_bytes(0);
	for (size_t i = 0; i < ARRAY_SIZE(bystanders); i++)
		bystanders[i] = start_child(hold_memory, NULL);
	strcpy(filler->name, test_name("filled"));
	wait_for_success(start_child(fill_all_memory, filler));
	print_message("# refused at %llu entries, %llu bytes\n", filler->refused,
		      limits_now().bytes);
	assert_true(filler->refused > 10000);
	assert_int_equal(read_number("/proc/vmstat", "oom_kill"), killed);
	for (size_t i = 0; i < ARRAY_SIZE(bystanders); i++)
		stop_child(bystanders[i]);
}

#define limit_test(function)	cmocka_unit_test_teardown(function, restore_limit)

int main(void)
{
	const struct CMUnitTest tests[] = {
		limit_test(max_bytes_defaults_to_half_of_memory),
		limit_test(limits_count_the_bytes_of_all_maps),
		limit_test(thousand_resizes_leak_no_bytes),
		limit_test(limits_report_max_bytes),
		limit_test(create_beyond_the_limit_fails),
		limit_test(create_may_use_the_last_byte),
		limit_test(inserts_at_the_limit_fail_and_lose_nothing),
		limit_test(limit_below_usage_loses_nothing),
		limit_test(resize_beyond_the_limit_changes_nothing),
		limit_test(concurrent_maps_share_the_limit),
		limit_test(filling_all_memory_fails_without_oom_kills),
	};

	return cmocka_run_group_tests(tests, save_limit, restore_limit);
}

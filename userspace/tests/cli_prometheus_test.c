// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's output for Prometheus. That it has the right format is for promtool to
 * say, in testbed/test-monitoring.sh.
 */
#include <grp.h>
#include <string.h>
#include <sys/stat.h>

#include "tool.h"

#define USER	1000

static const char *map_name;

static __u64 id_of(struct bucketmap *map)
{
	struct bucketmap_info info = { .size = sizeof(info) };

	assert_ok(bucketmap_info(map, &info));
	return info.id;
}

static __u64 id_of_name(const char *name)
{
	struct bucketmap *map;
	__u64 id;

	assert_ok(bucketmap_open(&map, name, BUCKETMAP_OPEN_RDONLY));
	id = id_of(map);
	bucketmap_close(map);
	return id;
}

/* Whether the output of the last run has a line. */
static bool has_line(const char *line)
{
	size_t length = strlen(line);

	for (const char *found = result.out; (found = strstr(found, line)); found++) {
		if ((found == result.out || found[-1] == '\n') && found[length] == '\n')
			return true;
	}
	return false;
}

/* The sample of a map; @label begins with a comma, or is empty. */
static bool has_sample(const char *metric, const char *shown_name, __u64 id, const char *label,
		       const char *number)
{
	char line[512];

	snprintf(line, sizeof(line), "bucketmap_%s{map=\"%s\",id=\"%llu\"%s} %s", metric,
		 shown_name, id, label, number);
	return has_line(line);
}

#define assert_sample(...)	assert_true(has_sample(__VA_ARGS__))

static void assert_succeeded(void)
{
	assert_string_equal(result.err, "");
	assert_int_equal(result.status, 0);
}

static void create(const char *suffix)
{
	map_name = test_name(suffix);
	assert_prints("", "create", map_name, "-k", "8", "-v", "8", "-n", "2");
}

static void samples_count_what_happened(void **state)
{
	__u64 id;

	(void)state;
	create("counted");
	id = id_of_name(map_name);
	assert_prints("", "put", map_name, "one", "1");
	assert_prints("", "put", map_name, "one", "2");
	assert_prints("", "put", map_name, "two", "2");
	run("put", map_name, "three", "3");
	run("put", map_name, "four", "3");
	assert_prints("", "del", map_name, "two");
	assert_prints("2\n", "get", map_name, "one");
	run("get", map_name, "two");
	run("get", map_name, "three");
	run("stats", "--prometheus");
	assert_succeeded();
	assert_sample("entries", map_name, id, "", "1");
	assert_sample("max_entries", map_name, id, "", "2");
	assert_sample("inserted_total", map_name, id, "", "2");
	assert_sample("overwritten_total", map_name, id, "", "1");
	assert_sample("deleted_total", map_name, id, "", "1");
	assert_sample("lookups_total", map_name, id, ",result=\"hit\"", "1");
	assert_sample("lookups_total", map_name, id, ",result=\"miss\"", "2");
	assert_sample("refused_total", map_name, id, ",reason=\"full\"", "2");
	assert_sample("refused_total", map_name, id, ",reason=\"memory\"", "0");
	assert_sample("migrating", map_name, id, "", "0");
	assert_sample("lookups_locked_total", map_name, id, "", "0");
	assert_sample("allocations_failed_total", map_name, id, "", "0");
	assert_non_null(strstr(result.out, "\nbucketmap_longest_allocation_seconds{"));
	assert_non_null(strstr(result.out, "\nbucketmap_maps "));
	assert_true(has_line("# TYPE bucketmap_lookups_total counter"));
	assert_true(has_line("# TYPE bucketmap_entries gauge"));
}

static void a_map_without_a_limit_has_no_sample_of_it(void **state)
{
	struct bucketmap *map = named_map("unlimited", 8, 8);

	(void)state;
	run("stats", "-p", test_name("unlimited"));
	assert_succeeded();
	assert_sample("entries", test_name("unlimited"), id_of(map), "", "0");
	assert_null(strstr(result.out, "bucketmap_max_entries{"));
	bucketmap_close(map);
}

static void one_map_is_alone(void **state)
{
	char other[BUCKETMAP_NAME_SIZE];

	(void)state;
	create("other");
	strcpy(other, map_name);
	create("wanted");
	run("stats", map_name, "--prometheus");
	assert_succeeded();
	assert_sample("entries", map_name, id_of_name(map_name), "", "0");
	assert_null(strstr(result.out, other));
	assert_null(strstr(result.out, "bucketmap_maps"));
}

static void names_are_escaped(void **state)
{
	char shown[2 * BUCKETMAP_NAME_SIZE];

	(void)state;
	create("a\"b\\c\xc3\xa4");
	snprintf(shown, sizeof(shown), "%.*sa\\\"b\\\\c\xc3\xa4",
		 (int)(strlen(map_name) - strlen("a\"b\\c\xc3\xa4")), map_name);
	run("stats", "-p");
	assert_succeeded();
	assert_sample("entries", shown, id_of_name(map_name), "", "0");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	char shown[BUCKETMAP_NAME_SIZE];

	(void)state;
	create("bad\xff");
	snprintf(shown, sizeof(shown), "%s", map_name);
	shown[strlen(shown) - 1] = '?';
	run("stats", "-p");
	assert_succeeded();
	assert_sample("entries", shown, id_of_name(map_name), "", "0");
}

static void unnamed_maps_have_an_empty_name(void **state)
{
	struct bucketmap *map = unnamed_map(8, 8);
	const __u64 key = 1, value = 1;

	(void)state;
	assert_ok(bucketmap_store(map, &key, &value, 0, 0));
	run("stats", "-p");
	assert_succeeded();
	assert_sample("entries", "", id_of(map), "", "1");
	assert_sample("inserted_total", "", id_of(map), "", "1");
	assert_sample("resizes_total", "", id_of(map), ",direction=\"grown\"", "0");
	bucketmap_close(map);
}

static void become_user(void)
{
	child_check(!setgroups(0, NULL));
	child_check(!setresgid(USER, USER, USER));
	child_check(!setresuid(USER, USER, USER));
}

static void users_see_the_maps_that_they_may_read(void **state)
{
	struct bucketmap *secret = named_map("secret", 8, 8);
	struct bucketmap *open = named_map("open", 8, 8);
	struct bucketmap *own = named_map("closed", 8, 8);
	const char *name = test_name("open");
	struct stat device;

	(void)state;
	assert_ok(stat(BUCKETMAP_DEVICE, &device));
	assert_ok(chmod(BUCKETMAP_DEVICE, 0666));
	assert_ok(bucketmap_chmod_map(secret, 0600));
	assert_ok(bucketmap_chmod_map(open, 0644));
	assert_ok(bucketmap_chmod_map(own, 0));
	assert_ok(bucketmap_chown_map(own, USER, USER));
	set_before_exec(become_user);
	run("stats", "-p");
	assert_ok(chmod(BUCKETMAP_DEVICE, device.st_mode & 0777));
	assert_succeeded();
	assert_sample("entries", name, id_of(open), "", "0");
	assert_null(strstr(result.out, "secret"));
	assert_null(strstr(result.out, "closed"));
	assert_null(strstr(result.out, "bucketmap_migrating{"));
	assert_null(strstr(result.out, "map=\"\""));
	bucketmap_close(own);
	bucketmap_close(secret);
	bucketmap_close(open);
}

static void other_options_are_refused(void **state)
{
	const char *message = "stats: --prometheus excludes the other options";

	(void)state;
	assert_refuses(1, message, "stats", "-p", "-j");
	assert_refuses(1, message, "stats", "-p", "-w");
	assert_refuses(1, message, "stats", "-s", "name", "-p");
	assert_refuses(1, message, "stats", "-i", "2", "-p");
}

static void an_absent_map_is_reported(void **state)
{
	(void)state;
	run("stats", "-p", test_name("absent"));
	assert_int_equal(result.status, 3);
	assert_string_equal(result.out, "");
	assert_non_null(strstr(result.err, "absent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(samples_count_what_happened),
		device_test(a_map_without_a_limit_has_no_sample_of_it),
		device_test(one_map_is_alone),
		device_test(names_are_escaped),
		device_test(bytes_that_are_not_utf8_are_replaced),
		device_test(unnamed_maps_have_an_empty_name),
		device_test(users_see_the_maps_that_they_may_read),
		device_test(other_options_are_refused),
		device_test(an_absent_map_is_reported),
	};

	return run_device_tests(tests);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * dump and load: load restores what dump has written, and refuses what is not a
 * complete dump.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/operand.h"
#include "tool.h"

/* The first line of a dump, with and without the optional fields. */
#define SIZES		"bucketmap dump 1 key_size=4 value_size=8"
#define FORMATS		" key_format=text value_format=dec"
#define LIMITS		" hash=siphash13 capacity=0 max_entries=0 mode=0600\n"
#define HEADER		SIZES "\n"

#define TRUNCATED	"dump truncated: no end line"
#define NO_DUMP		"line 1: not a dump, which begins with 'bucketmap dump 1'; loaded 0 entries"

#define LARGEST_ENTRY	(BUCKETMAP_KEY_SIZE_MAX + 64)

/* The map that is dumped, and the one that it is loaded into. */
static const char *original_name(void)
{
	return test_name("original");
}

static const char *copy_name(void)
{
	static char name[BUCKETMAP_NAME_SIZE];

	snprintf(name, sizeof(name), "%s", test_name("copy"));
	return name;
}

static const char *file_name(void)
{
	static char name[64];

	snprintf(name, sizeof(name), "/tmp/bucketmap-dump-%d", getpid());
	return name;
}

static int remove_maps_and_file(void **state)
{
	unlink(file_name());
	return unlink_test_maps(state);
}

static struct bucketmap *open_map(const char *name)
{
	struct bucketmap *map;

	assert_ok(bucketmap_open(&map, name, 0));
	return map;
}

static struct bucketmap *make_original(struct bucketmap_create *config)
{
	struct bucketmap *map;

	config->size = sizeof(*config);
	strcpy(config->name, original_name());
	assert_ok(bucketmap_create(&map, config));
	return map;
}

/* Bytes of all kinds that the notations must distinguish. */
static void random_bytes(unsigned char *bytes, size_t size)
{
	static const char kinds[] = "\0\0\0abhexdct:-0129\n\t \x7f\xff\xc3\xa4";

	for (size_t i = 0; i < size; i++)
		bytes[i] = kinds[random_below(sizeof(kinds))];
}

static void fill(struct bucketmap *map, const struct bucketmap_create *config, int entries)
{
	unsigned char bytes[LARGEST_ENTRY];

	for (int i = 0; i < entries; i++) {
		random_bytes(bytes, config->key_size + config->value_size);
		assert_ok(bucketmap_store(map, bytes, bytes + config->key_size, 0, 0));
	}
}

/* Both maps have the same attributes and entries. */
static void assert_equal_maps(struct bucketmap *map, struct bucketmap *copy)
{
	struct bucketmap_info info = { .size = sizeof(info) }, other = { .size = sizeof(other) };
	unsigned char value[BUCKETMAP_VALUE_SIZE_MAX];
	struct snapshot snapshot;

	assert_ok(bucketmap_info(map, &info));
	assert_ok(bucketmap_info(copy, &other));
	assert_int_equal(info.flags, other.flags);
	assert_int_equal(info.key_size, other.key_size);
	assert_int_equal(info.value_size, other.value_size);
	assert_int_equal(info.key_format, other.key_format);
	assert_int_equal(info.value_format, other.value_format);
	assert_int_equal(info.capacity, other.capacity);
	assert_int_equal(info.max_entries, other.max_entries);
	assert_int_equal(info.mode, other.mode);
	assert_int_equal(info.count, other.count);
	take_snapshot(&snapshot, map);
	for (size_t i = 0; i < snapshot.count; i++) {
		assert_ok(bucketmap_lookup(copy, snapshot.keys + i * info.key_size, value, 0, 0));
		assert_memory_equal(value, snapshot.values + i * info.value_size,
				    info.value_size);
	}
	free_snapshot(&snapshot);
}

static void check_round_trip(struct bucketmap_create *config, int entries)
{
	struct bucketmap *map = make_original(config), *copy;
	char loaded[64];

	fill(map, config, entries);
	snprintf(loaded, sizeof(loaded), "loaded %llu entries\n", entry_count(map));
	assert_prints("", "dump", original_name(), file_name());
	assert_prints(loaded, "load", copy_name(), file_name());
	copy = open_map(copy_name());
	assert_equal_maps(map, copy);
	bucketmap_close(copy);
	bucketmap_close(map);
	assert_ok(bucketmap_unlink(original_name()));
	assert_ok(bucketmap_unlink(copy_name()));
}

static void round_trip_preserves_all_formats(void **state)
{
	(void)state;
	seed_random();
	for (__u32 format = 0; format < NO_FORMAT * NO_FORMAT; format++) {
		struct bucketmap_create config = {
			.key_size = 1 + random_below(12),
			.value_size = random_below(12),
			.key_format = format % NO_FORMAT,
			.value_format = format / NO_FORMAT,
			.mode = 0600,
		};

		check_round_trip(&config, 300);
	}
}

static void round_trip_preserves_numbers_of_all_sizes(void **state)
{
	(void)state;
	for (__u32 size = 1; size <= 8; size *= 2) {
		struct bucketmap_create config = {
			.key_size = size,
			.value_size = size,
			.key_format = BUCKETMAP_FORMAT_DECIMAL,
			.value_format = BUCKETMAP_FORMAT_DECIMAL,
			.mode = 0600,
		};

		check_round_trip(&config, 300);
	}
}

static void round_trip_preserves_empty_maps_sets_and_large_entries(void **state)
{
	struct bucketmap_create empty = { .key_size = 4, .value_size = 8, .mode = 0600 };
	struct bucketmap_create set = { .key_size = 8, .mode = 0600 };
	struct bucketmap_create large = {
		.key_size = BUCKETMAP_KEY_SIZE_MAX, .value_size = 64, .mode = 0600,
	};

	(void)state;
	check_round_trip(&empty, 0);
	check_round_trip(&set, 1000);
	check_round_trip(&large, 100);
}

static void round_trip_preserves_options_of_create(void **state)
{
	struct bucketmap_create config = {
		.flags = BUCKETMAP_CREATE_SIPHASH24 | BUCKETMAP_CREATE_MAPPABLE,
		.key_size = 8,
		.value_size = 8,
		.capacity = 5000,
		.max_entries = 12345,
		.mode = 0640,
	};

	(void)state;
	check_round_trip(&config, 100);
}

static void longest_lines_can_be_loaded(void **state)
{
	unsigned char value[BUCKETMAP_VALUE_SIZE_MAX], again[sizeof(value)];
	unsigned char key[BUCKETMAP_KEY_SIZE_MAX];
	struct bucketmap_create config = {
		.key_size = sizeof(key), .value_size = sizeof(value), .mode = 0600,
	};
	struct bucketmap *map = make_original(&config), *copy;

	(void)state;
	memset(key, 0xff, sizeof(key));
	memset(value, 0xfe, sizeof(value));
	assert_ok(bucketmap_store(map, key, value, 0, 0));
	assert_prints("", "dump", original_name(), file_name());
	assert_prints("loaded 1 entries\n", "load", copy_name(), file_name());
	copy = open_map(copy_name());
	assert_ok(bucketmap_lookup(copy, key, again, 0, 0));
	assert_memory_equal(value, again, sizeof(value));
	bucketmap_close(copy);
	bucketmap_close(map);
}

static void dump_is_readable_text(void **state)
{
	(void)state;
	assert_prints("", "create", original_name(), "-k", "4", "-v", "8");
	assert_prints("", "put", original_name(), "hex:00ff", "7");
	assert_prints(SIZES FORMATS LIMITS "hex:00ff0000\t7\nend 1\n", "dump", original_name());
}

static void dash_is_standard_input_or_output(void **state)
{
	static const char text[] = SIZES FORMATS LIMITS "key\t1\nend 1\n";

	(void)state;
	set_input(text, sizeof(text) - 1);
	assert_prints("loaded 1 entries\n", "load", original_name(), "-");
	assert_prints(text, "dump", original_name(), "-");
	assert_prints(text, "dump", "--", original_name(), "-");
	assert_int_equal(access("-", F_OK), -1);
}

static void dump_file_is_private_to_the_user(void **state)
{
	struct stat status;

	(void)state;
	assert_prints("", "create", original_name(), "-k", "4", "-v", "8");
	assert_prints("", "dump", original_name(), file_name());
	assert_int_equal(stat(file_name(), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void load_keeps_other_entries(void **state)
{
	static const char text[] = HEADER "both\t3\nnew\t4\nend 2\n";

	(void)state;
	assert_prints("", "create", copy_name(), "-k", "4", "-v", "8", "-K", "hex");
	assert_prints("", "put", copy_name(), "text:old", "1");
	assert_prints("", "put", copy_name(), "text:both", "2");
	set_input(text, strlen(text));
	assert_prints("loaded 2 entries\n", "load", copy_name());
	assert_prints("1\n", "get", copy_name(), "text:old");
	assert_prints("3\n", "get", copy_name(), "text:both");
	assert_prints("4\n", "get", copy_name(), "text:new");
}

/* Loading @text fails with @status and @problem. */
static void assert_not_loaded(int status, const char *text, const char *problem)
{
	char message[256];

	snprintf(message, sizeof(message), "load: standard input: %s", problem);
	set_input(text, strlen(text));
	assert_refuses(status, message, "load", copy_name());
	run("rm", copy_name());
}

static void assert_no_dump(const char *text, const char *problem)
{
	assert_not_loaded(3, text, problem);
}

static void invalid_header_is_refused(void **state)
{
	static const char *const fields[] = {
		"key_size=0", "key_size=257", "key_size=-1", "key_size=", "key_size",
		"value_size=4097", "key_format=octal", "value_format=", "hash=md5", "capacity=x",
		"mode=1000", "mode=9", "max_entries=18446744073709551616", "color=red", "",
	};

	(void)state;
	assert_no_dump("", "line 1: " TRUNCATED "; loaded 0 entries");
	assert_no_dump("a\t1\n", NO_DUMP);
	assert_no_dump("bucketmap dump 2 key_size=4 value_size=8\nend 0\n", NO_DUMP);
	assert_no_dump("bucketmap dump 1 key_size=4\nend 0\n",
		       "line 1: the header has no key_size or no value_size; loaded 0 entries");
	assert_no_dump("bucketmap dump 1 value_size=4\nend 0\n",
		       "line 1: the header has no key_size or no value_size; loaded 0 entries");
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		char header[128], problem[128];

		snprintf(header, sizeof(header),
			 "bucketmap dump 1 key_size=4 value_size=8 %s\nend 0\n", fields[i]);
		snprintf(problem, sizeof(problem),
			 "line 1: unknown or invalid field '%.*s' in the header; loaded 0 entries",
			 (int)strcspn(fields[i], "="), fields[i]);
		assert_no_dump(header, problem);
	}
}

static void invalid_entry_is_refused_with_its_line_number(void **state)
{
	(void)state;
	assert_no_dump(HEADER "a\t1\nb\t2\n\nend 3\n",
		       "line 4: neither 'key<TAB>value' nor 'end NUMBER'; loaded 2 entries");
	assert_no_dump(HEADER "a\t1\nlonger\t2\nend 2\n",
		       "line 3: too long; loaded 1 entries");
	assert_no_dump(HEADER "a\tb\nend 1\n",
		       "line 2: not a decimal number; loaded 0 entries");
	assert_no_dump(HEADER "a\t1\t2\nend 1\n",
		       "line 2: not a decimal number; loaded 0 entries");
}

static void truncated_dump_is_refused(void **state)
{
	static const char complete[] = HEADER "a\t1\nb\t23\nend 2\n";
	/* It is complete even without its last newline. */
	const size_t end = sizeof(complete) - 2;

	(void)state;
	for (size_t size = 0; size < end; size++) {
		set_input(complete, size);
		assert_int_equal(run("load", copy_name()), 3);
		assert_non_null(strstr(result.err, "; loaded "));
		run("rm", copy_name());
	}
	set_input(complete, end);
	assert_prints("loaded 2 entries\n", "load", copy_name());
	assert_prints("", "rm", copy_name());
	assert_no_dump(HEADER "a\t1\n", "line 3: " TRUNCATED "; loaded 1 entries");
	assert_no_dump(HEADER "a\t1\nend 2\n",
		       "line 3: the end line says 2 entries, but there are 1; loaded 1 entries");
	assert_no_dump(HEADER "end 0\n\n",
		       "line 2: data after the end of the dump; loaded 0 entries");
}

#define CUT_OFF	"load: standard input: line 3: " TRUNCATED "; loaded 1 entries"

static void truncated_line_is_not_stored(void **state)
{
	static const char *const dumps[] = {
		HEADER "a\t1\nb\t67", HEADER "a\t1\nb\t678", HEADER "a\t1\nb\t", HEADER "a\t1\nb",
	};

	(void)state;
	assert_prints("", "create", copy_name(), "-k", "4", "-v", "8");
	assert_prints("", "put", copy_name(), "b", "678");
	for (size_t i = 0; i < ARRAY_SIZE(dumps); i++) {
		set_input(dumps[i], strlen(dumps[i]));
		assert_refuses(3, CUT_OFF, "load", copy_name());
		assert_prints("678\n", "get", copy_name(), "b");
	}
	set_input(HEADER "b\t67\0\0", sizeof(HEADER "b\t67\0\0") - 1);
	assert_int_equal(run("load", copy_name()), 3);
	assert_prints("678\n", "get", copy_name(), "b");
}

static void truncated_header_creates_no_map(void **state)
{
	static const char text[] = SIZES " max_entries=1";

	(void)state;
	set_input(text, strlen(text));
	assert_refuses(3, "load: standard input: line 1: " TRUNCATED "; loaded 0 entries",
		       "load", copy_name());
	assert_int_equal(run("info", copy_name()), 3);
}

/* A dump from a file or a pipe is loaded only if it is valid to its end. */
static void check_first_changes_nothing_if_dump_is_invalid(void **state)
{
	static const char *const bad[] = {
		HEADER "a\t1\nb\t67", HEADER "a\t1\n", HEADER "a\t1\nend 2\n",
		HEADER "a\t1\nb\tx\n", HEADER "a\t1\nend 1\n\n",
	};
	struct tool_process load;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set_input(bad[i], strlen(bad[i]));
		assert_int_equal(run("load", "--check-first", copy_name()), 3);
		assert_non_null(strstr(result.err, "; loaded 0 entries\n"));
		assert_int_equal(run("info", copy_name()), 3);
		load = start("load", "-c", copy_name());
		assert_int_equal(write(load.in, bad[i], strlen(bad[i])), strlen(bad[i]));
		close(load.in);
		assert_non_null(strstr(next_line(&load), "; loaded 0 entries"));
		load.in = dup(STDIN_FILENO);
		assert_int_equal(end_tool(&load, 0), 3);
		assert_int_equal(run("info", copy_name()), 3);
	}
}

static void check_first_loads_a_valid_dump(void **state)
{
	static const char good[] = HEADER "a\t1\nb\t678\nend 2";
	struct tool_process load;

	(void)state;
	set_input(good, strlen(good));
	assert_prints("loaded 2 entries\n", "load", "-c", copy_name());
	assert_prints("678\n", "get", copy_name(), "b");
	assert_prints("", "rm", copy_name());
	load = start("load", "-c", copy_name());
	assert_int_equal(write(load.in, good, strlen(good)), strlen(good));
	close(load.in);
	assert_string_equal(next_line(&load), "loaded 2 entries");
	load.in = dup(STDIN_FILENO);
	assert_int_equal(end_tool(&load, 0), 0);
	assert_prints("678\n", "get", copy_name(), "b");
}

static void zero_byte_is_refused(void **state)
{
	static const char text[] = HEADER "a\0b\t1\nend 1\n";

	(void)state;
	set_input(text, sizeof(text) - 1);
	assert_int_equal(run("load", copy_name()), 3);
	assert_non_null(strstr(result.err, ": line 2: a zero byte, which has no place"));
}

static void load_into_map_of_other_sizes_is_refused(void **state)
{
	static const char text[] = HEADER "end 0\n";
	char message[256];

	(void)state;
	snprintf(message, sizeof(message),
		 "load: %s: keys of 4 and values of 4 bytes, but 4 and 8 in the dump",
		 copy_name());
	assert_prints("", "create", copy_name(), "-k", "4", "-v", "4");
	set_input(text, strlen(text));
	assert_refuses(3, message, "load", copy_name());
}

static void full_map_is_reported_with_line_and_loaded_count(void **state)
{
	(void)state;
	assert_prints("", "create", copy_name(), "-k", "4", "-v", "8", "-n", "2");
	assert_not_loaded(2, HEADER "a\t1\nb\t2\nc\t3\na\t4\nd\t5\nend 5\n",
			  "line 4: " FULL(2) "; loaded 3 entries");
}

static void unusable_files_are_errors(void **state)
{
	(void)state;
	assert_prints("", "create", original_name(), "-k", "4", "-v", "8");
	assert_refuses(2, "load: /nowhere: No such file or directory",
		       "load", copy_name(), "/nowhere");
	assert_refuses(2, "load: /tmp: line 1: Is a directory; loaded 0 entries",
		       "load", copy_name(), "/tmp");
	assert_refuses(2, "dump: /nowhere/file: No such file or directory",
		       "dump", original_name(), "/nowhere/file");
	assert_refuses(2, "dump: /dev/full: No space left on device",
		       "dump", original_name(), "/dev/full");
}

static void interrupted_load_reports_loaded_count(void **state)
{
	static const char begun[] = HEADER "a\t1\nb\t2\n";
	struct tool_process load;
	char message[256];

	(void)state;
	load = start("load", copy_name());
	assert_int_equal(write(load.in, begun, strlen(begun)), strlen(begun));
	/*
	 * The map exists once the header is read, and the entries do once the
	 * tool waits for more.
	 */
	while (run("info", copy_name()))
		;
	wait_until_blocked(&load);
	assert_int_equal(kill(load.pid, SIGINT), 0);
	snprintf(message, sizeof(message),
		 "bucketmap: load: standard input: interrupted; loaded 2 entries");
	assert_string_equal(next_line(&load), message);
	assert_int_equal(end_tool(&load, 0), 2);
	assert_prints("2\n", "get", copy_name(), "b");
}

static void store_numbers(struct bucketmap *map, __u64 from, __u64 to)
{
	static __u64 keys[4096];
	static __s32 results[ARRAY_SIZE(keys)];

	while (from < to) {
		struct bucketmap_batch batch = {
			.size = sizeof(batch),
			.operation = BUCKETMAP_STORE,
			.keys = (uintptr_t)keys,
			.values = (uintptr_t)keys,
			.results = (uintptr_t)results,
		};

		while (from < to && batch.count < ARRAY_SIZE(keys))
			keys[batch.count++] = from++;
		assert_ok(bucketmap_batch(map, &batch));
	}
}

/*
 * More than the tool needs for any map, less than it needs together with the
 * entries of this one.
 */
#define MEMORY_LIMIT		(4 << 20)
#define ENTRIES		200000

static void memory_use_is_independent_of_entry_count(void **state)
{
	struct bucketmap_create config = { .key_size = 8, .value_size = 8, .mode = 0600 };
	struct bucketmap *map = make_original(&config);
	char loaded[64];

	(void)state;
	store_numbers(map, 0, ENTRIES);
	snprintf(loaded, sizeof(loaded), "loaded %d entries\n", ENTRIES);
	set_memory_limit(MEMORY_LIMIT);
	assert_prints("", "dump", original_name(), file_name());
	set_memory_limit(MEMORY_LIMIT);
	assert_prints(loaded, "load", copy_name(), file_name());
	set_memory_limit(MEMORY_LIMIT);
	assert_prints("", "-j", "dump", original_name(), "/dev/null");
	bucketmap_close(map);
}

#define dump_test(function)	cmocka_unit_test_teardown(function, remove_maps_and_file)

int main(void)
{
	const struct CMUnitTest tests[] = {
		dump_test(round_trip_preserves_all_formats),
		dump_test(round_trip_preserves_numbers_of_all_sizes),
		dump_test(round_trip_preserves_empty_maps_sets_and_large_entries),
		dump_test(round_trip_preserves_options_of_create),
		dump_test(longest_lines_can_be_loaded),
		dump_test(dump_is_readable_text),
		dump_test(dash_is_standard_input_or_output),
		dump_test(dump_file_is_private_to_the_user),
		dump_test(load_keeps_other_entries),
		dump_test(invalid_header_is_refused),
		dump_test(invalid_entry_is_refused_with_its_line_number),
		dump_test(truncated_dump_is_refused),
		dump_test(truncated_line_is_not_stored),
		dump_test(truncated_header_creates_no_map),
		dump_test(check_first_changes_nothing_if_dump_is_invalid),
		dump_test(check_first_loads_a_valid_dump),
		dump_test(zero_byte_is_refused),
		dump_test(load_into_map_of_other_sizes_is_refused),
		dump_test(full_map_is_reported_with_line_and_loaded_count),
		dump_test(unusable_files_are_errors),
		dump_test(interrupted_load_reports_loaded_count),
		dump_test(memory_use_is_independent_of_entry_count),
	};

	return run_device_tests(tests);
}

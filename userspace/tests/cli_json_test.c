// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's JSON output, parsed by a JSON library.
 */
#include <string.h>

#include <jansson.h>

#include "tool.h"

static const char *map_name;

static void create(const char *suffix, const char *key_size, const char *value_size)
{
	map_name = test_name(suffix);
	assert_prints("", "create", map_name, "-k", key_size, "-v", value_size);
}

/* The output of the last run, which must be exactly one JSON value. */
static json_t *parse_output(void)
{
	json_error_t error;
	json_t *value;

	assert_string_equal(result.err, "");
	assert_int_equal(result.status, 0);
	value = json_loads(result.out, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (!value)
		print_error("# %s in: %s\n", error.text, result.out);
	assert_non_null(value);
	return value;
}

#define output_of(...)	(run("-j", __VA_ARGS__), parse_output())

/* The value equals @expected. */
static void assert_json(json_t *value, const char *expected)
{
	json_t *other = json_loads(expected, JSON_DECODE_ANY, NULL);

	assert_non_null(other);
	if (!json_equal(value, other))
		print_error("# %s is not %s\n", result.out, expected);
	assert_true(json_equal(value, other));
	json_decref(other);
	json_decref(value);
}

static void subcommands_without_output_print_no_json(void **state)
{
	(void)state;
	map_name = test_name("quiet");
	assert_prints("", "-j", "create", map_name, "-k", "8", "-v", "8");
	assert_prints("", "--json", "put", map_name, "key", "1");
	assert_prints("", "-j", "cas", map_name, "key", "1", "2");
	assert_prints("", "-j", "del", map_name, "key");
	assert_prints("", "-j", "resize", map_name, "--fit");
	assert_prints("", "-j", "clear", map_name);
	assert_prints("", "-j", "rm", map_name);
}

static void entries_are_objects_with_key_and_value(void **state)
{
	(void)state;
	create("entries", "4", "8");
	assert_json(output_of("scan", map_name), "[]");
	assert_json(output_of("add", map_name, "key", "5"), "{\"key\": \"key\", \"sum\": 5}");
	assert_json(output_of("max", map_name, "key", "4"), "{\"key\": \"key\", \"max\": 5}");
	assert_json(output_of("get", map_name, "key"), "{\"key\": \"key\", \"value\": 5}");
	assert_json(output_of("scan", map_name), "[{\"key\": \"key\", \"value\": 5}]");
	assert_prints("", "put", map_name, "a\"\\z", "1");
	assert_json(output_of("get", map_name, "a\"\\z"),
		    "{\"key\": \"a\\\"\\\\z\", \"value\": 1}");
	assert_prints("", "put", map_name, "hex:c3a40a", "1");
	assert_json(output_of("get", map_name, "hex:c3a40a"),
		    "{\"key\": \"hex:c3a40a00\", \"value\": 1}");
}

static void assert_member(json_t *object, const char *name, const char *expected)
{
	assert_json(json_incref(json_object_get(object, name)), expected);
}

static void numbers_beyond_53_bits_are_strings(void **state)
{
	(void)state;
	create("large", "4", "8");
	assert_json(output_of("add", map_name, "k", "9007199254740992"),
		    "{\"key\": \"k\", \"sum\": 9007199254740992}");
	assert_json(output_of("add", map_name, "k", "1"),
		    "{\"key\": \"k\", \"sum\": \"9007199254740993\"}");
	assert_json(output_of("get", map_name, "k"),
		    "{\"key\": \"k\", \"value\": \"9007199254740993\"}");
	assert_json(output_of("scan", map_name),
		    "[{\"key\": \"k\", \"value\": \"9007199254740993\"}]");
	assert_json(output_of("top", map_name),
		    "[{\"key\": \"k\", \"number\": \"9007199254740993\"}]");
	assert_json(output_of("wait", map_name, "k", "--value", "9007199254740993"),
		    "{\"key\": \"k\", \"value\": \"9007199254740993\"}");
	assert_prints("", "put", map_name, "k", "-1");
	assert_json(output_of("get", map_name, "k"),
		    "{\"key\": \"k\", \"value\": \"18446744073709551615\"}");
}

static void limits_beyond_53_bits_are_strings(void **state)
{
	json_t *value;

	(void)state;
	map_name = test_name("unlimited");
	assert_prints("", "create", map_name, "-k", "4", "-v", "8", "-n", "9007199254740993");
	value = output_of("info", map_name);
	assert_member(value, "max_entries", "\"9007199254740993\"");
	json_decref(value);
}

static void formats_select_numbers_or_strings(void **state)
{
	(void)state;
	map_name = test_name("formats");
	assert_prints("", "create", map_name, "-k", "2", "-v", "3", "-K", "dec", "-V", "hex");
	assert_prints("", "put", map_name, "513", "00ff");
	assert_json(output_of("scan", map_name), "[{\"key\": 513, \"value\": \"00ff00\"}]");
}

static void assert_describes_map(json_t *object)
{
	assert_member(object, "key_size", "4");
	assert_member(object, "value_size", "8");
	assert_member(object, "key_format", "\"text\"");
	assert_member(object, "value_format", "\"dec\"");
	assert_member(object, "hash", "\"siphash13\"");
	assert_member(object, "entries", "1");
	assert_member(object, "mode", "\"0600\"");
	assert_member(object, "uid", "0");
	assert_string_equal(json_string_value(json_object_get(object, "name")), map_name);
}

static void info_ls_and_dump_describe_maps(void **state)
{
	json_t *value;

	(void)state;
	create("described", "4", "8");
	assert_prints("", "put", map_name, "key", "1");
	value = output_of("info", map_name);
	assert_describes_map(value);
	assert_member(value, "lookup_misses", "0");
	assert_member(value, "inserted", "1");
	assert_member(value, "shrunk", "0");
	json_decref(value);
	value = output_of("ls");
	assert_describes_map(json_array_get(value, json_array_size(value) - 1));
	json_decref(value);
	value = output_of("dump", map_name);
	assert_describes_map(json_object_get(value, "map"));
	assert_member(value, "entries", "[{\"key\": \"key\", \"value\": 1}]");
	json_decref(value);
}

static void large_array_is_valid(void **state)
{
	struct bucketmap *map = named_map("many", 4, 4);
	json_t *value;

	(void)state;
	for (__u32 i = 0; i < 20000; i++)
		assert_ok(bucketmap_store(map, &i, &i, 0, 0));
	value = output_of("scan", test_name("many"));
	assert_int_equal(json_array_size(value), 20000);
	json_decref(value);
	bucketmap_close(map);
}

static void count_load_and_top_report_numbers(void **state)
{
	(void)state;
	create("counted", "4", "8");
	set_input("two two three", 13);
	assert_json(output_of("count-words", map_name), "{\"counted\": 2, \"skipped\": 1}");
	set_input("bucketmap dump 1 key_size=4 value_size=8\none\t1\nend 1\n", 53);
	assert_json(output_of("load", map_name), "{\"loaded\": 1}");
	assert_json(output_of("top", map_name, "-n", "1"),
		    "[{\"key\": \"two\", \"number\": 2}]");
}

static void stats_are_objects(void **state)
{
	json_t *value;

	(void)state;
	create("observed", "4", "8");
	assert_prints("", "put", map_name, "key", "1");
	value = output_of("stats", map_name);
	assert_member(json_object_get(value, "stats"), "count", "1");
	assert_member(json_object_get(value, "stats"), "inserted", "1");
	assert_member(json_object_get(value, "stats"), "hash", "\"siphash13\"");
	assert_true(json_is_real(json_object_get(json_object_get(value, "stats"), "load_factor")));
	assert_member(json_object_get(value, "chains"), "longest", "1");
	assert_true(json_is_string(json_object_get(json_object_get(value, "resize"), "state")));
	json_decref(value);
	value = output_of("stats");
	assert_member(json_object_get(value, map_name), "count", "1");
	json_decref(value);
}

static void wait_reports_the_entry(void **state)
{
	(void)state;
	create("awaited", "4", "8");
	assert_json(output_of("wait", map_name, "key", "--absent"),
		    "{\"key\": \"key\", \"value\": null}");
	assert_prints("", "put", map_name, "key", "3");
	assert_json(output_of("wait", map_name, "key", "--value", "3"),
		    "{\"key\": \"key\", \"value\": 3}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(subcommands_without_output_print_no_json),
		device_test(entries_are_objects_with_key_and_value),
		device_test(numbers_beyond_53_bits_are_strings),
		device_test(limits_beyond_53_bits_are_strings),
		device_test(formats_select_numbers_or_strings),
		device_test(info_ls_and_dump_describe_maps),
		device_test(large_array_is_valid),
		device_test(count_load_and_top_report_numbers),
		device_test(stats_are_objects),
		device_test(wait_reports_the_entry),
	};

	return run_device_tests(tests);
}

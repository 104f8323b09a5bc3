// SPDX-License-Identifier: GPL-2.0
/*
 * load: JSON, as -j prints it, and lines with tabs.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define SESSION		"u64:hits,i64:score,text:16:user"

static char original[BUCKETMAP_NAME_SIZE], copy[BUCKETMAP_NAME_SIZE];

static void create(const char *suffix, const char *key_format, const char *value_format)
{
	strcpy(original, test_name(suffix));
	snprintf(copy, sizeof(copy), "%s.copy", original);
	assert_prints("", "create", original, "-K", key_format, "-V", value_format);
}

static void set_text_input(const char *text)
{
	set_input(text, strlen(text));
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The last output with its lines sorted, in memory that the caller frees. */
static char *sorted_output(void)
{
	char *lines[1000] = { NULL }, *text = strdup(result.out), *sorted = strdup(result.out);
	size_t count = 0;

	for (char *line = strtok(text, "\n"); line && count < ARRAY_SIZE(lines);
	     line = strtok(NULL, "\n"))
		lines[count++] = line;
	qsort(lines, count, sizeof(lines[0]), compare_lines);
	*sorted = '\0';
	for (size_t i = 0; i < count; i++)
		strcat(strcat(sorted, lines[i]), "\n");
	free(text);
	return sorted;
}

static void assert_same_entries(const char *one, const char *other)
{
	char *expected, *found;

	assert_int_equal(run("scan", one), 0);
	expected = sorted_output();
	assert_int_equal(run("scan", other), 0);
	found = sorted_output();
	assert_string_equal(expected, found);
	free(expected);
	free(found);
}

/* What this run prints can be loaded into the copy, which then equals the original. */
static void assert_loads(const char *const print[], const char *const load[], int entries)
{
	char *text, expected[64];

	assert_int_equal(run_tool(print), 0);
	text = strdup(result.out);
	set_text_input(text);
	run_tool(load);
	snprintf(expected, sizeof(expected), "loaded %d entries\n", entries);
	assert_printed(expected);
	assert_same_entries(original, copy);
	free(text);
}

#define COMMAND(...)	((const char *const[]) { "bucketmap", __VA_ARGS__, NULL })

static void fill_sessions(void)
{
	create("sessions", "text:8", SESSION);
	assert_prints("", "put", original, "alice", "5,-7,a\"b\\c");
	assert_prints("", "put", original, "bo,b",
		      "18446744073709551615,9007199254740993,hex:612c");
	assert_prints("", "put", original, "hex:00ff", "0,-9223372036854775808,");
	assert_prints("", "put", original, "\xc3\xa4", "1,1,hex:0a");
}

static void json_dump_is_loaded(void **state)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *map;

	(void)state;
	fill_sessions();
	assert_loads(COMMAND("-j", "dump", original), COMMAND("load", copy), 4);
	assert_ok(bucketmap_open(&map, copy, BUCKETMAP_OPEN_RDONLY));
	assert_ok(bucketmap_info(map, &info));
	assert_string_equal(info.value_fields, SESSION);
	assert_int_equal(info.key_format, BUCKETMAP_FORMAT_TEXT);
	assert_int_equal(info.mode, 0600);
	bucketmap_close(map);
}

static void all_attributes_are_loaded_from_json(void **state)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *map;
	char *text;

	(void)state;
	strcpy(original, test_name("attributes"));
	snprintf(copy, sizeof(copy), "%s.copy", original);
	assert_prints("", "create", original, "-k", "4", "-v", "2", "-K", "ipv4", "-V", "hex",
		      "-c", "100", "-n", "9007199254740993", "-m", "640", "--hash=xxh64");
	assert_int_equal(run("-j", "dump", original), 0);
	text = strdup(result.out);
	set_text_input(text);
	assert_prints("loaded 0 entries\n", "load", copy);
	assert_ok(bucketmap_open(&map, copy, BUCKETMAP_OPEN_RDONLY));
	assert_ok(bucketmap_info(map, &info));
	assert_int_equal(info.key_format, BUCKETMAP_FORMAT_IPV4);
	assert_int_equal(info.value_format, BUCKETMAP_FORMAT_HEX);
	assert_int_equal(info.capacity, 100);
	assert_int_equal(info.max_entries, 9007199254740993);
	assert_int_equal(info.mode, 0640);
	assert_int_equal(info.flags, BUCKETMAP_CREATE_XXH64);
	bucketmap_close(map);
	free(text);
}

static void json_scan_is_loaded_into_a_map_that_exists(void **state)
{
	(void)state;
	fill_sessions();
	assert_prints("", "create", copy, "-K", "text:8", "-V", SESSION);
	assert_loads(COMMAND("-j", "scan", original), COMMAND("load", copy), 4);
	create("flows", "ipv4:from,u16:port", "i32");
	assert_prints("", "put", original, "10.0.0.1,443", "-1");
	assert_prints("", "create", copy, "-K", "ipv4:from,u16:port", "-V", "i32");
	assert_loads(COMMAND("-j", "scan", original), COMMAND("load", "--check-first", copy), 1);
	assert_prints("", "clear", original);
	assert_prints("", "clear", copy);
	assert_loads(COMMAND("-j", "scan", original), COMMAND("load", copy), 0);
	set_text_input("[]\n");
	assert_refuses(3, "load: nowhere: no such map", "load", "nowhere");
}

static void json_of_sets_and_many_entries_is_loaded(void **state)
{
	struct bucketmap *map;

	(void)state;
	strcpy(original, test_name("set"));
	snprintf(copy, sizeof(copy), "%s.copy", original);
	map = named_map("set", 8, 0);
	for (__u64 i = 1; i <= 700; i++)
		assert_ok(bucketmap_store(map, &i, NULL, 0, 0));
	bucketmap_close(map);
	assert_loads(COMMAND("-j", "dump", original), COMMAND("load", "-c", copy), 700);
}

#define SPREAD	"{\n  \"value\" : { \"t\":\"x\",\n \"n\" : 7 } , \"key\":\"a\" }"
#define AS_TEXT	"{\"key\":\"b\",\"value\":\"8,y\"}"
#define ESCAPED	"{\"key\":\"c\",\"more\":1,\"value\":{\"n\":\"9\",\"t\":\"\\u00e4\"}}"

static void json_may_be_formatted_in_other_ways(void **state)
{
	static const char text[] = "[ " SPREAD "\n\t," AS_TEXT "," ESCAPED "]";

	(void)state;
	create("pretty", "text:4", "u64:n,text:4:t");
	set_text_input(text);
	assert_prints("loaded 3 entries\n", "load", original);
	assert_prints("a\t7,x\nb\t8,y\nc\t9,\xc3\xa4\n", "mget", original, "a", "b", "c");
}

static void malformed_json_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text;
		const char *problem;
	} cases[] = {
		{ "[\n{\"key\": \"a\", \"value\": 1},\n{\"key\": \"b\"",
		  "line 3: JSON truncated; loaded 1 entries" },
		{ "[\n{\"key\": \"a\", \"value\": 1}", "line 2: JSON truncated; loaded 1 entries" },
		{ "[\n{\"key\": \"a\", \"value\": 1}\n{}",
		  "line 3: no comma between two entries; loaded 1 entries" },
		{ "[{\"key\": \"a\"}]", "line 1: an entry without key or value; loaded 0 entries" },
		{ "[{\"key\": \"abcde\", \"value\": 1}]", "line 1: too long; loaded 0 entries" },
		{ "[{\"key\": 5, \"value\": 1}]",
		  "line 1: a JSON value of the wrong type; loaded 0 entries" },
		{ "[{\"key\": \"a\", \"value\": 1.5}]",
		  "line 1: a JSON value of the wrong type; loaded 0 entries" },
		{ "[{\"key\": \"a\", \"value\": {\"n\": 1}}]",
		  "line 1: a JSON value of the wrong type; loaded 0 entries" },
		{ "[{\"key\": \"a\", \"key\": \"b\", \"value\": 1}]",
		  "line 1: not a JSON object; loaded 0 entries" },
		{ "[]\n[]", "line 2: data after the end of the dump; loaded 0 entries" },
		{ "[1]", "line 1: not JSON as dump and scan print it; loaded 0 entries" },
		{ "{\"entries\": []}",
		  "line 1: \"map\" must come before \"entries\"; loaded 0 entries" },
		{ "{\"maps\": []}", "line 1: neither \"map\" nor \"entries\"; loaded 0 entries" },
		{ "{\"map\": {\"key_size\": 4}, \"entries\": []}",
		  "line 1: the header has no key_size or no value_size; loaded 0 entries" },
		{ "{\"map\": {\"key_size\": 4, \"value_size\": 8, \"hash\": \"ipv4\"}}",
		  "line 1: unknown or invalid field 'hash' in the header; loaded 0 entries" },
		{ "{\"map\": {\"key_size\": 4, \"value_size\": 8}, \"entries\": []",
		  "line 1: JSON truncated; loaded 0 entries" },
	};

	(void)state;
	create("malformed", "text:4", "u64");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char message[256];

		snprintf(message, sizeof(message), "load: standard input: %s", cases[i].problem);
		set_text_input(cases[i].text);
		assert_refuses(3, message, "load", original);
	}
}

static void fields_of_a_struct_must_be_those_of_the_map(void **state)
{
	static const char *const values[] = {
		"{\"n\": 1}", "{\"n\": 1, \"t\": \"x\", \"u\": 2}", "{\"n\": 1, \"u\": \"x\"}",
	};

	(void)state;
	create("fields", "text:4", "u64:n,text:4:t");
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char text[128];

		snprintf(text, sizeof(text), "[{\"key\": \"a\", \"value\": %s}]", values[i]);
		set_text_input(text);
		assert_refuses(3, "load: standard input: line 1: not the fields of the struct;"
			       " loaded 0 entries", "load", original);
	}
}

static void lines_with_tabs_are_loaded(void **state)
{
	(void)state;
	fill_sessions();
	assert_prints("", "create", copy, "-K", "text:8", "-V", SESSION);
	assert_loads(COMMAND("scan", original), COMMAND("load", copy, "--tsv"), 4);
	create("plain", "text:8", "u64");
	set_text_input("end 2\t5\nlast\t6");
	assert_prints("loaded 2 entries\n", "load", "-t", original);
	assert_prints("5\n", "get", original, "end 2");
	assert_prints("6\n", "get", original, "last");
	set_text_input("a\t1\n\nb\t2\n");
	assert_refuses(3, "load: standard input: line 2: no tab between a key and a value;"
		       " loaded 1 entries", "load", "--tsv", original);
	set_text_input("c\t1\nd\tx\n");
	assert_refuses(3, "load: standard input: line 2: not a decimal number; loaded 0 entries",
		       "load", "--tsv", "--check-first", original);
	assert_refuses(3, "load: nowhere: no such map", "load", "--tsv", "nowhere");
}

static void keys_alone_are_loaded_into_a_set(void **state)
{
	(void)state;
	strcpy(original, test_name("keys"));
	assert_prints("", "create", original, "-k", "8", "-v", "0");
	set_text_input("alice\nbob\t\n");
	assert_prints("loaded 2 entries\n", "load", "--tsv", original);
	assert_prints("", "exists", original, "alice", "bob");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(json_dump_is_loaded),
		device_test(all_attributes_are_loaded_from_json),
		device_test(json_scan_is_loaded_into_a_map_that_exists),
		device_test(json_of_sets_and_many_entries_is_loaded),
		device_test(json_may_be_formatted_in_other_ways),
		device_test(malformed_json_is_refused_with_its_line),
		device_test(fields_of_a_struct_must_be_those_of_the_map),
		device_test(lines_with_tabs_are_loaded),
		device_test(keys_alone_are_loaded_into_a_set),
	};

	return run_device_tests(tests);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * batch: operations that the tool reads from a pipe.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define UNEXPECTED	3

static char map_name[BUCKETMAP_NAME_SIZE - 8];
static char *script;
static size_t script_size;
static FILE *script_file;

static void create(const char *suffix, const char *key_format, const char *value_format)
{
	strcpy(map_name, test_name(suffix));
	assert_prints("", "create", map_name, "-K", key_format, "-V", value_format);
	script_file = open_memstream(&script, &script_size);
	assert_non_null(script_file);
}

/* Adds a line: "SUBCOMMAND MAP REST". */
static void line(const char *subcommand, const char *rest)
{
	fprintf(script_file, "%s %s %s\n", subcommand, map_name, rest);
}

static void run_script(void)
{
	assert_ok(fclose(script_file));
	set_input(script, script_size);
	run("batch");
	free(script);
}

static void operations_are_done_in_order(void **state)
{
	(void)state;
	create("order", "text:8", "i64");
	line("put", "a 1");
	line("get", "a");
	line("put", "a 2");
	line("put", "b -3");
	line("get", "a");
	line("get", "b");
	line("add", "a -5");
	line("swap", "a 7");
	line("cas", "a 7 8");
	line("insert", "c 1");
	line("replace", "c 4");
	line("mget", "a b c");
	line("exists", "a c");
	line("getdel", "c");
	line("cad", "b -3");
	line("del", "a");
	run_script();
	assert_printed("1\n2\n-3\n-3\n-3\na\t8\nb\t-3\nc\t4\n4\n");
	assert_prints("", "scan", map_name);
}

static void words_may_be_quoted(void **state)
{
	(void)state;
	create("quoted", "text:8", "text:8");
	fprintf(script_file, "# a comment\n\nput '%s' \"a b\" 'c d'\n", map_name);
	line("put", "'' --");
	line("get", "'a b'");
	line("get", "hex:00");
	run_script();
	assert_printed("c d\n--\n");
}

static void fields_and_maps_may_change(void **state)
{
	char other[BUCKETMAP_NAME_SIZE];

	(void)state;
	create("fields", "text:8", "u64:hits,text:8:user");
	snprintf(other, sizeof(other), "%s.other", map_name);
	assert_prints("", "create", other, "-k", "8", "-v", "8");
	line("put", "k alice user");
	line("add", "k 5 hits");
	fprintf(script_file, "put %s k 9\nget %s k\n", other, other);
	line("get", "k user");
	line("get", "k hits");
	line("put", "l bob user");
	line("put", "m carol user");
	line("get", "k user");
	line("get", "l user");
	line("add", "k 1 hits");
	line("add", "l 2 hits");
	line("max", "k 9 hits");
	line("max", "l 1 hits");
	line("get", "k");
	line("get", "m");
	run_script();
	assert_printed("5\n9\nalice\n5\nalice\nbob\n6\n2\n9\n2\n9,alice\n0,carol\n");
}

static void lines_that_fail_are_reported_and_others_done(void **state)
{
	char expected[512];

	(void)state;
	create("fail", "text:8", "u64");
	line("put", "a 1");
	line("get", "x");
	line("get", "a");
	line("insert", "a 2");
	line("insert", "b 2");
	line("cas", "a 5 6");
	run_script();
	snprintf(expected, sizeof(expected),
		 "bucketmap: batch: line 2: %s: x: no such key\n"
		 "bucketmap: batch: line 4: %s: a: the key exists\n"
		 "bucketmap: batch: line 6: %s: a: the key has another value\n",
		 map_name, map_name, map_name);
	assert_string_equal(result.err, expected);
	assert_string_equal(result.out, "1\n");
	assert_int_equal(result.status, UNEXPECTED);
	assert_prints("2\n", "get", map_name, "b");
}

static void malformed_line_ends_the_batch_after_those_before_it(void **state)
{
	static const struct {
		const char *line;
		const char *problem;
	} cases[] = {
		{ "frob x", "batch: line 3: frob: not an operation on entries" },
		{ "scan x", "batch: line 3: scan: not an operation on entries" },
		{ "put x", "put: line 3: missing KEY, VALUE, usage:" },
		{ "put x a 1 f more", "put: line 3: more: one operand too many, usage:" },
		{ "get 'x", "batch: line 3: a quote or backslash without an end" },
		{ "get no.such.map x", "get: line 3: no.such.map: no such map" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char suffix[16];

		sprintf(suffix, "bad%zu", i);
		create(suffix, "text:8", "u64");
		line("put", "a 1");
		line("add", "a 1");
		fprintf(script_file, "%s\n", cases[i].line);
		line("put", "a 3");
		run_script();
		assert_true(result.status == 1 || result.status == UNEXPECTED);
		assert_string_equal(result.out, "2\n");
		if (!strstr(result.err, cases[i].problem))
			print_error("# not %s but %s", cases[i].problem, result.err);
		assert_non_null(strstr(result.err, cases[i].problem));
		assert_prints("2\n", "get", map_name, "a");
	}
	create("number", "text:8", "u64");
	line("put", "a 1");
	line("put", "a x");
	run_script();
	assert_int_equal(result.status, 1);
	assert_non_null(strstr(result.err, ": line 2: "));
	assert_non_null(strstr(result.err, ": x: not a decimal number"));
	assert_prints("1\n", "get", map_name, "a");
}

static void answers_come_before_more_input_is_awaited(void **state)
{
	struct tool_process tool;
	char text[128];

	(void)state;
	create("answers", "text:8", "u64");
	fclose(script_file);
	free(script);
	tool = start("batch");
	for (int i = 1; i <= 3; i++) {
		char sum[16];
		int size = sprintf(text, "add %s k 1\n", map_name);

		assert_int_equal(write(tool.in, text, size), size);
		sprintf(sum, "%d", i);
		assert_string_equal(next_line(&tool), sum);
	}
	close(tool.in);
	tool.in = -1;
	assert_int_equal(end_tool(&tool, 0), 0);
}

/* Puts and gets a number; the tool answers at once. */
static void put_and_get(struct tool_process *tool, int key, int value)
{
	char text[256], answer[16];
	int size = sprintf(text, "put %s %d %d\nget %s %d\n", map_name, key, value, map_name, key);

	assert_int_equal(write(tool->in, text, size), size);
	sprintf(answer, "%d", value);
	assert_string_equal(next_line(tool), answer);
}

/* Gets a number often; returns how many mappings the map has then. */
static __u64 mappings_after(int gets)
{
	struct tool_process tool = start("batch");
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *map;

	for (int i = 0; i < gets; i++)
		put_and_get(&tool, i % 7, i);
	assert_ok(bucketmap_open(&map, map_name, 0));
	assert_ok(bucketmap_info(map, &info));
	assert_ok(bucketmap_resize(map, 10000, 0));
	for (int i = 0; i < 10; i++)
		put_and_get(&tool, i, 2 * i);
	bucketmap_close(map);
	close(tool.in);
	tool.in = -1;
	assert_int_equal(end_tool(&tool, 0), 0);
	return info.mappings;
}

/* A map that is read again and again is mapped if it can be; the answers are the same. */
static void map_that_is_read_often_is_mapped(void **state)
{
	(void)state;
	strcpy(map_name, test_name("often"));
	assert_prints("", "create", map_name, "-K", "u32", "-V", "u64", "--mappable");
	assert_int_equal(mappings_after(80), 0);
	assert_in_range(mappings_after(120), 1, 100);
	strcpy(map_name, test_name("unmapped"));
	assert_prints("", "create", map_name, "-K", "u32", "-V", "u64");
	assert_int_equal(mappings_after(120), 0);
}

static void json_is_printed_one_object_per_line(void **state)
{
	(void)state;
	create("json", "text:8", "u64");
	line("add", "a 1");
	line("get", "a");
	assert_ok(fclose(script_file));
	set_input(script, script_size);
	assert_prints("{\"key\": \"a\", \"sum\": 1}\n{\"key\": \"a\", \"value\": 1}\n",
		      "-j", "batch");
	free(script);
}

static void many_puts_are_done_in_one_process(void **state)
{
	struct bucketmap *map;

	(void)state;
	create("many", "u32", "u64");
	for (int i = 0; i < 100000; i++)
		fprintf(script_file, "put %s %d %d\n", map_name, i, 2 * i);
	run_script();
	assert_printed("");
	assert_ok(bucketmap_open(&map, map_name, BUCKETMAP_OPEN_RDONLY));
	assert_int_equal(entry_count(map), 100000);
	for (__u32 i = 0; i < 100000; i += 997) {
		__u64 value = 0;

		assert_ok(bucketmap_lookup(map, &i, &value, 0, 0));
		assert_int_equal(value, 2 * i);
	}
	bucketmap_close(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(operations_are_done_in_order),
		device_test(words_may_be_quoted),
		device_test(fields_and_maps_may_change),
		device_test(lines_that_fail_are_reported_and_others_done),
		device_test(malformed_line_ends_the_batch_after_those_before_it),
		device_test(answers_come_before_more_input_is_awaited),
		device_test(map_that_is_read_often_is_mapped),
		device_test(json_is_printed_one_object_per_line),
		device_test(many_puts_are_done_in_one_process),
	};

	return run_device_tests(tests);
}

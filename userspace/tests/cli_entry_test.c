// SPDX-License-Identifier: GPL-2.0
/*
 * The tool's operations on entries, which entries scan selects, and limits.
 */
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* The exit code if a key is not there or has another value. */
#define NOT_AS_EXPECTED	3

static const char *map_name;

static void create(const char *suffix, const char *key_size, const char *value_size)
{
	map_name = test_name(suffix);
	assert_prints("", "create", map_name, "-k", key_size, "-v", value_size);
}

/* The message of @subcommand about the map, followed by @rest. */
static const char *about(const char *subcommand, const char *rest)
{
	static char message[256];

	snprintf(message, sizeof(message), "%s: %s: %s", subcommand, map_name, rest);
	return message;
}

static void insert_makes_and_replace_changes_entries(void **state)
{
	(void)state;
	create("insert", "8", "8");
	assert_refuses(NOT_AS_EXPECTED, about("replace", "key: no such key"),
		       "replace", map_name, "key", "1");
	assert_prints("", "insert", map_name, "key", "1");
	assert_refuses(NOT_AS_EXPECTED, about("insert", "key: the key exists"),
		       "insert", map_name, "key", "2");
	assert_prints("1\n", "get", map_name, "key");
	assert_prints("", "replace", map_name, "key", "3");
	assert_prints("3\n", "get", map_name, "key");
}

static void swap_prints_the_value_before(void **state)
{
	(void)state;
	create("swap", "8", "8");
	assert_prints("", "swap", map_name, "key", "1");
	assert_prints("1\n", "swap", map_name, "key", "2");
	assert_prints("{\"key\": \"key\", \"value\": 2}\n", "-j", "swap", map_name, "key", "3");
	assert_prints("{\"key\": \"new\", \"value\": null}\n", "-j", "swap", map_name, "new", "3");
}

static void getdel_prints_and_deletes(void **state)
{
	(void)state;
	create("getdel", "8", "8");
	assert_prints("", "put", map_name, "key", "1");
	assert_prints("1\n", "getdel", map_name, "key");
	assert_refuses(NOT_AS_EXPECTED, about("getdel", "key: no such key"),
		       "getdel", map_name, "key");
}

static void cad_deletes_what_is_as_expected(void **state)
{
	(void)state;
	create("cad", "8", "8");
	assert_prints("", "put", map_name, "key", "1");
	assert_refuses(NOT_AS_EXPECTED, about("cad", "key: the key has another value"),
		       "cad", map_name, "key", "2");
	assert_prints("", "cad", map_name, "key", "1");
	assert_refuses(NOT_AS_EXPECTED, about("cad", "key: no such key"),
		       "cad", map_name, "key", "1");
}

static void operations_may_have_a_field(void **state)
{
	(void)state;
	map_name = test_name("fields");
	assert_prints("", "create", map_name, "-K", "text:8", "-V", "u64:hits,text:8:user");
	assert_prints("", "insert", map_name, "key", "5", "hits");
	assert_prints("5,\n", "get", map_name, "key");
	assert_prints("", "replace", map_name, "key", "bob", "user");
	assert_prints("bob\n", "swap", map_name, "key", "eve", "user");
	assert_refuses(NOT_AS_EXPECTED, about("cad", "key: the key has another value"),
		       "cad", map_name, "key", "6", "hits");
	assert_prints("5,eve\n", "get", map_name, "key");
	assert_prints("", "cad", map_name, "key", "5", "hits");
	assert_prints("", "put", map_name, "key", "7,ann");
	assert_prints("ann\n", "getdel", map_name, "key", "user");
	assert_prints("", "scan", map_name);
}

static void several_keys_are_read_and_deleted(void **state)
{
	(void)state;
	create("several", "8", "8");
	assert_prints("", "put", map_name, "a", "1");
	assert_prints("", "put", map_name, "b", "2");
	assert_prints("", "put", map_name, "c", "3");
	assert_prints("b\t2\na\t1\n", "mget", map_name, "b", "a");
	assert_prints("{\"key\": \"a\", \"value\": 1}\n{\"key\": \"c\", \"value\": 3}\n",
		      "-j", "mget", map_name, "a", "c");
	assert_prints("", "exists", map_name, "a", "b", "c");
	assert_refuses(NOT_AS_EXPECTED, about("exists", "x: no such key"),
		       "exists", map_name, "a", "x", "y");
	run("mget", map_name, "a", "x", "y", "b");
	assert_int_equal(result.status, NOT_AS_EXPECTED);
	assert_string_equal(result.out, "a\t1\nb\t2\n");
	assert_non_null(strstr(result.err, ": x: no such key\n"));
	assert_refuses(NOT_AS_EXPECTED, about("del", "x: no such key"),
		       "del", map_name, "a", "x", "b");
	assert_prints("c\t3\n", "scan", map_name);
	assert_prints("", "del", map_name, "c");
	assert_prints("", "scan", map_name);
}

/* More keys than go into one batch. */
static void many_keys_are_read(void **state)
{
	static char keys[1000][8];
	static const char *argv[1004] = { "bucketmap", "mget" };
	struct bucketmap *map = named_map("many", 8, 8);
	const char *line = result.out;

	(void)state;
	map_name = test_name("many");
	argv[2] = map_name;
	for (__u64 i = 0; i < ARRAY_SIZE(keys); i++) {
		char key[8] = "";

		snprintf(keys[i], sizeof(keys[i]), "k%d", (int)i);
		strcpy(key, keys[i]);
		assert_ok(bucketmap_store(map, key, &i, 0, 0));
		argv[3 + i] = keys[i];
	}
	bucketmap_close(map);
	assert_int_equal(run_tool(argv), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(keys); i++) {
		char expected[32];
		int length = sprintf(expected, "k%u\t%u\n", i, i);

		assert_memory_equal(line, expected, length);
		line += length;
	}
	assert_string_equal(line, "");
}

static void scan_selects_entries(void **state)
{
	(void)state;
	create("selected", "8", "8");
	assert_prints("", "put", map_name, "user:1", "1");
	assert_prints("", "put", map_name, "host:1", "2");
	assert_prints("user:1\t1\n", "scan", map_name, "--prefix", "user:");
	assert_prints("host:1\n", "scan", map_name, "-p", "h", "-k");
	assert_prints("[\n{\"key\": \"user:1\"}\n]\n", "-j", "scan", map_name, "-k", "-p", "user");
	assert_prints("", "scan", map_name, "-p", "user:12");
	assert_prints("", "scan", map_name, "-n", "0");
	assert_prints("[]\n", "-j", "scan", map_name, "--limit", "0");
	assert_int_equal(run("scan", map_name, "-n", "1"), 0);
	assert_ptr_equal(strchr(result.out, '\n'), result.out + strlen(result.out) - 1);
	assert_int_equal(run("scan", map_name, "--limit", "3", "--keys"), 0);
	assert_true(!strcmp(result.out, "user:1\nhost:1\n") ||
		    !strcmp(result.out, "host:1\nuser:1\n"));
	map_name = test_name("addresses");
	assert_prints("", "create", map_name, "-K", "ipv4", "-V", "u64");
	assert_prints("", "put", map_name, "10.0.0.1", "1");
	assert_prints("", "put", map_name, "10.1.0.1", "2");
	assert_prints("10.1.0.1\t2\n", "scan", map_name, "-p", "10.1.");
}

/* The number behind @name in the last output. */
static unsigned long long figure(const char *name)
{
	const char *line = strstr(result.out, name);

	assert_non_null(line);
	return strtoull(line + strlen(name), NULL, 10);
}

static void limits_show_their_use(void **state)
{
	unsigned long long maps, user_maps, bytes;

	(void)state;
	assert_int_equal(run("limits"), 0);
	maps = figure("\nmaps ");
	user_maps = figure("\nuser_maps ");
	bytes = figure("\nbytes ");
	assert_true(figure("max_maps ") > maps);
	assert_true(figure("\nmax_maps_per_user ") > user_maps);
	assert_int_equal(figure("\nkey_size_max "), BUCKETMAP_KEY_SIZE_MAX);
	create("one", "8", "8");
	assert_int_equal(run("limits"), 0);
	assert_int_equal(figure("\nmaps "), maps + 1);
	assert_int_equal(figure("\nuser_maps "), user_maps + 1);
	assert_true(figure("\nbytes ") > bytes);
	assert_int_equal(run("-j", "limits"), 0);
	assert_int_equal(figure("\"maps\": "), maps + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(insert_makes_and_replace_changes_entries),
		device_test(swap_prints_the_value_before),
		device_test(getdel_prints_and_deletes),
		device_test(cad_deletes_what_is_as_expected),
		device_test(operations_may_have_a_field),
		device_test(several_keys_are_read_and_deleted),
		device_test(many_keys_are_read),
		device_test(scan_selects_entries),
		device_test(limits_show_their_use),
	};

	return run_device_tests(tests);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Formats of keys and values, which all subcommands honour.
 */
#include <string.h>

#include <jansson.h>

#include "tool.h"

#define SESSION		"u64:hits,i64:score,text:16:user"

#define ALICE_VALUE	"{\"hits\": 5, \"score\": -7, \"user\": \"alice\"}"
#define ALICE		"{\"key\": \"10.0.0.1\", \"value\": " ALICE_VALUE "}"

static const char *map_name;

static void create(const char *suffix, const char *key_format, const char *value_format)
{
	map_name = test_name(suffix);
	assert_prints("", "create", map_name, "-K", key_format, "-V", value_format);
}

static void create_sessions(void)
{
	create("sessions", "ipv4", SESSION);
	assert_prints("", "put", map_name, "10.0.0.1", "5,-7,alice");
}

/* The message of @subcommand about the map, followed by @rest. */
static const char *about(const char *subcommand, const char *rest)
{
	static char message[256];

	snprintf(message, sizeof(message), "%s: %s: %s", subcommand, map_name, rest);
	return message;
}

/* The last run printed exactly this JSON. */
static void assert_json_printed(const char *expected)
{
	json_t *value = json_loads(result.out, JSON_DECODE_ANY, NULL);
	json_t *other = json_loads(expected, JSON_DECODE_ANY, NULL);

	assert_non_null(other);
	if (!value || !json_equal(value, other))
		print_error("# %s%s is not %s\n", result.out, result.err, expected);
	assert_true(value && json_equal(value, other));
	json_decref(other);
	json_decref(value);
}

#define assert_prints_json(expected, ...)			\
	do {							\
		run("-j", __VA_ARGS__);				\
		assert_json_printed(expected);			\
	} while (0)

static void format_with_a_size_is_the_size(void **state)
{
	struct bucketmap_info info = { .size = sizeof(info) };
	struct bucketmap *map;

	(void)state;
	create_sessions();
	assert_ok(bucketmap_open(&map, map_name, BUCKETMAP_OPEN_RDONLY));
	assert_ok(bucketmap_info(map, &info));
	assert_int_equal(info.key_size, 4);
	assert_int_equal(info.value_size, 32);
	assert_int_equal(info.key_format, BUCKETMAP_FORMAT_IPV4);
	assert_string_equal(info.key_fields, "");
	assert_int_equal(info.value_format, BUCKETMAP_FORMAT_UNKNOWN);
	assert_string_equal(info.value_fields, SESSION);
	bucketmap_close(map);
	run("info", map_name);
	assert_non_null(strstr(result.out, "key_format ipv4\n"));
	assert_non_null(strstr(result.out, "value_format " SESSION "\n"));
}

static void formats_that_do_not_fit_are_refused(void **state)
{
	const char *name = test_name("refused");

	(void)state;
	assert_refuses(1, "create: -V: u64:a: has another size",
		       "create", name, "-k", "8", "-v", "9", "-V", "u64:a");
	assert_refuses(1, "create: -V: nothing: no such type",
		       "create", name, "-k", "8", "-v", "8", "-V", "nothing");
	assert_refuses(1, "create: -K: text:300: larger than 256 bytes",
		       "create", name, "-K", "text:300", "-v", "8");
	assert_refuses(1, "create: -V: hex:4096:a,u8:b: larger than 4096 bytes",
		       "create", name, "-k", "8", "-V", "hex:4096:a,u8:b");
	assert_refuses(1, "create: -K: ipv6: has another size",
		       "create", name, "-k", "8", "-v", "8", "-K", "ipv6");
	assert_refuses(1, "create: -K: dec: numbers have 1, 2, 4 or 8 bytes",
		       "create", name, "-k", "3", "-v", "8", "-K", "dec");
}

static void signed_numbers_are_read_back(void **state)
{
	(void)state;
	create("signed", "text:8", "i64");
	assert_prints("", "put", map_name, "key", "-5");
	assert_prints("-5\n", "get", map_name, "key");
	assert_prints("-6\n", "add", map_name, "key", "-1");
	assert_prints("", "cas", map_name, "key", "-6", "3");
	assert_prints("", "put", map_name, "less", "-9223372036854775808");
	assert_prints("3\tkey\n-9223372036854775808\tless\n", "top", map_name);
	assert_prints_json("{\"key\": \"less\", \"value\": \"-9223372036854775808\"}",
			   "get", map_name, "less");
	assert_prints_json("[{\"key\": \"key\", \"number\": 3}]", "top", map_name, "-n", "1");
	assert_prints("", "del", map_name, "key");
	assert_prints_json("[{\"key\": \"less\", \"number\": \"-9223372036854775808\"}]",
			   "top", map_name);
	assert_prints_json("{\"key\": \"key\", \"sum\": -2}", "add", map_name, "key", "-2");
	assert_prints("", "put", map_name, "less", "-9007199254740992");
	assert_prints_json("{\"key\": \"less\", \"value\": -9007199254740992}",
			   "get", map_name, "less");
}

static void addresses_are_keys_and_values(void **state)
{
	(void)state;
	create("arp", "ipv4", "mac");
	assert_prints("", "put", map_name, "192.168.1.1", "02:00:5e:10:00:01");
	assert_prints("02:00:5e:10:00:01\n", "get", map_name, "192.168.1.1");
	assert_prints("192.168.1.1\t02:00:5e:10:00:01\n", "scan", map_name);
	assert_prints_json("[{\"key\": \"192.168.1.1\", \"value\": \"02:00:5e:10:00:01\"}]",
			   "scan", map_name);
	assert_refuses(1, about("put", "router: not an IPv4 address for a key of 4 bytes"),
		       "put", map_name, "router", "02:00:5e:10:00:01");
	assert_refuses(1, about("put", "02: not a MAC address for a value of 6 bytes"),
		       "put", map_name, "10.0.0.1", "02");
	create("hosts", "ipv6", "ipv6");
	assert_prints("", "put", map_name, "::1", "2001:db8:0:0::2");
	assert_prints("::1\t2001:db8::2\n", "scan", map_name);
}

static void structs_are_printed_by_their_fields(void **state)
{
	(void)state;
	create_sessions();
	assert_prints("5,-7,alice\n", "get", map_name, "10.0.0.1");
	assert_prints("10.0.0.1\t5,-7,alice\n", "scan", map_name);
	assert_prints_json(ALICE, "get", map_name, "10.0.0.1");
	assert_prints_json("[" ALICE "]", "scan", map_name);
	assert_prints("", "put", map_name, "10.0.0.1", "0,0,");
	assert_prints("0,0,\n", "get", map_name, "10.0.0.1");
	assert_prints("", "cas", map_name, "10.0.0.1", "0,0,", "1,1,bob");
	assert_refuses(1, about("put", "1,2: too few fields for a value of 32 bytes"),
		       "put", map_name, "10.0.0.1", "1,2");
	assert_prints("1,1,bob\n", "wait", map_name, "10.0.0.1", "--value", "1,1,bob");
}

static void keys_may_be_structs(void **state)
{
	(void)state;
	create("flows", "ipv4:from,u16:port", "u64");
	assert_prints("1\n", "add", map_name, "10.0.0.1,443", "1");
	assert_prints("10.0.0.1,443\t1\n", "scan", map_name);
	assert_prints_json("{\"key\": {\"from\": \"10.0.0.1\", \"port\": 443}, \"value\": 1}",
			   "get", map_name, "10.0.0.1,443");
	assert_prints("1\t10.0.0.1,443\n", "top", map_name);
}

static void fields_are_read_and_written_alone(void **state)
{
	(void)state;
	create_sessions();
	assert_prints("5\n", "get", map_name, "10.0.0.1", "hits");
	assert_prints("alice\n", "get", map_name, "10.0.0.1", "user");
	assert_prints("", "put", map_name, "10.0.0.1", "bo,b", "user");
	assert_prints("bo,b\n", "get", map_name, "10.0.0.1", "user");
	assert_prints("5,-7,hex:626f2c62000000000000000000000000\n", "get", map_name, "10.0.0.1");
	assert_prints("", "cas", map_name, "10.0.0.1", "-7", "8", "score");
	assert_prints_json("{\"key\": \"10.0.0.1\", \"score\": 8}",
			   "get", map_name, "10.0.0.1", "score");
	assert_prints("", "put", map_name, "10.0.0.2", "carol", "user");
	assert_prints("0,0,carol\n", "get", map_name, "10.0.0.2");
	assert_refuses(1, about("get", "last: no such field in values of the format " SESSION),
		       "get", map_name, "10.0.0.1", "last");
	assert_refuses(1, about("put", "ten: not a decimal number for a field of 8 bytes"),
		       "put", map_name, "10.0.0.1", "ten", "hits");
	create("plain", "text:8", "u64");
	assert_refuses(1, about("get", "hits: no such field in values of the format dec"),
		       "get", map_name, "key", "hits");
}

static void add_and_top_work_on_a_field(void **state)
{
	(void)state;
	create_sessions();
	assert_prints("6\n", "add", map_name, "10.0.0.1", "1", "hits");
	assert_prints("-10\n", "add", map_name, "10.0.0.1", "-3", "score");
	assert_prints("7\n", "add", map_name, "10.0.0.1", "1");
	assert_prints("", "put", map_name, "10.0.0.2", "3,-1,bob");
	assert_prints("7\t10.0.0.1\n3\t10.0.0.2\n", "top", map_name);
	assert_prints("-1\t10.0.0.2\n-10\t10.0.0.1\n", "top", map_name, "score");
	set_input("hits", 4);
	create("words", "text:8", "u32:flags,u32:more,u64:count");
	assert_refuses(1, about("add", "flags: not a number of 8 bytes at a multiple of 8"),
		       "add", map_name, "key", "1");
	assert_prints("1\n", "add", map_name, "key", "1", "count");
	assert_prints("0,0,1\n", "get", map_name, "key");
}

static void max_works_on_an_unsigned_field(void **state)
{
	(void)state;
	create_sessions();
	assert_prints("9\n", "max", map_name, "10.0.0.1", "9", "hits");
	assert_prints("9\n", "max", map_name, "10.0.0.1", "2");
	assert_refuses(1, about("max", "score: a signed number: only unsigned ones are compared"),
		       "max", map_name, "10.0.0.1", "5", "score");
	assert_refuses(1, about("max", "user: not a number but text of 16 bytes"),
		       "max", map_name, "10.0.0.1", "5", "user");
	create("signed", "text:8", "i64");
	assert_refuses(1, about("max", "value: a signed number: only unsigned ones are compared"),
		       "max", map_name, "key", "5");
	create("small", "text:8", "u32");
	assert_refuses(1, about("max", "value: not a number of 8 bytes at a multiple of 8"),
		       "max", map_name, "key", "1");
}

static void values_without_a_number_are_refused(void **state)
{
	(void)state;
	map_name = test_name("text");
	assert_prints("", "create", map_name, "-k", "8", "-v", "16");
	assert_refuses(1, about("add", "value: not a number but text of 16 bytes"),
		       "add", map_name, "key", "1");
	assert_refuses(1, about("top", "value: not a number but text of 16 bytes"),
		       "top", map_name);
	create("addresses", "text:8", "ipv6");
	assert_refuses(1, about("add", "value: not a number but ipv6 of 16 bytes"),
		       "add", map_name, "key", "1");
	create("small", "text:8", "u32");
	assert_refuses(1, about("add", "value: not a number of 8 bytes at a multiple of 8"),
		       "add", map_name, "key", "1");
	assert_prints("", "put", map_name, "key", "9");
	assert_prints("9\tkey\n", "top", map_name);
	create_sessions();
	assert_refuses(1, about("add", "user: not a number but text of 16 bytes"),
		       "add", map_name, "10.0.0.1", "1", "user");
	assert_refuses(1, about("top", "user: not a number but text of 16 bytes"),
		       "top", map_name, "user");
}

static void maps_of_other_programs_begin_with_a_number(void **state)
{
	struct bucketmap *map = named_map("foreign", 8, 16);
	const __u64 value[2] = { 7, 1 };

	(void)state;
	map_name = test_name("foreign");
	assert_ok(bucketmap_store(map, "the key.", value, 0, 0));
	assert_prints("8\n", "add", map_name, "the key.", "1");
	assert_prints("8\tthe key.\n", "top", map_name);
	bucketmap_close(map);
}

static void unknown_fields_are_ignored(void **state)
{
	struct bucketmap_create config = {
		.size = sizeof(config),
		.key_size = 4,
		.value_size = 8,
		.mode = 0600,
		.key_fields = "char[4]",
		.value_fields = "u64:a,u64:b",
	};
	struct bucketmap *map;

	(void)state;
	map_name = test_name("odd");
	strcpy(config.name, map_name);
	assert_ok(bucketmap_create(&map, &config));
	assert_prints("", "put", map_name, "key", "7");
	assert_prints("key\t7\n", "scan", map_name);
	run("info", map_name);
	assert_non_null(strstr(result.out, "key_format unknown\n"));
	assert_non_null(strstr(result.out, "value_format unknown\n"));
	bucketmap_close(map);
}

static void dump_and_load_keep_formats(void **state)
{
	static char dump[1024];
	char copy[BUCKETMAP_NAME_SIZE];

	(void)state;
	create_sessions();
	snprintf(copy, sizeof(copy), "%s.copy", map_name);
	assert_int_equal(run("dump", map_name), 0);
	assert_non_null(strstr(result.out, " key_format=ipv4 value_format=" SESSION " "));
	assert_non_null(strstr(result.out, "\n10.0.0.1\t5,-7,alice\nend 1\n"));
	strcpy(dump, result.out);
	set_input(dump, strlen(dump));
	assert_prints("loaded 1 entries\n", "load", copy);
	assert_prints("10.0.0.1\t5,-7,alice\n", "scan", copy);
	assert_prints(dump, "dump", copy);
	run("-j", "dump", map_name);
	assert_non_null(strstr(result.out, "\"value_format\": \"" SESSION "\""));
	assert_non_null(strstr(result.out, "\"value\": {\"hits\": 5, "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(format_with_a_size_is_the_size),
		device_test(formats_that_do_not_fit_are_refused),
		device_test(signed_numbers_are_read_back),
		device_test(addresses_are_keys_and_values),
		device_test(structs_are_printed_by_their_fields),
		device_test(keys_may_be_structs),
		device_test(fields_are_read_and_written_alone),
		device_test(add_and_top_work_on_a_field),
		device_test(max_works_on_an_unsigned_field),
		device_test(values_without_a_number_are_refused),
		device_test(maps_of_other_programs_begin_with_a_number),
		device_test(unknown_fields_are_ignored),
		device_test(dump_and_load_keep_formats),
	};

	return run_device_tests(tests);
}

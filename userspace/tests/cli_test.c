// SPDX-License-Identifier: GPL-2.0
/*
 * The tool with the module: what it stores, prints and refuses.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "tool.h"

#define MESSAGE_SIZE	256

#define BAD_NAME	"not a valid name of a map, which has 1 to 63 bytes and no '/'"

static const char *map_name;

static void create(const char *suffix, const char *key_size, const char *value_size)
{
	map_name = test_name(suffix);
	assert_prints("", "create", map_name, "-k", key_size, "-v", value_size);
}

/* The message of @subcommand about the map, followed by @rest. */
static const char *about(const char *subcommand, const char *rest)
{
	static char message[MESSAGE_SIZE];

	snprintf(message, sizeof(message), "%s: %s: %s", subcommand, map_name, rest);
	return message;
}

static void info_shows_options_of_create(void **state)
{
	(void)state;
	map_name = test_name("made");
	assert_prints("", "create", map_name, "-k", "12", "-v", "34", "-c", "56",
		      "-n", "78", "-m", "640", "--hash=xxh64", "-M");
	assert_int_equal(run("info", map_name), 0);
	assert_non_null(strstr(result.out, "key_size 12\n"));
	assert_non_null(strstr(result.out, "value_size 34\n"));
	assert_non_null(strstr(result.out, "key_format text\n"));
	assert_non_null(strstr(result.out, "value_format text\n"));
	assert_non_null(strstr(result.out, "hash xxh64\n"));
	assert_non_null(strstr(result.out, "mappable 1\nmappings 0\n"));
	assert_non_null(strstr(result.out, "capacity 56\n"));
	assert_non_null(strstr(result.out, "max_entries 78\n"));
	assert_non_null(strstr(result.out, "entries 0\n"));
	assert_non_null(strstr(result.out, "mode 0640\n"));
	assert_non_null(strstr(result.out, "owner 0:0\n"));
}

static void info_shows_what_has_happened(void **state)
{
	(void)state;
	map_name = test_name("used");
	assert_prints("", "create", map_name, "-k", "1", "-v", "8", "-n", "2");
	assert_prints("1\n", "add", map_name, "a", "1");
	assert_prints("1\n", "add", map_name, "b", "1");
	assert_prints("2\n", "add", map_name, "b", "1");
	assert_int_equal(run("add", map_name, "c", "1"), 2);
	assert_prints("2\n", "get", map_name, "b");
	assert_int_equal(run("get", map_name, "c"), 3);
	assert_int_equal(run("get", map_name, "d"), 3);
	assert_prints("", "del", map_name, "a");
	assert_int_equal(run("info", map_name), 0);
	assert_non_null(strstr(result.out,
			       "lookup_hits 1\nlookup_misses 2\ninserted 2\noverwritten 1\n"
			       "deleted 1\nrefused_full 1\nrefused_memory 0\n"
			       "refused_collisions 0\ngrown 0\nshrunk 0\n"));
}

static void ls_prints_one_line_per_map(void **state)
{
	const char *line;
	char name[BUCKETMAP_NAME_SIZE];
	unsigned int key_size, value_size, mode, uid, gid;
	unsigned long long entries, buckets, bytes;
	int fields;

	(void)state;
	create("first", "3", "4");
	create("second", "8", "16");
	assert_prints("", "put", map_name, "key", "value");
	assert_int_equal(run("ls"), 0);
	assert_memory_equal(result.out, "NAME ", 5);
	assert_non_null(strstr(result.out, test_name("first")));
	line = strstr(result.out, test_name("second"));
	assert_non_null(line);
	fields = sscanf(line, "%63s %u %u %llu %llu %llu %o %u:%u\n", name, &key_size,
			&value_size, &entries, &buckets, &bytes, &mode, &uid, &gid);
	assert_int_equal(fields, 9);
	assert_int_equal(key_size, 8);
	assert_int_equal(value_size, 16);
	assert_int_equal(entries, 1);
	assert_true(buckets > 0 && bytes > 0);
	assert_int_equal(mode, 0600);
	assert_int_equal(uid, 0);
	assert_int_equal(gid, 0);
}

static void get_prints_what_put_stored(void **state)
{
	(void)state;
	create("text", "8", "12");
	assert_prints("", "put", map_name, "key", "some text");
	assert_prints("some text\n", "get", map_name, "key");
	assert_prints("", "put", map_name, "key", "hex:00010203");
	assert_prints("hex:000102030000000000000000\n", "get", map_name, "key");
	assert_prints("", "put", map_name, "hex:6b6579", "");
	assert_prints("hex:000000000000000000000000\n", "get", map_name, "key");
}

static void numbers_are_stored_and_printed_as_numbers(void **state)
{
	(void)state;
	create("numbers", "4", "8");
	assert_prints("", "put", map_name, "dec:258", "18446744073709551615");
	assert_prints("18446744073709551615\n", "get", map_name, "dec:258");
	assert_prints("", "put", map_name, "dec:-1", "-2");
	assert_prints("18446744073709551614\n", "get", map_name, "hex:ffffffff");
	assert_prints("", "put", map_name, "--", "-x", "dec:7");
	assert_prints("7\n", "get", map_name, "--", "-x");
	assert_prints("", "put", map_name, "word", "text:word");
	assert_prints("1685221239\n", "get", map_name, "word");
}

static void map_stores_its_formats(void **state)
{
	(void)state;
	map_name = test_name("shown");
	assert_prints("", "create", map_name, "-k", "2", "-v", "3", "-K", "dec", "-V", "hex");
	assert_int_equal(run("info", map_name), 0);
	assert_non_null(strstr(result.out, "key_format dec\n"));
	assert_non_null(strstr(result.out, "value_format hex\n"));
	assert_prints("", "put", map_name, "513", "00ff");
	assert_prints("00ff00\n", "get", map_name, "513");
	assert_prints("00ff00\n", "get", map_name, "hex:0102");
	assert_prints("513\t00ff00\n", "scan", map_name);
	assert_prints("", "put", map_name, "text:ab", "text:xyz");
	assert_prints("78797a\n", "get", map_name, "25185");
	assert_refuses(1, about("put", "ab: not a decimal number for a key of 2 bytes"),
		       "put", map_name, "ab", "00");
	assert_refuses(1, about("put", "65536: number out of range for a key of 2 bytes"),
		       "put", map_name, "65536", "00");
	assert_refuses(1, about("put", "xyz: odd number of hex digits for a value of 3 bytes"),
		       "put", map_name, "1", "xyz");
}

static void map_without_formats_is_shown(void **state)
{
	struct bucketmap *map = named_map("foreign", 4, 8);
	__u64 value = 7;

	(void)state;
	map_name = test_name("foreign");
	assert_ok(bucketmap_store(map, "key", &value, 0, 0));
	assert_prints("key\t7\n", "scan", map_name);
	assert_int_equal(run("info", map_name), 0);
	assert_non_null(strstr(result.out, "key_format unknown\n"));
	bucketmap_close(map);
}

static void add_prints_the_sum(void **state)
{
	(void)state;
	create("sums", "8", "8");
	assert_prints("5\n", "add", map_name, "key", "5");
	assert_prints("2\n", "add", map_name, "key", "-3");
	assert_prints("18446744073709551615\n", "add", map_name, "key", "-3");
	assert_prints("0\n", "add", map_name, "key", "1");
}

static void max_prints_the_larger_number(void **state)
{
	(void)state;
	create("last", "8", "8");
	assert_prints("5\n", "max", map_name, "key", "5");
	assert_prints("5\n", "max", map_name, "key", "3");
	assert_prints("18446744073709551615\n", "max", map_name, "key", "18446744073709551615");
	assert_prints("18446744073709551615\n", "max", map_name, "key", "6");
	assert_prints("0\n", "max", map_name, "new", "0");
	assert_refuses(1, "max: -1: negative, but the number in the value has no sign",
		       "max", map_name, "key", "-1");
	assert_refuses(1, "max: 1.5: not a decimal number", "max", map_name, "key", "1.5");
}

static void cas_stores_only_if_value_is_expected(void **state)
{
	(void)state;
	create("compared", "8", "8");
	assert_refuses(3, about("cas", "key: no such key"), "cas", map_name, "key", "0", "1");
	assert_prints("", "put", map_name, "key", "1");
	assert_prints("", "cas", map_name, "key", "1", "2");
	assert_refuses(3, about("cas", "key: the key has another value"),
		       "cas", map_name, "key", "1", "3");
	assert_prints("2\n", "get", map_name, "key");
}

static void clear_removes_all_entries(void **state)
{
	(void)state;
	create("cleared", "8", "8");
	assert_prints("", "clear", map_name);
	assert_prints("", "put", map_name, "a", "1");
	assert_prints("", "put", map_name, "b", "2");
	assert_prints("", "clear", map_name, "--timeout", "600");
	assert_prints("", "scan", map_name);
}

static void clear_and_resize_time_out(void **state)
{
	(void)state;
	create("hurried", "8", "8");
	assert_prints("", "put", map_name, "a", "1");
	assert_refuses(4, about("clear", "timed out"), "clear", map_name, "-t", "0");
	assert_prints("a\t1\n", "scan", map_name);
	assert_refuses(4, about("resize", "timed out"), "resize", map_name, "1000", "-t", "0");
	assert_int_equal(run("info", map_name), 0);
	assert_non_null(strstr(result.out, "\ncapacity 0\n"));
}

static unsigned long long buckets(void)
{
	const char *line;

	assert_int_equal(run("info", map_name), 0);
	line = strstr(result.out, "\nbuckets ");
	assert_non_null(line);
	return strtoull(line + strlen("\nbuckets "), NULL, 10);
}

static void resize_reserves_capacity_and_shrinks_back(void **state)
{
	unsigned long long initial;

	(void)state;
	create("resized", "8", "8");
	initial = buckets();
	assert_prints("", "resize", map_name, "100000");
	assert_true(buckets() > 1000 * initial);
	assert_int_equal(run("info", map_name), 0);
	assert_non_null(strstr(result.out, "\ncapacity 100000\n"));
	assert_prints("", "resize", "--fit", map_name, "-t", "600");
	assert_int_equal(buckets(), initial);
	assert_int_equal(run("resize", map_name, "18446744073709551615"), 2);
	assert_non_null(strstr(result.err, ": memory limit reached (memory cgroup, or max_bytes="));
}

static void del_removes_the_entry(void **state)
{
	(void)state;
	create("deleted", "8", "8");
	assert_prints("", "put", map_name, "key", "1");
	assert_prints("", "del", map_name, "key");
	assert_refuses(3, about("get", "key: no such key"), "get", map_name, "key");
	assert_refuses(3, about("del", "key: no such key"), "del", map_name, "key");
}

static void rm_removes_the_map(void **state)
{
	(void)state;
	create("removed", "8", "8");
	assert_prints("", "rm", map_name);
	assert_refuses(3, about("rm", "no such map"), "rm", map_name);
	assert_refuses(3, about("info", "no such map"), "info", map_name);
	assert_refuses(3, about("put", "no such map"), "put", map_name, "key", "1");
	assert_refuses(3, about("get", "no such map"), "get", map_name, "key");
	assert_refuses(3, about("del", "no such map"), "del", map_name, "key");
	assert_refuses(3, about("add", "no such map"), "add", map_name, "key", "1");
	assert_refuses(3, about("scan", "no such map"), "scan", map_name);
	assert_refuses(3, about("count-words", "no such map"), "count-words", map_name);
	assert_refuses(3, about("top", "no such map"), "top", map_name);
	assert_refuses(3, about("stats", "no such map"), "stats", map_name);
	assert_refuses(3, about("cas", "no such map"), "cas", map_name, "key", "1", "2");
	assert_refuses(3, about("dump", "no such map"), "dump", map_name);
	assert_refuses(3, about("wait", "no such map"), "wait", map_name, "key");
	assert_refuses(3, about("watch", "no such map"), "watch", map_name);
	assert_refuses(3, about("resize", "no such map"), "resize", map_name, "1");
	assert_refuses(3, about("clear", "no such map"), "clear", map_name);
}

static void create_refuses_taken_and_invalid_names(void **state)
{
	(void)state;
	create("taken", "8", "8");
	assert_refuses(3, about("create", "a map of this name exists"),
		       "create", map_name, "-k", "8", "-v", "8");
	map_name = "a/b";
	assert_refuses(1, about("create", BAD_NAME),
		       "create", map_name, "-k", "8", "-v", "8");
	map_name = "";
	assert_refuses(1, about("create", BAD_NAME),
		       "create", map_name, "-k", "8", "-v", "8");
	map_name = "0123456789012345678901234567890123456789012345678901234567890123";
	assert_refuses(1, about("create", BAD_NAME),
		       "create", map_name, "-k", "8", "-v", "8");
}

static void operands_must_fit_the_map(void **state)
{
	(void)state;
	create("sizes", "4", "5");
	assert_refuses(1, about("get", "12345: too long for a key of 4 bytes"),
		       "get", map_name, "12345");
	assert_refuses(1, about("put", "123456: too long for a value of 5 bytes"),
		       "put", map_name, "key", "123456");
	assert_refuses(1, about("get", "hex:0g: not hex digits for a key of 4 bytes"),
		       "get", map_name, "hex:0g");
	assert_refuses(1, about("add", "value: not a number but text of 5 bytes"),
		       "add", map_name, "key", "1");
	assert_refuses(1, about("count-words", "value: not a number but text of 5 bytes"),
		       "count-words", map_name);
	assert_refuses(1, about("top", "value: not a number but text of 5 bytes"),
		       "top", map_name);
	create("counts", "8", "8");
	assert_refuses(1, "add: 1.5: not a decimal number", "add", map_name, "key", "1.5");
	assert_prints("", "scan", map_name);
}

static void full_map_refuses_new_keys(void **state)
{
	(void)state;
	map_name = test_name("full");
	assert_prints("", "create", map_name, "-k", "4", "-v", "8", "-n", "1");
	assert_prints("", "put", map_name, "key1", "1");
	assert_prints("", "put", map_name, "key1", "2");
	assert_refuses(2, about("put", "key2: " FULL(1)),
		       "put", map_name, "key2", "1");
	assert_refuses(2, about("add", "key2: " FULL(1)),
		       "add", map_name, "key2", "1");
}

static void get_accepts_keys_as_scan_prints_them(void **state)
{
	static const char *const keys[] = {
		"key", "k e y", "hex:00", "hex:ff", "hex:6865783a", "hex:6465633a31", "-k",
		"\xc3\xa4\xe2\x82\xac",
	};
	size_t lines = 0;
	char *line, *next;
	char *printed;

	(void)state;
	create("scanned", "6", "9");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		assert_prints("", "put", map_name, "--", keys[i], keys[i]);
	assert_int_equal(run("scan", map_name), 0);
	printed = strdup(result.out);
	for (line = printed; *line; line = next, lines++) {
		char *value = strchr(line, '\t');

		next = strchr(line, '\n') + 1;
		*value++ = '\0';
		assert_int_equal(run("get", map_name, "--", line), 0);
		assert_memory_equal(result.out, value, next - value);
		assert_int_equal(strlen(result.out), next - value);
	}
	assert_int_equal(lines, ARRAY_SIZE(keys));
	free(printed);
}

static void operands_that_begin_with_a_dash_go_behind_the_end_of_options(void **state)
{
	(void)state;
	create("dashes", "4", "8");
	assert_prints("", "put", map_name, "--", "-5", "-5");
	assert_prints("18446744073709551611\n", "get", map_name, "-5");
	assert_refuses(3, about("get", "--: no such key"), "get", map_name, "--", "--");
	assert_prints("", "put", "--", map_name, "--", "1");
	assert_prints("1\n", "get", map_name, "--", "--");
	assert_prints("", "put", map_name, "-", "2");
	assert_prints("2\n", "get", map_name, "-");
	assert_prints("7\n", "add", "--", map_name, "-x", "7");
	assert_prints("", "cas", map_name, "--", "-x", "7", "8");
	assert_prints("8\n", "wait", map_name, "-t5", "-v8", "--", "-x");
	assert_prints("", "del", map_name, "--", "-x");
	assert_prints("{\"key\": \"-\", \"value\": 2}\n", "get", "-j", map_name, "-");
	assert_prints("{\"key\": \"-\", \"value\": 2}\n", "get", map_name, "-", "--json");
	map_name = "-x";
	assert_refuses(3, about("rm", "no such map"), "rm", "--", "-x");
}

static void set_has_empty_values_in_put_get_and_scan(void **state)
{
	(void)state;
	create("set", "8", "0");
	assert_prints("", "put", map_name, "member", "");
	assert_prints("\n", "get", map_name, "member");
	assert_prints("member\t\n", "scan", map_name);
	assert_refuses(1, about("put", "x: too long for a value of 0 bytes"),
		       "put", map_name, "member", "x");
}

static void scan_fails_on_full_output_and_dies_of_SIGPIPE(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int ends[2];

	(void)state;
	create("written", "8", "8");
	assert_prints("", "put", map_name, "key", "1");
	set_output(full);
	assert_refuses(2, "scan: standard output: No space left on device", "scan", map_name);
	close(full);

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	set_output(ends[1]);
	assert_int_equal(run("scan", map_name), 128 + SIGPIPE);
	assert_string_equal(result.err, "");
	close(ends[1]);
}

static void top_sorts_by_value_and_then_by_key(void **state)
{
	(void)state;
	create("ranked", "4", "8");
	assert_prints("", "top", map_name);
	assert_prints("", "put", map_name, "a", "5");
	assert_prints("", "put", map_name, "d", "70");
	assert_prints("", "put", map_name, "c", "5");
	assert_prints("", "put", map_name, "b", "5");
	assert_prints("", "put", map_name, "e", "-1");
	assert_prints("18446744073709551615\te\n70\td\n5\ta\n5\tb\n5\tc\n", "top", map_name);
	assert_prints("18446744073709551615\te\n70\td\n5\ta\n", "top", map_name, "-n", "3");
	assert_prints("18446744073709551615\te\n", "top", "-n", "1", map_name);
}

static void sort_option_names_the_column(void **state)
{
	const char *few, *many;

	(void)state;
	create("few", "4", "8");
	assert_prints("", "put", map_name, "b", "1");
	create("many", "4", "8");
	assert_prints("", "put", map_name, "b", "1");
	assert_prints("", "put", map_name, "a", "2");
	assert_prints("", "put", map_name, "c", "3");
	assert_prints("2\ta\n1\tb\n3\tc\n", "top", map_name, "--sort", "key");
	assert_prints("3\tc\n2\ta\n", "top", map_name, "-n2", "-s", "Number");
	assert_prints("2\ta\n3\tc\n", "top", map_name, "-n2", "-s", "key");
	assert_prints("[{\"key\": \"a\", \"number\": 2}, {\"key\": \"c\", \"number\": 3}]\n",
		      "top", map_name, "-n2", "-s", "key", "-j");
	assert_refuses(1, "top: value: no such column; there are number, key",
		       "top", map_name, "-s", "value");
	assert_int_equal(run("stats"), 0);
	few = strstr(result.out, test_name("few"));
	many = strstr(result.out, test_name("many"));
	assert_true(few && many && few < many);
	assert_int_equal(run("stats", "--sort", "entries"), 0);
	few = strstr(result.out, test_name("few"));
	many = strstr(result.out, test_name("many"));
	assert_true(few && many && many < few);
	assert_refuses(1, "stats: --sort needs --watch, or no NAME",
		       "stats", map_name, "-s", "total");
}

static void top_prints_ten_entries_by_default(void **state)
{
	const char *line;
	int lines = 0;

	(void)state;
	create("many", "4", "8");
	for (int i = 0; i < 15; i++) {
		char key[16];

		snprintf(key, sizeof(key), "dec:%d", i);
		assert_int_equal(run("add", map_name, key, "1"), 0);
	}
	assert_int_equal(run("top", map_name), 0);
	for (line = result.out; (line = strchr(line, '\n')); line++)
		lines++;
	assert_int_equal(lines, 10);
}

static void stats_prints_the_debugfs_files(void **state)
{
	const char *stats, *chains, *resize;

	(void)state;
	create("observed", "8", "8");
	assert_int_equal(run("stats", map_name), 0);
	assert_string_equal(result.err, "");
	stats = strstr(result.out, "stats:\n");
	assert_ptr_equal(stats, result.out);
	chains = strstr(stats, "\nchains:\n");
	assert_non_null(chains);
	resize = strstr(chains, "\nresize:\n");
	assert_non_null(resize);
	assert_true(strlen(resize) > strlen("\nresize:\n"));

	assert_int_equal(run("stats"), 0);
	assert_memory_equal(result.out, "NAME ", 5);
	assert_non_null(strstr(result.out, map_name));
	map_name = "..";
	assert_refuses(3, about("stats", "no such map"), "stats", map_name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(info_shows_options_of_create),
		device_test(info_shows_what_has_happened),
		device_test(ls_prints_one_line_per_map),
		device_test(get_prints_what_put_stored),
		device_test(numbers_are_stored_and_printed_as_numbers),
		device_test(map_stores_its_formats),
		device_test(map_without_formats_is_shown),
		device_test(add_prints_the_sum),
		device_test(max_prints_the_larger_number),
		device_test(cas_stores_only_if_value_is_expected),
		device_test(clear_removes_all_entries),
		device_test(clear_and_resize_time_out),
		device_test(resize_reserves_capacity_and_shrinks_back),
		device_test(del_removes_the_entry),
		device_test(rm_removes_the_map),
		device_test(create_refuses_taken_and_invalid_names),
		device_test(operands_must_fit_the_map),
		device_test(full_map_refuses_new_keys),
		device_test(get_accepts_keys_as_scan_prints_them),
		device_test(operands_that_begin_with_a_dash_go_behind_the_end_of_options),
		device_test(set_has_empty_values_in_put_get_and_scan),
		device_test(scan_fails_on_full_output_and_dies_of_SIGPIPE),
		device_test(top_sorts_by_value_and_then_by_key),
		device_test(sort_option_names_the_column),
		device_test(top_prints_ten_entries_by_default),
		device_test(stats_prints_the_debugfs_files),
	};

	return run_device_tests(tests);
}

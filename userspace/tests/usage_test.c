// SPDX-License-Identifier: GPL-2.0
/*
 * The tool apart from maps: help, usage errors and output that cannot be written.
 * These tests never open the device and do not need it.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "tool.h"

static const char *const subcommands[] = {
	"create", "ls", "info", "rm", "put", "get", "del", "add", "cas", "scan", "dump", "load",
	"count", "top", "wait", "watch", "stats", "resize", "clear", "help",
};

static void help_lists_every_subcommand(void **state)
{
	(void)state;
	assert_int_equal(run("help"), 0);
	assert_string_equal(result.err, "");
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++) {
		char line[32];

		snprintf(line, sizeof(line), "\n  %-8s", subcommands[i]);
		assert_non_null(strstr(result.out, line));
	}
}

static void help_options_print_the_same_as_the_help_subcommand(void **state)
{
	char *help;

	(void)state;
	assert_int_equal(run("help"), 0);
	help = strdup(result.out);
	assert_prints(help, "--help");
	assert_prints(help, "-h");
	assert_prints(help, "-j", "--help");
	free(help);
}

static void every_subcommand_has_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++) {
		char usage[64];

		assert_int_equal(run("help", subcommands[i]), 0);
		snprintf(usage, sizeof(usage), "usage: bucketmap %s", subcommands[i]);
		assert_memory_equal(result.out, usage, strlen(usage));
		assert_string_equal(result.err, "");
	}
}

static void version_prints_one_line(void **state)
{
	(void)state;
	assert_int_equal(run("--version"), 0);
	assert_memory_equal(result.out, "bucketmap ", strlen("bucketmap "));
	assert_ptr_equal(strchr(result.out, '\n'), result.out + strlen(result.out) - 1);
	assert_int_equal(run("-V"), 0);
	assert_memory_equal(result.out, "bucketmap ", strlen("bucketmap "));
}

static void missing_or_unknown_subcommands_are_usage_errors(void **state)
{
	const char *const nothing[] = { "bucketmap", NULL };

	(void)state;
	run_tool(nothing);
	assert_refused(1, "no subcommand, 'bucketmap help' lists them");
	assert_refuses(1, "no subcommand, 'bucketmap help' lists them", "-j");
	assert_refuses(1, "frob: no such subcommand, 'bucketmap help' lists them", "frob");
	assert_refuses(1, "-x: no such subcommand, 'bucketmap help' lists them", "-x");
	assert_refuses(1, "help: frob: no such subcommand, 'bucketmap help' lists them",
		       "help", "frob");
	assert_refuses(1, "a?b: no such subcommand, 'bucketmap help' lists them", "a\nb");
}

static void assert_usage(int status)
{
	assert_int_equal(status, 1);
	assert_string_equal(result.out, "");
	assert_non_null(strstr(result.err, ": usage: bucketmap "));
	assert_ptr_equal(strchr(result.err, '\n'), result.err + strlen(result.err) - 1);
}

static void wrong_operand_counts_print_the_usage(void **state)
{
	(void)state;
	assert_usage(run("create"));
	assert_usage(run("create", "name"));
	assert_usage(run("create", "name", "-k", "8"));
	assert_usage(run("create", "-k", "8", "-v", "8"));
	assert_usage(run("create", "name", "-k", "8", "-v", "8", "name"));
	assert_usage(run("ls", "name"));
	assert_usage(run("info"));
	assert_usage(run("info", "name", "name"));
	assert_usage(run("rm"));
	assert_usage(run("rm", "name", "name"));
	assert_usage(run("put", "name", "key"));
	assert_usage(run("put", "name", "key", "value", "value"));
	assert_usage(run("get", "name"));
	assert_usage(run("get", "name", "key", "key"));
	assert_usage(run("del", "name"));
	assert_usage(run("del", "name", "key", "key"));
	assert_usage(run("add", "name", "key"));
	assert_usage(run("add", "name", "key", "1", "1"));
	assert_usage(run("cas", "name", "key", "expected"));
	assert_usage(run("cas", "name", "key", "expected", "value", "value"));
	assert_usage(run("scan"));
	assert_usage(run("scan", "name", "name"));
	assert_usage(run("dump"));
	assert_usage(run("dump", "name", "file", "file"));
	assert_usage(run("load"));
	assert_usage(run("load", "name", "file", "file"));
	assert_usage(run("count"));
	assert_usage(run("top"));
	assert_usage(run("top", "name", "name"));
	assert_usage(run("wait", "name"));
	assert_usage(run("wait", "name", "key", "key"));
	assert_usage(run("watch"));
	assert_usage(run("watch", "name", "key", "key"));
	assert_usage(run("stats", "name", "name"));
	assert_usage(run("resize", "name"));
	assert_usage(run("resize", "name", "1", "1"));
	assert_usage(run("resize", "name", "1", "--fit"));
	assert_usage(run("clear"));
	assert_usage(run("clear", "name", "name"));
	assert_usage(run("help", "get", "get"));
}

static void bad_options_are_named_with_the_reason(void **state)
{
	(void)state;
	assert_refuses(1, "create: -z: no such option", "create", "name", "-z");
	assert_refuses(1, "create: --frob: no such option", "create", "name", "--frob");
	assert_refuses(1, "create: -k: needs an argument", "create", "name", "-k");
	assert_refuses(1, "create: -k: x: not a decimal number", "create", "name", "-k", "x");
	assert_refuses(1, "create: -k: 0: not within 1 to 256", "create", "name", "-k", "0");
	assert_refuses(1, "create: -k: 257: not within 1 to 256", "create", "name", "-k", "257");
	assert_refuses(1, "create: -v: 4097: not within 0 to 4096",
		       "create", "name", "-v", "4097");
	assert_refuses(1, "create: -v: -1: not within 0 to 4096", "create", "name", "-v", "-1");
	assert_refuses(1, "create: -c: 18446744073709551616: number out of range",
		       "create", "name", "-c", "18446744073709551616");
	assert_refuses(1, "create: -m: 1000: not an octal mode up to 777",
		       "create", "name", "-m", "1000");
	assert_refuses(1, "create: -m: 68: not an octal mode up to 777",
		       "create", "name", "-m", "68");
	assert_refuses(1, "create: -K: decimal: not one of text, dec, hex",
		       "create", "name", "-K", "decimal");
	assert_refuses(1, "create: -V: unknown: not one of text, dec, hex",
		       "create", "name", "--value-format", "unknown");
	assert_refuses(1, "create: -K: numbers have 1, 2, 4 or 8 bytes, not 3",
		       "create", "name", "-k", "3", "-v", "8", "-K", "dec");
	assert_refuses(1, "create: --xxh64=yes: no such option", "create", "--xxh64=yes");
	assert_refuses(1, "top: -n: 0: not within 1 to 1000000", "top", "name", "-n", "0");
	assert_refuses(1, "add: 1.5: not a decimal number", "add", "name", "key", "1.5");
	assert_refuses(1, "resize: 0: not a number of entries, 1 or more", "resize", "name", "0");
	assert_refuses(1, "resize: many: not a decimal number", "resize", "name", "many");
	assert_refuses(1, "wait: --value and --absent exclude each other",
		       "wait", "name", "key", "--absent", "--value", "1");
}

static void bad_times_are_refused(void **state)
{
	(void)state;
	assert_refuses(1, "wait: -t: -1: not a number of seconds",
		       "wait", "name", "key", "-t", "-1");
	assert_refuses(1, "wait: -t: 1s: not a number of seconds",
		       "wait", "name", "key", "--timeout=1s");
	assert_refuses(1, "wait: -t: : not a number of seconds", "wait", "name", "key", "-t", "");
	assert_refuses(1, "wait: -t: nan: not a number of seconds", "wait", "-t", "nan");
	assert_refuses(1, "wait: -t: .: not a number of seconds", "wait", "-t", ".");
	assert_refuses(1, "clear: -t: 9999999999: longer than a century",
		       "clear", "-t", "9999999999");
	assert_refuses(1, "watch: -i: 0: shorter than 0.01 seconds", "watch", "-i", "0");
	assert_refuses(1, "top: -i: 0.001: shorter than 0.01 seconds", "top", "-i", "0.001");
}

static void failed_output_is_an_error(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	set_output(full);
	assert_refuses(2, "help: standard output: No space left on device", "help");
	set_output(full);
	assert_refuses(2, "standard output: No space left on device", "--version");
	close(full);
}

static void closed_pipe_ends_the_tool_silently(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	/* Even if the parent of the tool ignores the signal. */
	signal(SIGPIPE, SIG_IGN);
	set_output(ends[1]);
	assert_int_equal(run("help"), 128 + SIGPIPE);
	assert_string_equal(result.err, "");
	signal(SIGPIPE, SIG_DFL);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_lists_every_subcommand),
		cmocka_unit_test(help_options_print_the_same_as_the_help_subcommand),
		cmocka_unit_test(every_subcommand_has_help),
		cmocka_unit_test(version_prints_one_line),
		cmocka_unit_test(missing_or_unknown_subcommands_are_usage_errors),
		cmocka_unit_test(wrong_operand_counts_print_the_usage),
		cmocka_unit_test(bad_options_are_named_with_the_reason),
		cmocka_unit_test(bad_times_are_refused),
		cmocka_unit_test(failed_output_is_an_error),
		cmocka_unit_test(closed_pipe_ends_the_tool_silently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

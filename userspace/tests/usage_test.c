// SPDX-License-Identifier: GPL-2.0
/*
 * The tool apart from maps: help, usage errors and output that cannot be written.
 * These tests never open the device and do not need it.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "tool.h"

#define NO_OPTION	": no such option; operands that begin with '-' go behind '--'"

static const char *const subcommands[] = {
	"create", "ls", "info", "limits", "rm", "chmod", "chown", "put", "insert", "replace",
	"swap", "get", "mget", "getdel", "exists", "del", "add", "max", "cas", "cad", "batch",
	"scan", "dump", "load", "save", "restore", "count-words", "top", "wait", "watch",
	"stats", "resize", "clear", "help",
};

static void help_lists_every_subcommand(void **state)
{
	(void)state;
	assert_int_equal(run("help"), 0);
	assert_string_equal(result.err, "");
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++) {
		char line[32];

		snprintf(line, sizeof(line), "\n  %-13s", subcommands[i]);
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
	assert_refused(1, "missing SUBCOMMAND, 'bucketmap help' lists them");
	assert_refuses(1, "missing SUBCOMMAND, 'bucketmap help' lists them", "-j");
	assert_refuses(1, "missing SUBCOMMAND, 'bucketmap help' lists them", "--");
	assert_refuses(1, "frob: no such subcommand, 'bucketmap help' lists them", "frob");
	assert_refuses(1, ": no such subcommand, 'bucketmap help' lists them", "");
	assert_refuses(1, "-5: no such subcommand, 'bucketmap help' lists them", "-5");
	assert_refuses(1, "-x: no such subcommand, 'bucketmap help' lists them", "--", "-x");
	assert_refuses(1, "help: frob: no such subcommand, 'bucketmap help' lists them",
		       "help", "frob");
	assert_refuses(1, "a?b: no such subcommand, 'bucketmap help' lists them", "a\nb");
}

static void unknown_names_suggest_the_nearest(void **state)
{
	static const char *const meant[][2] = {
		{ "gte", "get" }, { "puts", "put" }, { "lst", "ls" }, { "delete", "del" },
		{ "count", "count-words" }, { "creat", "create" }, { "wathc", "watch" },
		{ "sacn", "scan" }, { "inf", "info" }, { "ad", "add" }, { "ehlp", "help" },
	};
	char message[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(meant); i++) {
		snprintf(message, sizeof(message), "%s: no such subcommand, did you mean '%s'?",
			 meant[i][0], meant[i][1]);
		assert_refuses(1, message, meant[i][0]);
	}
	assert_refuses(1, "help: gte: no such subcommand, did you mean 'get'?", "help", "gte");
	assert_refuses(1, "create: --kye-size: no such option, did you mean '--key-size'?",
		       "create", "name", "--kye-size=8");
	assert_refuses(1, "get: --jsno: no such option, did you mean '--json'?", "get", "--jsno");
	assert_refuses(1, "--versoin: no such option, did you mean '--version'?", "--versoin");
}

/* The last run, of @subcommand, failed: it printed @problem and the subcommand's usage. */
static void assert_usage(const char *subcommand, const char *problem)
{
	char start[128];

	snprintf(start, sizeof(start), "bucketmap: %s: %s, usage: bucketmap %s", subcommand,
		 problem, subcommand);
	if (strncmp(result.err, start, strlen(start)) != 0)
		print_error("# not \"%s\" but %s", start, result.err);
	assert_memory_equal(result.err, start, strlen(start));
	assert_ptr_equal(strchr(result.err, '\n'), result.err + strlen(result.err) - 1);
	assert_string_equal(result.out, "");
	assert_int_equal(result.status, 1);
}

#define assert_lacks(what, subcommand, ...)				\
	do {								\
		run(subcommand, ##__VA_ARGS__);				\
		assert_usage(subcommand, "missing " what);		\
	} while (0)

static void missing_operands_and_options_are_named(void **state)
{
	(void)state;
	assert_lacks("NAME", "create");
	assert_lacks("-k KEYSIZE, or a size in -K FORMAT", "create", "name");
	assert_lacks("-v VALUESIZE, or a size in -V FORMAT", "create", "name", "-k", "8");
	assert_lacks("-k KEYSIZE, or a size in -K FORMAT", "create", "--value-size", "8", "name");
	assert_lacks("-v VALUESIZE, or a size in -V FORMAT",
		     "create", "name", "-K", "u64", "-V", "text");
	assert_lacks("NAME", "create", "-k8", "-v8");
	assert_lacks("NAME", "info");
	assert_lacks("NAME", "rm");
	assert_lacks("MODE", "chmod", "name");
	assert_lacks("OWNER", "chown", "name");
	assert_lacks("NAME, KEY, VALUE", "put");
	assert_lacks("KEY, VALUE", "put", "name");
	assert_lacks("VALUE", "put", "name", "key");
	assert_lacks("VALUE", "put", "name", "-5");
	assert_lacks("VALUE", "put", "name", "--", "-x");
	assert_lacks("VALUE", "insert", "name", "key");
	assert_lacks("VALUE", "replace", "name", "key");
	assert_lacks("VALUE", "swap", "name", "key");
	assert_lacks("KEY", "get", "name");
	assert_lacks("KEY", "mget", "name");
	assert_lacks("KEY", "getdel", "name");
	assert_lacks("KEY", "exists", "name");
	assert_lacks("KEY", "del", "name");
	assert_lacks("DELTA", "add", "name", "key");
	assert_lacks("NUMBER", "max", "name", "key");
	assert_lacks("EXPECTED, VALUE", "cas", "name", "key");
	assert_lacks("EXPECTED", "cad", "name", "key");
	assert_lacks("NAME", "scan");
	assert_lacks("NAME", "dump");
	assert_lacks("NAME", "load", "--check-first");
	assert_lacks("DIR", "save");
	assert_lacks("DIR", "restore", "-j");
	assert_lacks("NAME", "count-words");
	assert_lacks("NAME", "top", "-w");
	assert_lacks("KEY", "wait", "name", "-t", "5");
	assert_lacks("NAME", "watch");
	assert_lacks("NAME", "resize");
	assert_lacks("CAPACITY or --fit", "resize", "name");
	assert_lacks("NAME", "clear", "--");
}

#define assert_exceeds(subcommand, ...)					\
	do {								\
		run(subcommand, ##__VA_ARGS__, "more");			\
		assert_usage(subcommand, "more: one operand too many");	\
	} while (0)

static void operands_too_many_are_named(void **state)
{
	(void)state;
	assert_exceeds("create", "name", "-k", "8", "-v", "8");
	assert_exceeds("ls");
	assert_exceeds("limits");
	assert_exceeds("info", "name");
	assert_exceeds("rm", "name");
	assert_exceeds("chmod", "name", "600");
	assert_exceeds("chown", "name", "0");
	assert_exceeds("put", "name", "key", "value", "field");
	assert_exceeds("insert", "name", "key", "value", "field");
	assert_exceeds("replace", "name", "key", "value", "field");
	assert_exceeds("swap", "name", "key", "value", "field");
	assert_exceeds("get", "name", "key", "field");
	assert_exceeds("getdel", "name", "key", "field");
	assert_exceeds("add", "name", "key", "1", "field");
	assert_exceeds("max", "name", "key", "1", "field");
	assert_exceeds("cas", "name", "key", "expected", "value", "field");
	assert_exceeds("cad", "name", "key", "expected", "field");
	assert_exceeds("batch", "file");
	assert_exceeds("scan", "name");
	assert_exceeds("dump", "name", "file");
	assert_exceeds("load", "name", "file");
	assert_exceeds("save", "directory");
	assert_exceeds("restore", "directory");
	assert_exceeds("top", "name", "field");
	assert_exceeds("wait", "name", "key");
	assert_exceeds("watch", "name", "key");
	assert_exceeds("stats", "name");
	assert_exceeds("resize", "name", "1");
	assert_exceeds("clear", "name");
	assert_exceeds("help", "get");
	assert_refuses(1, "resize: 1: CAPACITY and --fit exclude each other",
		       "resize", "name", "--fit", "1");
}

/* No subcommand has the option -q, so each finds it where it looks for options. */
static void options_may_stand_anywhere_before_the_end_of_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++) {
		char message[128];

		snprintf(message, sizeof(message), "%s: -q" NO_OPTION, subcommands[i]);
		assert_refuses(1, message, subcommands[i], "-q");
		assert_refuses(1, message, subcommands[i], "-q", "name");
		assert_refuses(1, message, subcommands[i], "name", "-jq");
		assert_refuses(1, message, subcommands[i], "1", "-2", "-", "4", "5", "-q", "--");
		run(subcommands[i], "1", "2", "3", "4", "5", "6", "--", "-q");
		assert_null(strstr(result.err, "no such option"));
	}
	assert_refuses(1, "-q" NO_OPTION, "-q", "ls");
}

static void help_option_works_at_any_place(void **state)
{
	char *help;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(subcommands); i++) {
		assert_int_equal(run("help", subcommands[i]), 0);
		help = strdup(result.out);
		assert_prints(help, subcommands[i], "--help");
		assert_prints(help, "-h", subcommands[i]);
		assert_prints(help, subcommands[i], "name", "-jh", "--", "-x");
		free(help);
	}
}

static void bad_options_are_named_with_the_reason(void **state)
{
	(void)state;
	assert_refuses(1, "create: -z" NO_OPTION, "create", "name", "-z");
	assert_refuses(1, "create: --frob" NO_OPTION, "create", "name", "--frob");
	assert_refuses(1, "create: -k: missing KEYSIZE", "create", "name", "-k");
	assert_refuses(1, "create: -k: x: not a decimal number",
		       "create", "name", "-v8", "-k", "x");
	assert_refuses(1, "create: -k: 0: not within 1 to 256", "create", "name", "-v8", "-k", "0");
	assert_refuses(1, "create: -k: 257: not within 1 to 256",
		       "create", "name", "-v8", "-k", "257");
	assert_refuses(1, "create: -v: 4097: not within 0 to 4096",
		       "create", "name", "-k8", "-v", "4097");
	assert_refuses(1, "create: -v: -1: not within 0 to 4096",
		       "create", "name", "-k8", "-v", "-1");
	assert_refuses(1, "create: -c: 18446744073709551616: number out of range",
		       "create", "name", "-k8", "-v8", "-c", "18446744073709551616");
	assert_refuses(1, "create: -m: 1000: not an octal mode up to 777",
		       "create", "name", "-k8", "-v8", "-m", "1000");
	assert_refuses(1, "create: -m: 68: not an octal mode up to 777",
		       "create", "name", "-k8", "-v8", "-m", "68");
	assert_refuses(1, "create: -K: decimal: no such type",
		       "create", "name", "-k8", "-v8", "-K", "decimal");
	assert_refuses(1, "create: -V: unknown: no such type",
		       "create", "name", "-k8", "-v8", "--value-format", "unknown");
	assert_refuses(1, "create: -K: dec: numbers have 1, 2, 4 or 8 bytes",
		       "create", "name", "-k", "3", "-v", "8", "-K", "dec");
	assert_refuses(1, "create: --mappable=yes: the option has no argument",
		       "create", "--mappable=yes");
	assert_refuses(1, "create: -H: md5: the hashes are siphash13, siphash24 and xxh64",
		       "create", "x", "-k", "1", "-v", "1", "-H", "md5");
	assert_refuses(1, "chmod: 1000: not an octal mode up to 777", "chmod", "name", "1000");
	assert_refuses(1, "chmod: u+w: not an octal mode up to 777", "chmod", "name", "u+w");
	assert_refuses(1, "chown: nobody here: no such user in /etc, and not its number",
		       "chown", "name", "nobody here");
	assert_refuses(1, "chown: 4294967295: no such group in /etc, and not its number",
		       "chown", "name", "0:4294967295");
	assert_refuses(1, "top: -n: 0: not within 1 to 1000000", "top", "name", "-n", "0");
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
	assert_refuses(1, "wait: -t: nan: not a number of seconds",
		       "wait", "name", "key", "-t", "nan");
	assert_refuses(1, "wait: -t: .: not a number of seconds", "wait", "name", "key", "-t", ".");
	assert_refuses(1, "clear: -t: 9999999999: longer than a century",
		       "clear", "name", "-t", "9999999999");
	assert_refuses(1, "watch: -i: 0: shorter than 0.01 seconds", "watch", "name", "-i", "0");
	assert_refuses(1, "top: -i: 0.001: shorter than 0.01 seconds",
		       "top", "name", "-i", "0.001");
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
		cmocka_unit_test(unknown_names_suggest_the_nearest),
		cmocka_unit_test(missing_operands_and_options_are_named),
		cmocka_unit_test(operands_too_many_are_named),
		cmocka_unit_test(options_may_stand_anywhere_before_the_end_of_options),
		cmocka_unit_test(help_option_works_at_any_place),
		cmocka_unit_test(bad_options_are_named_with_the_reason),
		cmocka_unit_test(bad_times_are_refused),
		cmocka_unit_test(failed_output_is_an_error),
		cmocka_unit_test(closed_pipe_ends_the_tool_silently),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The tool where debugfs is not mounted, as in containers: all
 * subcommands but stats work.
 */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>

#include "tool.h"

#define DEBUGFS		"/sys/kernel/debug"

/* Operands that stand for the name of the map, an empty directory, and a file in it. */
#define MAP		"@map"
#define DIRECTORY	"@directory"
#define FILE_IN_IT	"@file"

static char directory[32];
static char file[64];

/* In a mount namespace of this process. */
static int unmount_debugfs(void **state)
{
	strcpy(directory, "/tmp/without.XXXXXX");
	if (require_device(state) || unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || !mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/file", directory);
	while (!umount2(DEBUGFS, MNT_DETACH))
		;
	return 0;
}

static int remove_all(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command) || unlink_test_maps(state);
}

/* All subcommands that end by themselves, in an order in which all of them succeed. */
static const char *const commands[][8] = {
	{ "help" },
	{ "limits" },
	{ "create", MAP, "-k", "8", "-v", "8" },
	{ "ls" },
	{ "info", MAP },
	{ "chmod", MAP, "640" },
	{ "chown", MAP, "0:0" },
	{ "put", MAP, "a", "1" },
	{ "insert", MAP, "b", "2" },
	{ "replace", MAP, "a", "3" },
	{ "swap", MAP, "a", "4" },
	{ "get", MAP, "a" },
	{ "mget", MAP, "a", "b" },
	{ "exists", MAP, "a" },
	{ "add", MAP, "a", "1" },
	{ "max", MAP, "a", "5" },
	{ "cas", MAP, "a", "5", "6" },
	{ "cad", MAP, "a", "6" },
	{ "getdel", MAP, "b" },
	{ "batch" },
	{ "put", MAP, "c", "1" },
	{ "del", MAP, "c" },
	{ "put", MAP, "d", "1" },
	{ "scan", MAP },
	{ "top", MAP },
	{ "count-words", MAP },
	{ "wait", MAP, "c", "--absent" },
	{ "dump", MAP, FILE_IN_IT },
	{ "load", MAP, FILE_IN_IT },
	{ "restore", DIRECTORY },
	{ "save", DIRECTORY },
	{ "resize", MAP, "100" },
	{ "clear", MAP },
	{ "rm", MAP },
};

static const char *replaced(const char *word)
{
	if (word && !strcmp(word, MAP))
		return test_name("map");
	if (word && !strcmp(word, DIRECTORY))
		return directory;
	return word && !strcmp(word, FILE_IN_IT) ? file : word;
}

static void every_subcommand_that_ends_succeeds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		const char *argv[ARRAY_SIZE(commands[i]) + 2] = { "bucketmap" };

		for (size_t j = 0; j < ARRAY_SIZE(commands[i]); j++)
			argv[j + 1] = replaced(commands[i][j]);
		if (run_tool(argv))
			print_error("# %s: %s", commands[i][0], result.err);
		assert_int_equal(result.status, 0);
		assert_string_equal(result.err, "");
	}
}

static void watch_prints_changes(void **state)
{
	struct tool_process watch;

	(void)state;
	assert_prints("", "create", test_name("watched"), "-k", "8", "-v", "8");
	assert_prints("", "put", test_name("watched"), "a", "1");
	watch = start("watch", test_name("watched"), "-a");
	assert_string_equal(next_line(&watch), "+ a\t1");
	assert_int_equal(end_tool(&watch, SIGTERM), 128 + SIGTERM);
}

static void stats_says_what_it_lacks(void **state)
{
	(void)state;
	assert_refuses(2, "stats: " DEBUGFS ": debugfs is not mounted; root may mount it", "stats");
}

/* Whether the cases above run it. */
static bool is_run(const char *subcommand)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i][0], subcommand))
			return true;
	}
	return !strcmp(subcommand, "watch") || !strcmp(subcommand, "stats");
}

/* Lines of the help with two blanks before a name list the subcommands. */
static void no_subcommand_is_left_out(void **state)
{
	int listed = 0;
	char *line, *rest = result.out;

	(void)state;
	assert_int_equal(run("help"), 0);
	while ((line = strsep(&rest, "\n"))) {
		const char *name = line + 2;

		if (strncmp(line, "  ", 2) != 0 || *name < 'a' || *name > 'z')
			continue;
		line[2 + strcspn(name, " ")] = '\0';
		if (!is_run(name))
			print_error("# %s\n", name);
		assert_true(is_run(name));
		listed++;
	}
	assert_in_range(listed, ARRAY_SIZE(commands) - 2, ARRAY_SIZE(commands));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		device_test(every_subcommand_that_ends_succeeds),
		device_test(watch_prints_changes),
		device_test(stats_says_what_it_lacks),
		device_test(no_subcommand_is_left_out),
	};

	return cmocka_run_group_tests(tests, unmount_debugfs, remove_all);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The directory of save and restore: no state is lost before a new one is complete,
 * nothing else is removed, and no other user may have a hand in it.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "saved.h"

static void only_what_a_save_has_made_is_removed(void **state)
{
	static const char *const others[] = { "notes", "state.old", "state.abcdef.dump", "x.dump" };
	struct stat status;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_ok(mkdir(path_of(others[i]), 0700));
	/* As a save that is killed leaves it. */
	assert_ok(mkdir(path_of("state.abcdef"), 0700));
	close(open(path_of("state.abcdef/x.dump"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	assert_ok(symlink("state.abcdef", path_of("current.new")));
	bucketmap_close(small_map("one"));
	save_test_maps();
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_ok(stat(path_of(others[i]), &status));
	assert_int_equal(lstat(path_of("state.abcdef"), &status), -1);
	assert_int_equal(lstat(path_of("current.new"), &status), -1);
}

static void a_directory_is_made_if_there_is_none(void **state)
{
	char message[128];

	(void)state;
	bucketmap_close(small_map("one"));
	assert_ok(rmdir(directory));
	snprintf(message, sizeof(message), "restore: %s: No such file or directory", directory);
	assert_refuses(2, message, "restore", directory);
	save_test_maps();
	snprintf(message, sizeof(message), "save: %s/a/b: No such file or directory", directory);
	assert_refuses(2, message, "save", path_of("a/b"));
}

/* As a copy without symbolic links leaves it. */
static void lose_link(char name[16])
{
	bucketmap_close(small_map("one"));
	save_test_maps();
	read_current(name);
	assert_ok(unlink(path_of("current")));
}

static void a_lost_link_is_reported(void **state)
{
	char name[16], message[512];

	(void)state;
	lose_link(name);
	assert_ok(unlink_test_maps(NULL));
	snprintf(message, sizeof(message),
		 "restore: %1$s/current: the link to the saved state is missing; "
		 "if it was lost, run 'ln -s %2$s %1$s/current'; "
		 "if the first save was killed, remove %1$s/%2$s", directory, name);
	assert_refuses(3, message, "restore", directory);
	/* Both remedies work. */
	assert_ok(symlink(name, path_of("current")));
	assert_prints("restored 1 maps\n", "restore", directory);
	assert_ok(unlink(dump_of("one")));
	assert_ok(unlink(path_of("current")));
	assert_ok(rmdir(path_of(name)));
	assert_prints("restored 0 maps\n", "restore", directory);
}

/* What makes a save fail when it is complete but for its link. */
static void block_new_link(void)
{
	assert_ok(mkdir(path_of("current.new"), 0700));
}

/* Whatever the link is instead, a save that fails removes no state. */
static void states_stay_until_the_new_one_is_current(void **state)
{
	static const char *const links[] = { NULL, "/etc", "state.nobody", "state.nobody/." };
	char name[16], dump_path[512];
	struct stat status;

	(void)state;
	lose_link(name);
	snprintf(dump_path, sizeof(dump_path), "%s/%s/%s.dump", directory, name, test_name("one"));
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		if (links[i])
			assert_ok(symlink(links[i], path_of("current")));
		block_new_link();
		assert_int_equal(run("save", directory), 2);
		assert_ok(stat(dump_path, &status));
		if (links[i])
			assert_ok(unlink(path_of("current")));
		assert_ok(rmdir(path_of("current.new")));
	}
	save_test_maps();
	assert_int_equal(stat(dump_path, &status), -1);
	assert_ok(stat(dump_of("one"), &status));
}

static void a_directory_that_others_may_write_to_is_refused(void **state)
{
	static const mode_t modes[] = { 0720, 0702, 0700 };
	static const uid_t owners[] = { 0, 0, USER };
	char message[256];

	(void)state;
	bucketmap_close(small_map("one"));
	save_test_maps();
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_ok(chmod(directory, modes[i]));
		assert_ok(chown(directory, owners[i], 0));
		snprintf(message, sizeof(message), "%s: others may write there; %s", directory,
			 "use chmod go-w, or chown root");
		assert_int_equal(run("save", directory), 2);
		assert_non_null(strstr(result.err, message));
		assert_int_equal(run("restore", directory), 2);
		assert_non_null(strstr(result.err, message));
		assert_string_equal(result.out, "");
	}
}

/* Another directory, with the same names, where the first was. */
static void exchange_directories(const char *moved)
{
	char command[256];

	assert_ok(rename(directory, moved));
	snprintf(command, sizeof(command), "cp -a %1$s %2$s && chmod 777 %2$s", moved, directory);
	assert_ok(system(command));
}

/* Whether a process waits for a lock, as a line "1: -> FLOCK  ADVISORY  WRITE PID ..." says. */
static bool waits_for_lock(pid_t pid)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[128];
	bool found = false;
	int waiter;

	assert_non_null(locks);
	while (fgets(line, sizeof(line), locks))
		found |= sscanf(line, "%*d: -> FLOCK ADVISORY %*s %d", &waiter) == 1 &&
			 waiter == pid;
	fclose(locks);
	return found;
}

/* Runs the tool on the directory, which is renamed when the tool waits for the lock on it. */
static int run_while_renamed(const char *subcommand, const char *moved)
{
	const __u64 deadline = bucketmap_deadline(PATIENCE);
	int lock = open(directory, O_RDONLY | O_CLOEXEC), status;
	struct tool_process tool;

	assert_ok(flock(lock, LOCK_EX));
	tool = start(subcommand, directory);
	while (!waits_for_lock(tool.pid) && time_now() < deadline)
		sleep_for(NSEC_PER_MSEC);
	assert_true(waits_for_lock(tool.pid));
	exchange_directories(moved);
	if (!strcmp(subcommand, "restore"))
		assert_ok(unlink(dump_of("one")));
	close(lock);
	status = end_tool(&tool, 0);
	assert_ok(remove_directory(directory));
	assert_ok(rename(moved, directory));
	return status;
}

/* If the parent of the directory is of another user, this may happen after the check. */
static void a_directory_that_is_renamed_stays_the_same(void **state)
{
	struct stat status;
	char moved[64];

	(void)state;
	snprintf(moved, sizeof(moved), "%s.moved", directory);
	bucketmap_close(small_map("one"));
	save_test_maps();
	bucketmap_close(small_map("two"));
	assert_int_equal(run_while_renamed("save", moved), 0);
	assert_ok(stat(dump_of("two"), &status));
	forget_other_maps();
	assert_ok(unlink_test_maps(NULL));
	assert_int_equal(run_while_renamed("restore", moved), 0);
	assert_int_equal(count_test_maps(), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		save_test(only_what_a_save_has_made_is_removed),
		save_test(a_directory_is_made_if_there_is_none),
		save_test(a_lost_link_is_reported),
		save_test(states_stay_until_the_new_one_is_current),
		save_test(a_directory_that_others_may_write_to_is_refused),
		save_test(a_directory_that_is_renamed_stays_the_same),
	};

	return run_save_tests(tests);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * dump to a file: whatever happens, the file is a complete dump, either the old
 * one or the new one.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tool.h"

/* A small file system, mounted on a directory of its own. */
static char directory[32];
static char file[64];
static char before[8192];

static const char *map_name(void)
{
	return test_name("dumped");
}

static int mount_small(void **state)
{
	if (require_device(state))
		return -1;
	strcpy(directory, "/tmp/files.XXXXXX");
	if (!mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/dump", directory);
	return mount("tmpfs", directory, "tmpfs", 0, "size=256k");
}

static int unmount_small(void **state)
{
	int failed = unlink_test_maps(state);

	return umount(directory) || rmdir(directory) || failed;
}

static int remove_map_and_file(void **state)
{
	unlink(file);
	return unlink_test_maps(state);
}

static const char *content_of(const char *path)
{
	static char content[sizeof(before)];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	assert_true(fd >= 0);
	size = read(fd, content, sizeof(content) - 1);
	close(fd);
	assert_true(size >= 0);
	content[size] = '\0';
	return content;
}

static void add_entries(int from, int to)
{
	struct bucketmap *map;

	assert_ok(bucketmap_open(&map, map_name(), 0));
	for (; from < to; from++)
		assert_ok(bucketmap_add(map, &from, 0, 1, NULL));
	bucketmap_close(map);
}

/* Creates a map of one entry, and its dump. */
static void make_dump(void)
{
	assert_prints("", "create", map_name(), "-k", "4", "-v", "8", "-K", "hex");
	add_entries(0, 1);
	assert_prints("", "dump", map_name(), file);
	strcpy(before, content_of(file));
	assert_non_null(strstr(before, "\nend 1\n"));
}

static void assert_old_dump_alone(void)
{
	assert_string_equal(content_of(file), before);
	assert_int_equal(names_in(directory), 1);
}

static void full_disk_keeps_old_dump(void **state)
{
	char message[128];

	(void)state;
	make_dump();
	add_entries(1, 50000);
	snprintf(message, sizeof(message), "dump: %s: No space left on device", file);
	assert_refuses(2, message, "dump", map_name(), file);
	assert_old_dump_alone();
	assert_int_equal(run("-j", "dump", map_name(), file), 2);
	assert_old_dump_alone();
	/* Without an old dump, no file is left. */
	assert_ok(unlink(file));
	assert_refuses(2, message, "dump", map_name(), file);
	assert_int_equal(names_in(directory), 0);
}

static void restore_dump(void)
{
	int fd = open(file, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, before, strlen(before)), strlen(before));
	close(fd);
}

/* Whether the dump has created a file, or begun to change the old one. */
static int has_begun(void)
{
	struct stat status;

	assert_ok(stat(file, &status));
	return names_in(directory) > 1 || status.st_size != (off_t)strlen(before);
}

/* Starts a dump and stops it by SIGSTOP before it ends. Tries again if it has ended already. */
static pid_t start_and_stop_dump(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), status;
	pid_t child;

	do {
		restore_dump();
		child = start_tool_on(null, null, null, (const char *const[]) {
			"bucketmap", "dump", map_name(), file, NULL });
		while (!has_begun())
			;
		assert_ok(kill(child, SIGSTOP));
		assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	} while (!WIFSTOPPED(status));
	close(null);
	return child;
}

static void signal_keeps_old_dump(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

	(void)state;
	make_dump();
	/* Enough entries to stop the dump before it ends, few enough for the file system. */
	add_entries(1, 8000);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		pid_t child = start_and_stop_dump();

		assert_ok(kill(child, signals[i]));
		assert_ok(kill(child, SIGCONT));
		assert_int_equal(wait_for_exit(child), 128 + signals[i]);
		assert_old_dump_alone();
	}
	assert_prints("", "dump", map_name(), file);
	assert_int_equal(names_in(directory), 1);
	assert_int_not_equal(strcmp(content_of(file), before), 0);
}

static void limit_file_size(void)
{
	const struct rlimit limit = { .rlim_cur = 16384, .rlim_max = 16384 };

	setrlimit(RLIMIT_FSIZE, &limit);
}

static void file_size_limit_keeps_old_dump(void **state)
{
	(void)state;
	make_dump();
	add_entries(1, 8000);
	set_before_exec(limit_file_size);
	assert_int_equal(run("dump", map_name(), file), 128 + SIGXFSZ);
	assert_old_dump_alone();
}

static void missing_map_keeps_old_dump(void **state)
{
	(void)state;
	make_dump();
	assert_prints("", "rm", map_name());
	assert_int_equal(run("dump", map_name(), file), 3);
	assert_old_dump_alone();
}

static void new_dump_keeps_mode_and_owner_of_old_dump(void **state)
{
	struct stat status;

	(void)state;
	make_dump();
	assert_ok(stat(file, &status));
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_ok(chmod(file, 0640));
	assert_ok(chown(file, 1000, 1001));
	assert_prints("", "dump", map_name(), file);
	assert_ok(stat(file, &status));
	assert_int_equal(status.st_mode & 07777, 0640);
	assert_int_equal(status.st_uid, 1000);
	assert_int_equal(status.st_gid, 1001);
}

static void symlink_stays_a_symlink(void **state)
{
	struct stat status;
	char link[64];

	(void)state;
	make_dump();
	add_entries(1, 2);
	snprintf(link, sizeof(link), "%s/link", directory);
	assert_ok(symlink("dump", link));
	assert_prints("", "dump", map_name(), link);
	assert_ok(lstat(link, &status));
	assert_true(S_ISLNK(status.st_mode));
	assert_non_null(strstr(content_of(file), "\nend 2\n"));
	assert_ok(unlink(file));
	assert_prints("", "dump", map_name(), link);
	assert_non_null(strstr(content_of(file), "\nend 2\n"));
	assert_ok(unlink(link));
}

static void devices_and_pipes_are_written_in_place(void **state)
{
	char line[256], link[64], fifo[64];
	struct stat status;
	struct tool_process dump;
	FILE *reader;

	(void)state;
	make_dump();
	snprintf(link, sizeof(link), "%s/output", directory);
	assert_ok(symlink("/proc/self/fd/1", link));
	assert_prints(before, "dump", map_name(), link);
	assert_ok(unlink(link));
	/* It refers to a file without a name. */
	assert_int_equal(run("dump", map_name(), "/proc/self/fd/2"), 0);
	assert_string_equal(result.err, before);
	assert_prints("", "dump", map_name(), "/dev/null");
	assert_ok(stat("/dev/null", &status));
	assert_true(S_ISCHR(status.st_mode));
	snprintf(fifo, sizeof(fifo), "%s/fifo", directory);
	assert_ok(mkfifo(fifo, 0600));
	dump = start("dump", map_name(), fifo);
	reader = fopen(fifo, "re");
	assert_non_null(reader);
	assert_non_null(fgets(line, sizeof(line), reader));
	assert_memory_equal(line, before, strlen(line));
	fclose(reader);
	end_tool(&dump, 0);
	assert_ok(stat(fifo, &status));
	assert_true(S_ISFIFO(status.st_mode));
	assert_ok(unlink(fifo));
	assert_int_equal(names_in(directory), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(full_disk_keeps_old_dump, remove_map_and_file),
		cmocka_unit_test_teardown(signal_keeps_old_dump, remove_map_and_file),
		cmocka_unit_test_teardown(file_size_limit_keeps_old_dump,
					  remove_map_and_file),
		cmocka_unit_test_teardown(missing_map_keeps_old_dump,
					  remove_map_and_file),
		cmocka_unit_test_teardown(new_dump_keeps_mode_and_owner_of_old_dump,
					  remove_map_and_file),
		cmocka_unit_test_teardown(symlink_stays_a_symlink, remove_map_and_file),
		cmocka_unit_test_teardown(devices_and_pipes_are_written_in_place,
					  remove_map_and_file),
	};

	return cmocka_run_group_tests(tests, mount_small, unmount_small);
}
